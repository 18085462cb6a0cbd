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
from reconciler.bureau.masks import placed
from reconciler.bureau.registers import bureau_at, program_bits, register_sizes
from reconciler.grid.access import Access, Shape
from reconciler.grid.packed import Packed

if TYPE_CHECKING:
    import sqlite3

    from reconciler.bureau.store import Store
    from reconciler.grid.arrays import Ids

_ROW = [("client", "i8"), ("consultant", "i8"), ("mask", "i8"), ("held", "i8")]

_ALL = "SELECT client, consultant, mask, held FROM pair WHERE bureau = ? AND held"
_STALE = """
SELECT client, consultant, ifnull(mask, 0), ifnull(held, 0)
FROM stale LEFT JOIN pair USING (bureau, client, consultant) WHERE bureau = ?
"""


class Held:
    """Who has what in two forms, packed and as a state; either is made of the other when somebody asks for it.

    Args:
        shape: of the grid.
        packed: the one form.
        state: the other; one of the two is there.
    """

    def __init__(self, shape: Shape, *, packed: Packed | None = None, state: Access | None = None) -> None:
        self._shape = shape
        self._packed = packed
        self._state = state

    @property
    def packed(self) -> Packed:
        """As it travels and is kept."""
        if self._packed is None:
            assert self._state is not None
            self._packed = Packed.of(self._state)
        return self._packed

    @property
    def state(self) -> Access:
        """As it is worked with."""
        if self._state is None:
            assert self._packed is not None
            self._state = self._packed.access(self._shape)
        return self._state


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """Everything of one revision.

    Attributes:
        revision: of the bureau.
        register_revision: at which anything but access last changed.
        consultants: by columns.
        clients: by columns.
        programs: their ids, sorted; the bits of masks are places in it.
        held: every pair that has access.
        kept: whether the database has it, but for a few changes.
        sides: places by number, of consultants and of clients, where they were asked for.
    """

    revision: int
    register_revision: int
    consultants: Columns
    clients: Columns
    programs: tuple[str, ...]
    held: Held
    kept: bool
    sides: tuple[Ids, Ids] | None = None

    @property
    def shape(self) -> Shape:
        """Of the grid."""
        return Shape(len(self.consultants), len(self.clients), len(self.programs))

    @property
    def access(self) -> Packed:
        """Every pair that has access, packed."""
        return self.held.packed


def read_encoded(db: sqlite3.Connection, bureau: int, before: Encoded | None = None, few: int = 0) -> Encoded:
    """Everything, inside one read transaction.

    Args:
        db: inside the transaction.
        bureau: its number.
        before: another revision, of which is used again what has not changed.
        few: so many changed pairs still count as kept; with more, what is kept is to be written anew.
    """
    found = bureau_at(db, bureau)
    if before is not None and before.register_revision != found.register_revision:
        before = None
    bits_of = program_bits(db, bureau)
    kept = _Kept(db, bureau, found.register_revision)
    if before is not None:
        consultants, clients = before.consultants, before.clients
    else:
        consultants, clients = (
            Columns(kept.body(kind) or read_columns(db, bureau, kind), size)
            for kind, size in zip(("consultants", "clients"), register_sizes(db, bureau), strict=True)
        )
    places = _Places(db, bureau, bits_of, before.sides if before else None)
    shape = Shape(len(consultants), len(clients), len(bits_of))
    held, changed = None, 0
    with suppress(KeyError, ValueError):  # not kept, or damaged
        held, changed = _updated(db, bureau, kept.since(before, shape), shape, places)
    return Encoded(
        revision=found.revision,
        register_revision=found.register_revision,
        consultants=consultants,
        clients=clients,
        programs=tuple(sorted(bits_of)),
        held=held or Held(shape, state=places.access(_rows(db, _ALL, bureau))),
        kept=held is not None and changed <= few,
        sides=places.sides,
    )


class _Kept:
    """What the database keeps of a register.

    Args:
        db: inside a transaction.
        bureau: its number.
        register: the revision of the register.
    """

    def __init__(self, db: sqlite3.Connection, bureau: int, register: int) -> None:
        self._db, self._values = db, (bureau, register)

    def body(self, kind: str) -> bytes | None:
        """All of a kind, None where it is not kept."""
        return self._column("body", kind)

    def since(self, before: Encoded | None, shape: Shape) -> Held:
        """A state from which on all pairs that have changed are noted.

        Args:
            before: a state of the same register that somebody has at hand; None for none.
            shape: of the grid.

        Raises:
            KeyError: where nothing is kept, and so nothing noted.
            ValueError: where it is damaged.
        """
        head = self._column("substr(body, 1, 60)", "access")
        if head is None:
            raise KeyError("access")
        # what has changed is noted from the kept state on, so also from any later one on
        if before is not None and Packed.revision(head) <= before.revision:
            return before.held
        packed, _ = Packed.decode(self.body("access") or b"")
        return Held(shape, packed=packed)

    def _column(self, what: str, kind: str) -> bytes | None:
        query = f"SELECT {what} FROM encoded WHERE bureau = ? AND register_revision = ? AND kind = ?"  # noqa: S608 - ours
        row = self._db.execute(query, (*self._values, kind)).fetchone()
        return None if row is None else row[0]


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


def _updated(
    db: sqlite3.Connection, bureau: int, held: Held, shape: Shape, places: _Places
) -> tuple[Held, int]:
    """The rows with what has changed since, and how many pairs that was."""
    rows = _rows(db, _STALE, bureau)
    if len(rows) == 0:
        return held, 0
    changed = places.access(rows)
    flags = np.zeros(len(changed), dtype=np.bool_)
    flags[np.searchsorted(changed.keys, places.keys(rows))] = rows["held"] != 0
    return Held(shape, state=held.state.updated(changed, flags)), len(rows)


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
        sides: places by number, of consultants and of clients, where they are known already.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        bureau: int,
        bits_of: dict[str, int],
        sides: tuple[Ids, Ids] | None = None,
    ) -> None:
        self._db, self._bureau, self._bits_of = db, bureau, bits_of
        self.sides = sides

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
        return Access.from_rows(self.shape, self.keys(rows), placed(masks, self._bits_of))

    def _numbers(self) -> tuple[Ids, Ids]:
        if self.sides is None:
            self.sides = self._side("consultant"), self._side("client")
        return self.sides

    def _side(self, table: str) -> Ids:
        """By number the place, -1 where there is none."""
        query = f"SELECT number FROM {table} WHERE bureau = ? ORDER BY id"  # noqa: S608 - one of two words
        cursor = self._db.cursor()
        cursor.row_factory = None
        numbers = np.fromiter((row[0] for row in cursor.execute(query, (self._bureau,))), dtype=np.int64)
        places = np.full(int(numbers.max(initial=0)) + 1, -1, dtype=np.int64)
        places[numbers] = np.arange(len(numbers))
        return places
