"""Tables under headings, open or folded."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from reconciler.formats.markdown.layout import Part, Section
from reconciler.formats.text.guardrails import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.markdown.lines import Line
    from reconciler.formats.markdown.words import Words
    from reconciler.plan import Blocked, Unmanaged
    from reconciler.plan.drift import Drifted

FIRST = 20
"""Rows of a table that stand open; the rest of it is folded."""

_Thing = TypeVar("_Thing", "Line", "Blocked", "Unmanaged", "Drifted", Broken)


@dataclass(frozen=True, slots=True)
class Table(Generic[_Thing]):
    """What a section tells as a table.

    Attributes:
        title: of the section.
        heads: of the columns.
        things: a row each.
        row: writes one, in the words that it is given.
        share: of the room of a document that is cut, in hundredths.
        fold: whether nothing of it stands open.
    """

    title: str
    heads: Sequence[str]
    things: Sequence[_Thing]
    row: Callable[[Words, _Thing], Sequence[str]]
    share: int
    fold: bool = False


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes sections.

    Attributes:
        say: the language, for what holds no names.
        folds: whether the forge can fold a part of a comment; else all of it stands open.
    """

    say: Catalogue
    folds: bool

    def section(self, table: Table[_Thing], whole: Words, brief: Words) -> Section:
        """A section of a table: the first rows open and the rest folded, or all of it folded.

        Args:
            table: what to tell.
            whole: the words where everything is told.
            brief: the words of a document that is cut, which tells the largest blocks first.
        """

        def briefly(title: str) -> list[Part]:
            largest = sorted(table.things, key=lambda one: -one.block.pairs)
            return [self._part(table, largest, (title, "\n"), brief)]

        if table.fold:
            title = heading(table.title)
            label = self.fold(html.escape(table.title, quote=False), table.title)
            return Section(
                "",
                lambda: [self._part(table, table.things, label, whole)],
                lambda: briefly(title),
                table.share,
            )
        return Section(
            heading(table.title), lambda: self._whole(table, whole), lambda: briefly(""), table.share
        )

    def _whole(self, table: Table[_Thing], words: Words) -> Iterator[Part]:
        things = table.things
        # a table that is one over would be folded for nothing
        first = len(things) if len(things) <= FIRST + 1 else FIRST
        yield self._part(table, things[:first], ("", "\n"), words)
        if hidden := len(things) - first:
            label = self.say.count("{n} more", "{n} more", hidden)
            yield self._part(table, things[first:], self.fold(label, label), words)

    def _part(
        self, table: Table[_Thing], things: Sequence[_Thing], around: tuple[str, str], words: Words
    ) -> Part:
        opens, closes = around
        return Part(
            opens + head(table.heads),
            lambda: (row(table.row(words, one)) for one in things),
            closes,
            len(things),
            self.more,
        )

    def listing(self, title: str, lines: Sequence[str], share: int) -> Section:
        """A section of lines, folded where they are many."""

        def part(around: tuple[str, str]) -> Iterable[Part]:
            yield Part(around[0], lambda: (f"- {one}\n" for one in lines), around[1], len(lines), self.more)

        label = self.say.count("{n} row", "{n} rows", len(lines))
        folded = self.fold(html.escape(label, quote=False), label) if len(lines) > FIRST else ("", "\n")
        return Section(heading(title), lambda: part(folded), lambda: part(("", "\n")), share)

    def fold(self, in_html: str, in_markdown: str) -> tuple[str, str]:
        """What begins and ends a part that is folded; where nothing folds, its label above it.

        Args:
            in_html: the label, safe in HTML.
            in_markdown: the same, safe in Markdown.
        """
        if self.folds:
            return f"<details><summary>{in_html}</summary>\n\n", "\n</details>\n\n"
        return f"**{in_markdown}**\n\n", "\n"

    def more(self, left: int | None) -> str:
        """That rows are left out."""
        told = (
            self.say("… and more")
            if left is None
            else self.say.count("… and {n} more row", "… and {n} more rows", left)
        )
        return f"\n{told}\n"


def heading(title: str) -> str:
    """The heading of a section."""
    return f"#### {title}\n\n"


def head(heads: Sequence[str]) -> str:
    """The first two lines of a table."""
    return f"{row(heads)}|{'---|' * len(heads)}\n"


def row(cells: Sequence[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |\n"
