"""CSV as Excel opens it: UTF-8 with BOM, and in Swedish a semicolon between cells.

Cells come from YAML and backends, so they may hold anything: none may be taken for a formula, none may end
its row or its cell; neither where a table that is written with commas is opened where semicolons are expected.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reconciler.formats.safe import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.tables.table import Cell, Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the start of a formula, in full width too."""

_INNER_FORMULA = re.compile("(?<=[;,|])(?=[-=+@\uff1d\uff0b\uff0d\uff20])")
"""Where one would start if a character of the cell were taken for the end of a cell."""

_PIECE = 1_000_000
"""Characters that are given out at a time."""

_KNOWN = 100_000
"""Texts that are made safe once."""


def to_csv(table: Table, say: Catalogue) -> bytes:
    """A whole table; `say` has the language."""
    return b"".join(csv_pieces(table, say))


def csv_pieces(table: Table, say: Catalogue) -> Iterator[bytes]:
    """A table piece by piece, as its rows are made."""
    text = io.StringIO()
    separator = ";" if say.language == "sv" else ","
    # every cell in quotes, so that a separator in it is none in whatever language the table is opened
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    # a bureau has two million rows, and in them a few names again and again
    safe = lru_cache(_KNOWN)(_text)
    text.write("\ufeff")
    writer.writerow(map(safe, table.headings))
    for row in table.rows:
        writer.writerow(map(safe, row))
        if text.tell() > _PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def cell(text: str) -> str:
    """A text that a spreadsheet shows as it is and never computes: a formula gets an apostrophe before it."""
    start = "'" if text.startswith(FORMULA) else ""
    return start + _INNER_FORMULA.sub("'", clean(text))


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return cell(value)
    return "" if value is None else str(value)
