"""How a text became another one, line by line: what is gone, what is new, and a little of what stands around."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.invisible import unseen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AROUND = 3
"""Lines that are shown before and after."""

MOST = 2_000
"""Lines that are compared one by one; where more differ, all of them count as gone, and as new."""


class Mark(StrEnum):
    """What became of a line."""

    SAME = " "
    GONE = "−"
    NEW = "+"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of either text.

    Attributes:
        mark: what became of it.
        number: where it stands, from 1: in the new text, or in the old one where it is gone.
        text: without what ends it; letters that nobody sees are shown as their code.
    """

    mark: Mark
    number: int
    text: str


Hunk = tuple[Line, ...]
"""Lines that follow each other."""

_Step = tuple[int, int, int, int]
"""Lines of the old text, from and to, that become lines of the new one, from and to."""


def changed_lines(before: bytes, after: bytes) -> list[Hunk]:
    """What differs, in order."""
    old, new = _lines(before), _lines(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    inner = _steps(old[head : len(old) - tail], new[head : len(new) - tail])
    steps = [(a + head, b + head, c + head, d + head) for a, b, c, d in inner]
    return [tuple(_hunk(group, old, new)) for group in _groups(steps)]


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", errors="replace").removeprefix("\ufeff").splitlines(keepends=True)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many equal lines both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _steps(old: Sequence[str], new: Sequence[str]) -> list[_Step]:
    if max(len(old), len(new)) > MOST:
        return [(0, len(old), 0, len(new))]
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [tuple(step) for tag, *step in found if tag != "equal"]  # type: ignore[misc]  # four numbers


def _groups(steps: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Steps that are so near to each other that what stands around them meets."""
    group: list[_Step] = []
    for step in steps:
        if group and step[2] - group[-1][3] > 2 * AROUND:
            yield group
            group = []
        group.append(step)
    if group:
        yield group


def _hunk(steps: Sequence[_Step], old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    at = max(steps[0][2] - AROUND, 0)
    for gone, last, first, end in steps:
        yield from (_line(Mark.SAME, new, i) for i in range(at, first))
        yield from (_line(Mark.GONE, old, i) for i in range(gone, last))
        yield from (_line(Mark.NEW, new, i) for i in range(first, end))
        at = end
    yield from (_line(Mark.SAME, new, i) for i in range(at, min(at + AROUND, len(new))))


def _line(mark: Mark, lines: Sequence[str], number: int) -> Line:
    return Line(mark, number + 1, seen(lines[number].rstrip("\r\n")))


def seen(text: str) -> str:
    """A line in which nothing is hidden: tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"\\u{ord(one):04x}" if one != "\t" and unseen(one) else one for one in text)
