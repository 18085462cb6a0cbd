"""Where a character of a scalar stands in the file: scalars may be folded, indented, quoted and escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.desired.document import Document

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)
_WHITE = frozenset(" \t\r\n\x85\u2028\u2029")


def index_of(document: Document, node: int, value: str, at: int) -> int:
    """Where a character of a scalar stands in the text of its file.

    What is no white space stands in the file in the same order, whatever the style folds, indents or strips; so
    these characters are counted.

    Args:
        document: the file.
        node: the number of the scalar.
        value: what it says.
        at: the number of the character in the value; its length for the place after it.
    """
    text, start = document.source.text, document.places[node]
    before = sum(character not in _WHITE for character in value[:at])
    last = start
    for index, length in _visible(text, start, value):
        if before == 0:
            return index
        before, last = before - 1, index + length
    return last


def _visible(text: str, start: int, value: str) -> Iterator[tuple[int, int]]:
    """Where the characters of a scalar stand that are no white space, and how long each is written."""
    left = sum(character not in _WHITE for character in value)
    mark = text[start : start + 1]
    at = start + 1 if mark in {'"', "'"} else start
    if mark in {"|", ">"}:
        # the first line has the mark only, perhaps with a comment
        at = next((i for i in range(start, len(text)) if text[i] in "\r\n"), len(text))
    while left and at < len(text):
        escape = _ESCAPE.match(text, at) if mark == '"' else None
        length = len(escape[0]) if escape else 2 if mark == "'" and text.startswith("''", at) else 1
        if (not _blank_escape(escape[0])) if escape else text[at] not in _WHITE:
            yield at, length
            left -= 1
        at += length


def _blank_escape(escape: str) -> bool:
    """Whether an escape stands for white space, or for nothing."""
    if escape[1] in "xuU" and len(escape) > 2:
        return escape.encode().decode("unicode_escape") in _WHITE
    return escape[1] in " tnrNLP\t\r\n"
