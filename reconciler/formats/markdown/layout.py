"""A document of parts that fits into so much room: whole where it can be, else cut between rows, and never within one.

Room is counted in bytes of UTF-8. Forges count characters, of one kind or another, and there are never fewer bytes than
characters of any kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under a heading.

    Attributes:
        opens: what stands before the rows, with a line break at its end.
        rows: makes the rows, each with a line break at its end; they are made as far as there is room for them.
        closes: what stands after them, with a line break at its end.
        count: how many rows there are; None where nobody has counted.
        more: says that rows are left out, and where it is known how many; a paragraph of its own.
    """

    opens: str
    rows: Callable[[], Iterable[str]]
    closes: str
    count: int | None
    more: Callable[[int | None], str]

    def pieces(self) -> Iterator[str]:
        """All of it."""
        return chain((self.opens,), self.rows(), (self.closes,))

    def within(self, room: int) -> str:
        """As much of it as there is room for: all, or its first rows with how many more there are, or nothing."""
        kept: list[str] = []
        used = size(self.opens) + size(self.closes)
        spare = size(self.more(self.count))
        for number, row in enumerate(self.rows()):
            last = number + 1 == self.count
            if used + size(row) + (0 if last else spare) > room:
                return self._cut(kept)
            kept.append(row)
            used += size(row)
        return "".join((self.opens, *kept, self.closes)) if used <= room else ""

    def _cut(self, kept: list[str]) -> str:
        if not kept:
            return ""
        return "".join(
            (
                self.opens,
                *kept,
                self.more(None if self.count is None else self.count - len(kept)),
                self.closes,
            )
        )


@dataclass(frozen=True, slots=True)
class Section:
    """Parts under a heading, told at length or briefly.

    Attributes:
        heading: with a line break at its end; it stands there also where there is room for nothing else.
        whole: makes the parts that tell everything.
        brief: makes the parts of a document that is cut: the most important rows first.
        share: of the room of a document that is cut, in hundredths, what it may take before others have theirs.
    """

    heading: str
    whole: Callable[[], Iterable[Part]]
    brief: Callable[[], Iterable[Part]]
    share: int


def entire(sections: Iterable[Section], room: int | None) -> str | None:
    """Everything; None where there is not so much room. What would not fit is not made."""
    pieces: list[str] = []
    used = 0
    for section in sections:
        parts = (piece for part in section.whole() for piece in part.pieces())
        for piece in chain((section.heading,), parts):
            used += size(piece)
            if room is not None and used > room:
                return None
            pieces.append(piece)
    return "".join(pieces)


def cut(sections: Iterable[Section], room: int) -> str:
    """As much of each section as there is room for, the heading of every section before the rows of any."""
    told = list(sections)
    while told and sum(size(section.heading) for section in told) > room:
        told.pop()
    left = room - sum(size(section.heading) for section in told)
    first = [_fill(section, left * section.share // 100) for section in told]
    left -= sum(map(size, first))
    texts = []
    for section, text in zip(told, first, strict=True):
        # what others do not need is for the first who could use it
        again = _fill(section, size(text) + left)
        left -= size(again) - size(text)
        texts.append(section.heading + again)
    return "".join(texts)


def _fill(section: Section, room: int) -> str:
    """The brief parts of a section in so much room, each as far as it fits."""
    text = ""
    for part in section.brief():
        if room <= 0:
            break
        told = part.within(room)
        text += told
        room -= size(told)
    return text


def size(text: str) -> int:
    """What a text takes, in bytes."""
    return len(text) if text.isascii() else len(text.encode())
