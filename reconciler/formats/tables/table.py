"""A table as a value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cell: TypeAlias = str | int | dt.date | None
"""What a cell holds: a text, a figure, a day or nothing. A key is a text, however much it looks like a figure."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What is to be written.

    Attributes:
        name: what it is called, at most 25 characters; ours, not untrusted.
        headings: of the columns, in the reader's language.
        rows: each with a cell for every column; they may be made while they are written, so they are read once.
        choices: by number of a column the words that somebody may fill in there; a workbook offers them.
    """

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
