"""Pages: how many items, from where, and the link to the next one (RFC 8288). Cursors are opaque to callers."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from reconciler.bureau.problems import Code, Problem

if TYPE_CHECKING:
    from starlette.requests import Request

    from reconciler.bureau.settings import Settings

_NONE = re.compile(r"q\s*=\s*0(\.0*)?")
"""The weight of what is not acceptable (RFC 9110)."""

LARGEST = 2**62
"""No number in a cursor is larger than SQLite's integers."""


def limit_of(request: Request, settings: Settings, most: int | None = None) -> int:
    """How many items the request asks for.

    Args:
        request: the request.
        settings: how many where it does not say, and at most.
        most: another number for both, where the page is in a compact encoding.

    Raises Problem where it is not 1 to the largest page.
    """
    largest = most or settings.largest_page
    text = request.query_params.get("limit", str(most or settings.page))
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and 1 <= int(text) <= largest):
        raise Problem(Code.INVALID_REQUEST, f"limit must be a number from 1 to {largest}.")
    return int(text)


def accepts(request: Request, wanted: str, field: str = "accept") -> bool:
    """Whether the request names a media type or coding in a field, and does not refuse it; "*" names none."""
    for item in request.headers.get(field, "").split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        if name == wanted:
            return not any(_NONE.fullmatch(parameter) for parameter in parameters)
    return False


def knows(request: Request, tag: str) -> bool:
    """Whether the request names an entity tag as known; weak tags compare as strong ones do (RFC 9110)."""
    known = request.headers.get("if-none-match", "").split(",")
    return tag.removeprefix("W/") in {name.strip().removeprefix("W/") for name in known}


def cursor_of(request: Request, kind: str, numbers: int) -> list[int] | None:
    """The numbers in the request's cursor, None where it has none.

    Args:
        request: the request.
        kind: which list the cursor must be of.
        numbers: how many numbers it must hold.

    Raises Problem where it is not a cursor of that list.
    """
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
    except (ValueError, binascii.Error, RecursionError):
        found = None
    if (
        not isinstance(found, list)
        or len(found) != numbers + 1
        or found[0] != kind
        or any(type(number) is not int or not 0 <= number <= LARGEST for number in found[1:])
    ):
        raise Problem(
            Code.INVALID_REQUEST, "The cursor is not one of this list; take it from the Link header."
        )
    return found[1:]


def next_link(request: Request, limit: int, kind: str, *numbers: int) -> dict[str, str]:
    """The Link header to the next page."""
    cursor = base64.urlsafe_b64encode(json.dumps([kind, *numbers], separators=(",", ":")).encode())
    query = urlencode({"limit": limit, "cursor": cursor.rstrip(b"=").decode()})
    return {"Link": f'<{request.url.path}?{query}>; rel="next"'}
