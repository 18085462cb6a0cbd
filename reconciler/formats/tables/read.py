"""XLSX, read: what somebody filled in. The file is untrusted: it may be made to fill the memory of whoever opens it.

    its parts, unpacked with a limit ─ no cell far away from the others ─ the parser

The parser unpacks whatever there is, and makes a table of all cells up to the last one, so both are looked at first.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from io import BytesIO
from typing import TYPE_CHECKING, Any

from reconciler.errors import InputError, Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UNPACKED = 500_000_000
"""Bytes of all parts of a file."""

_CELLS = 20_000_000
"""Cells of a sheet from its first to its last, the empty ones between them too."""

_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,9})["']""")


def read_xlsx(content: bytes, name: object) -> Mapping[str, Sequence[Sequence[str]]]:
    """The rows of each sheet, by its name; every cell as text: a day as 2027-03-31, nothing as "".

    Args:
        content: of the file.
        name: how errors call the file.

    Raises:
        InputError: where it is no such file, or one that is far too large.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    broken = InputError(Message("{file} is not an Excel file (.xlsx), or it is damaged", file=name))
    if not content.startswith(b"PK"):
        raise broken
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(_unpacked(content, name)))
        return {sheet: _rows(book, sheet) for sheet in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise broken from error


def _unpacked(content: bytes, name: object) -> bytes:
    """The same file with its parts unpacked, as what a file says of its own size may be a lie."""
    made, left = BytesIO(), _UNPACKED
    with zipfile.ZipFile(BytesIO(content)) as packed, zipfile.ZipFile(made, "w") as plain:
        for part in packed.infolist():
            if part.is_dir():
                continue
            with packed.open(part) as opened:
                data = opened.read(left + 1)
            left -= len(data)
            if left < 0 or _far_away(data):
                raise InputError(Message("{file} is too large to be read", file=name))
            plain.writestr(part.filename, data)
    return made.getvalue()


def _far_away(data: bytes) -> bool:
    """Whether the cells of a sheet lie so far from each other that a table of them would be too large."""
    last_column = last_row = 1
    for found in _PLACE.finditer(data):
        column = 0
        for letter in found[1].upper():
            column = column * 26 + letter - 64
        last_column, last_row = max(last_column, column), max(last_row, int(found[2]))
    return last_column * last_row > _CELLS


def _rows(book: Any, sheet: str) -> list[list[str]]:
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [[_text(value) for value in row] for row in rows]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)
