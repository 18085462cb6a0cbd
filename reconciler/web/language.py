"""The language of a page: the one that was chosen, else the one that the browser prefers, else that of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.catalogue import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request

COOKIE = "reconciler-language"
YEAR = 365 * 24 * 60 * 60

NAMES = {"sv": "Svenska", "en": "English"}
"""Each in itself: whoever looks for it may read no other."""


def language_of(request: Request, otherwise: str) -> str:
    """The language for a request; `otherwise` where neither it nor a choice says."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""), otherwise)


def preferred(field: str, otherwise: str) -> str:
    """The one of our languages that an Accept-Language field likes best (RFC 9110, 12.5.4)."""
    best, found = 0.0, otherwise
    for part in field[:1_000].split(","):
        name, _, weight = part.partition(";")
        language = name.strip().lower().partition("-")[0]
        quality = _quality(weight)
        if language in LANGUAGES and quality > best:
            best, found = quality, language
    return found


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if not name:
        return 1.0
    try:
        return min(float(value), 1.0) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
