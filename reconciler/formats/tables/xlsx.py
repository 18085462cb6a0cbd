"""XLSX, written: every text is a text, whatever it looks like; days are days and figures are figures.

The same tables are the same bytes. Rows go to the disk as they are made, so that a large bureau fits in memory;
more of them than a sheet can hold go on in the next one.
"""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from reconciler.formats.safe import LONGEST_VALUE, clean, short
from reconciler.formats.tables.csv import FORMULA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.formats.tables.table import Cell, Table

ROWS = 1_048_575
"""Rows of a sheet, its headings not counted."""

_LONGEST = 32_767
"""Characters of a cell; a longer one would be left out."""

_WIDEST = 60
"""Of a column, in characters; what is longer can still be read, and nobody scrolls past it."""

_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no time zones, and it stands for no time
"""The day that stands in every file, so that the same tables are the same bytes."""

_FIRST = dt.date(1900, 3, 1)
"""The first day that every reader takes for the same; Excel believes in a 29 February 1900."""

_NUMBER_FORMAT = "yyyy-mm-dd"

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def to_xlsx(tables: Sequence[Table], *, most: int = ROWS) -> bytes:
    """Tables as the sheets of a file.

    Args:
        tables: one or more, each with a name of its own.
        most: rows of a sheet; the rest goes on in a sheet with a number behind its name.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it has no types

    content = BytesIO()
    book = Workbook(content, _OPTIONS)
    book.set_properties({"created": _MADE})
    formats = {
        "heading": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": _NUMBER_FORMAT}),
        # it is a text as it is; this keeps it one where somebody edits it
        "formula": book.add_format({"quote_prefix": True}),
    }
    for table in tables:
        rows, number = iter(table.rows), 1
        row = next(rows, None)
        while row is not None or number == 1:
            name = table.name if number == 1 else f"{table.name} {number}"
            sheet = _Sheet(book.add_worksheet(name), formats, table.headings)
            for one in islice(chain([] if row is None else [row], rows), most):
                sheet.write(one)
            sheet.finish(table.choices)
            row, number = next(rows, None), number + 1
    book.close()
    return content.getvalue()


class _Sheet:
    """Writes one sheet, row by row."""

    def __init__(self, sheet: Any, formats: dict[str, Any], headings: Sequence[str]) -> None:
        self._sheet, self._formats = sheet, formats
        self._row, self._widths = 1, [len(heading) + 3 for heading in headings]  # the button of the filter
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, formats["heading"])

    def write(self, row: Sequence[Cell]) -> None:
        """The next row."""
        for column, value in enumerate(row):
            if value is not None and value != "":
                shown = self._cell(column, value)
                self._widths[column] = max(self._widths[column], shown + 1)
        self._row += 1

    def finish(self, choices: Mapping[int, Sequence[str]]) -> None:
        """What concerns all rows."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(0, 0, self._row - 1, len(self._widths) - 1)
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(width, _WIDEST))
        for column, words in choices.items():
            self._sheet.data_validation(
                1, column, max(self._row - 1, 1), column, {"validate": "list", "source": list(words)}
            )

    def _cell(self, column: int, value: str | int | dt.date) -> int:
        """Write a cell; how many characters it shows."""
        if isinstance(value, dt.date) and value < _FIRST:
            value = value.isoformat()
        if isinstance(value, dt.date):
            self._sheet.write_datetime(self._row, column, value, self._formats["day"])
            return len(_NUMBER_FORMAT)
        if isinstance(value, int):
            self._sheet.write_number(self._row, column, value)
            return len(str(value))
        text = clean(value)
        if len(text) > _LONGEST:
            text = short(value, LONGEST_VALUE)
        style = self._formats["formula"] if text.startswith(FORMULA) else None
        self._sheet.write_string(self._row, column, text, style)
        return len(text)
