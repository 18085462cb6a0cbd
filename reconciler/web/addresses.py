"""Where the page of a client or a consultant is; their keys are anything that a bureau calls them."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def client_page(key: str) -> str:
    """The address of the page of a client."""
    return f"/clients/{quote(key, safe='')}"


def consultant_page(key: str) -> str:
    """The address of the page of a consultant."""
    return f"/consultants/{quote(key, safe='')}"


def asking(path: str, **said: object) -> str:
    """An address with what stands behind its question mark; what is empty is left out."""
    query = urlencode({name: value for name, value in said.items() if value not in ("", None, False)})
    return f"{path}?{query}" if query else path
