"""Texts as people look for them and order them: neither case nor accents count, å comes after z and 9 before 10."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_PLAIN = {
    "å": "a",
    "ä": "a",
    "ö": "o",
    "é": "e",
    "ø": "o",
    "æ": "ae",
    "ß": "ss",
    "đ": "d",
    "ł": "l",
    "þ": "th",
    "ð": "d",
}
_SWEDISH = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"}
_AFTER = 1_000_000
"""More digits than any number has."""
_DIGITS = re.compile(r"([0-9]+)")


def fold(text: str) -> str:
    """A text as it is looked for: neither case nor accents count."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", _replaced(text.casefold(), _PLAIN))
    return "".join(one for one in apart if not unicodedata.combining(one))


def folded(texts: Sequence[str]) -> list[str]:
    """Each of many texts as `fold` gives it: what is common is done to all in one go."""
    return [fold(text) for text in _at_once(texts, lambda text: _replaced(text, _PLAIN))]


def alphabetical(texts: Sequence[str]) -> list[str]:
    """What each of many names is ordered by: å, ä and ö after z, other accents do not count."""
    return [fold(text) for text in _at_once(texts, lambda text: _replaced(text, _SWEDISH))]


def _at_once(texts: Sequence[str], change: Callable[[str], str]) -> list[str]:
    """Texts folded in case and composed, and then changed: all as one, where none of them has the mark between them."""
    one = "\0".join(texts)
    split = change(unicodedata.normalize("NFC", one.casefold())).split("\0")
    if len(split) == len(texts):
        return split
    return [change(unicodedata.normalize("NFC", text.casefold())) for text in texts]


def _replaced(text: str, by: Mapping[str, str]) -> str:
    for old, new in by.items():
        text = text.replace(old, new)
    return text


def natural(key: str) -> tuple[tuple[int, str], ...]:
    """What a number is ordered by: runs of digits by how much they are, and before anything else."""
    found = []
    for at, part in enumerate(_DIGITS.split(key.lower())):
        bare = part.lstrip("0") if at % 2 else part
        found.append((len(bare) if at % 2 else _AFTER if part else -1, bare))
    return (*found[found[0] == (-1, "") :], (len(key), key))
