"""Addresses that a token may be sent to."""

from __future__ import annotations

import re
from ipaddress import ip_address

import httpx

_HOST = re.compile(rb"[A-Za-z0-9._:-]+")


def parsed(text: str, *, query: bool = False) -> httpx.URL | None:
    """The URL, None where it cannot be the address of a server, or holds more than that.

    Args:
        text: the address.
        query: whether it may have a query, as the address of a webhook may.
    """
    try:
        url = httpx.URL(text)
        url.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return None
    extra = url.userinfo or (url.query and not query) or url.fragment
    good = url.scheme in ("http", "https") and _HOST.fullmatch(url.raw_host) and (url.port or 0) < 1 << 16
    return url if good and not extra else None


def private(url: httpx.URL) -> bool:
    """Whether nobody on the way can read what is sent there: it is encrypted, or never leaves this machine."""
    return url.scheme == "https" or is_here(url.host)


def is_here(host: str) -> bool:
    """Whether a host is this machine itself, as far as its name tells."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
