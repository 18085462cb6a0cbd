"""What the template writes: sections of rows of cells, all of it plain text in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a section or a figure looks; never the only thing that says what it is."""

    GAIN = "gain"
    LOSS = "loss"
    BLOCKED = "blocked"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: what is read at once.
        more: a long list in full, one entry a line, unfolded on demand; empty where the text is all.
        lines: smaller lines below.
        sensitive: which of the programs are sensitive, in a sentence; "" where none is.
    """

    text: str
    more: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    sensitive: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        mark: "+", "−", "!", "?" or "*".
        cells: beside the mark.
        number: in the last column; None where nothing is counted.
    """

    mark: str
    cells: tuple[Cell, ...]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it.

    Attributes:
        key: its id on the page.
        tone: how it looks.
        title: its heading.
        columns: headings of the columns, the first one beside the mark; empty where there is no table.
        rows: of the table.
        numbers: heading of the last column; "" where nothing is counted.
        text: paragraphs before the table.
        code: a line to copy, after the paragraphs.
        after: a paragraph after the line to copy.
        hidden: a line that says how many rows are not here.
    """

    key: str
    tone: Tone
    title: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    numbers: str = ""
    text: tuple[str, ...] = ()
    code: str = ""
    after: str = ""
    hidden: str = ""
