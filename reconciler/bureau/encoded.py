"""The state as readers get it, kept in the database and brought up to date from the pairs that have changed.

So a process that starts reads three blobs instead of a row for each pair. What is kept is only ever believed
for the register that it was made with, and never says anything that the other tables do not.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.columns import Columns, read_columns
from reconciler.bureau.registers import bureau_at, program_bits, register_sizes
from reconciler.grid.access import Access, Shape
from reconciler.grid.arrays import bits
from reconciler.grid.packed import Packed

if TYPE_CHECKING:
    import sqlite3

    from reconciler.bureau.store import Store
    from reconciler.grid.arrays import Ids, Masks

_ROW = [("client", "i8"), ("consultant", "i8"), ("mask", "i8"), ("held", "i8")]

_ALL = "SELECT client, consultant, mask, held FROM pair WHERE bureau = ? AND held"
_STALE = """
SELECT client, consultant, ifnull(mask, 0), ifnull(held, 0)
FROM stale LEFT JOIN pair USING (bureau, client, consultant) WHERE bureau = ?
"""


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Everything of one revision.

    Attributes:
        revision: of the bureau.
        register_revision: at which anything but access last changed.
        consultants: by columns.
        clients: by columns.
        programs: their ids, sorted; the bits of masks are places in it.
        access: every pair that has access.
        kept: whether the database has it, but for a few changes.
    """

    revision: int
    register_revision: int
    consultants: Columns
    clients: Columns
    programs: tuple[str, ...]
    access: Packed
    kept: bool


def read_encoded(db: sqlite3.Connection, bureau: int, before: Encoded | None = None, few: int = 0) -> Encoded:
    """Everything, inside one read transaction.

    Args:
        db: inside the transaction.
        bureau: its number.
        before: another revision, whose columns are used again where the register has not changed.
        few: so many changed pairs still count as kept; with more, what is kept is to be written anew.
    """
    found = bureau_at(db, bureau)
    bits_of = program_bits(db, bureau)
    query = "SELECT kind, body FROM encoded WHERE bureau = ? AND register_revision = ?"
    kept = dict(db.execute(query, (bureau, found.register_revision)).fetchall())
    if before is not None and before.register_revision == found.register_revision:
        consultants, clients = before.consultants, before.clients
    else:
        consultants, clients = (
            Columns(kept.get(kind) or read_columns(db, bureau, kind), size)
            for kind, size in zip(("consultants", "clients"), register_sizes(db, bureau), strict=True)
        )
    places = _Places(db, bureau, bits_of)
    access, changed = None, 0
    with suppress(KeyError, ValueError):  # not kept, or damaged
        access, changed = _updated(db, bureau, Packed.decode(kept["access"])[0], places)
    return Encoded(
        revision=found.revision,
        register_revision=found.register_revision,
        consultants=consultants,
        clients=clients,
        programs=tuple(sorted(bits_of)),
        access=access or Packed.of(places.access(_rows(db, _ALL, bureau))),
        kept=access is not None and changed <= few,
    )


def keep(store: Store, bureau: int, encoded: Encoded) -> None:
    """Write what has been encoded for those who come later; not where the bureau has moved on, or is busy."""
    bodies = {
        "access": encoded.access.encode(encoded.revision),
        "clients": encoded.clients.body,
        "consultants": encoded.consultants.body,
    }

    def write(db: sqlite3.Connection) -> None:
        if bureau_at(db, bureau).revision == encoded.revision:
            rows = [(bureau, kind, encoded.register_revision, body) for kind, body in bodies.items()]
            db.executemany("INSERT OR REPLACE INTO encoded VALUES (?, ?, ?, ?)", rows)
            db.execute("DELETE FROM stale WHERE bureau = ?", (bureau,))

    store.try_write(write)


def _updated(db: sqlite3.Connection, bureau: int, packed: Packed, places: _Places) -> tuple[Packed, int]:
    """The rows with what has changed since, and how many pairs that was."""
    rows = _rows(db, _STALE, bureau)
    if len(rows) == 0:
        return packed, 0
    changed = places.access(rows)
    held = np.zeros(len(changed), dtype=np.bool_)
    held[np.searchsorted(changed.keys, places.keys(rows))] = rows["held"] != 0
    state = packed.access(places.shape).outside(changed).union(changed.where(held))
    return Packed.of(state), len(rows)


def _rows(db: sqlite3.Connection, query: str, bureau: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    cursor = db.cursor()
    cursor.row_factory = None
    return np.fromiter(cursor.execute(query, (bureau,)), dtype=_ROW)


class _Places:
    """From the numbers and bits of the database to places among the sorted names.

    Args:
        db: inside a transaction.
        bureau: its number.
        bits_of: the bit of each program.
    """

    def __init__(self, db: sqlite3.Connection, bureau: int, bits_of: dict[str, int]) -> None:
        self._db, self._bureau, self._bits_of = db, bureau, bits_of
        self._sides: tuple[Ids, Ids] | None = None

    @property
    def shape(self) -> Shape:
        """Of the grid."""
        consultants, clients = self._numbers()
        return Shape(
            int(np.count_nonzero(consultants >= 0)), int(np.count_nonzero(clients >= 0)), len(self._bits_of)
        )

    def keys(self, rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> Ids:
        """The key of each row."""
        consultants, clients = self._numbers()
        return self.shape.keys(consultants[rows["consultant"]], clients[rows["client"]])

    def access(self, rows: np.ndarray[tuple[int], np.dtype[np.void]]) -> Access:
        """Rows of the database as a state."""
        masks = np.ascontiguousarray(rows["mask"]).view(np.uint64)
        return Access.from_rows(self.shape, self.keys(rows), self._masks(masks))

    def _numbers(self) -> tuple[Ids, Ids]:
        if self._sides is None:
            self._sides = self._side("consultant"), self._side("client")
        return self._sides

    def _side(self, table: str) -> Ids:
        """By number the place, -1 where there is none."""
        query = f"SELECT number FROM {table} WHERE bureau = ? ORDER BY id"  # noqa: S608 - one of two words
        cursor = self._db.cursor()
        cursor.row_factory = None
        numbers = np.fromiter((row[0] for row in cursor.execute(query, (self._bureau,))), dtype=np.int64)
        places = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int64)
        places[numbers] = np.arange(len(numbers))
        return places

    def _masks(self, masks: Masks) -> Masks:
        place = {bit: at for at, (_, bit) in enumerate(sorted(self._bits_of.items()))}
        if all(bit == at for bit, at in place.items()):
            return masks
        table, numbers = np.unique(masks, return_inverse=True)
        moved = [sum(1 << place[bit] for bit in bits(mask)) for mask in table.tolist()]
        return np.array(moved, dtype=np.uint64)[numbers]
