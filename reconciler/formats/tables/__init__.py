"""Tables, for Excel and its like: what a table is, how it is written as CSV or XLSX, and how an XLSX is read.

A table knows nothing of its format; what stands in it is untrusted, and each format makes it safe in its own way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.tables.csv import cell, csv_pieces, to_csv
from reconciler.formats.tables.read import read_xlsx
from reconciler.formats.tables.table import Cell, Table
from reconciler.formats.tables.xlsx import to_xlsx

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue


def written(tables: Sequence[Table], form: str, say: Catalogue) -> bytes:
    """Tables in one of the formats; CSV has room for the first alone."""
    return to_csv(tables[0], say) if form == "csv" else to_xlsx(tables)


__all__ = ["Cell", "Table", "cell", "csv_pieces", "read_xlsx", "to_csv", "to_xlsx", "written"]
