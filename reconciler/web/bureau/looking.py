"""How a bureau is looked at from its pages: from the snapshot of its present revision; what is costly is kept.

The register and the rights are those of a revision of the register, and kept as long as that is the present one; they
are values, so whoever looks at the same time shares them.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from reconciler.backends.wire_columns import clients, consultants
from reconciler.bureau.masks import placed
from reconciler.bureau.operators import rights_at
from reconciler.bureau.registers import bureau_at, program_bits
from reconciler.exchange.fields import Fields
from reconciler.grid.register import Program, Programs, Register
from reconciler.rights import Rights
from reconciler.web.bureau.identity import operator_of
from reconciler.web.index import index_of
from reconciler.web.recent import Recent
from reconciler.web.seen import Seen

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Hashable, Iterator, Mapping

    from reconciler.bureau.encoded import Encoded
    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.operators import SignedIn
    from reconciler.grid.arrays import Ids
    from reconciler.web.site import Visit

Value = TypeVar("Value")

REGISTERS = 4
"""Registers that are kept, of all bureaus together."""

OPERATORS = 50
"""Operators whose rights are kept."""


class Kept(Generic[Value]):
    """The last few values; safe to use from many threads. One makes a value, the others wait for it.

    Args:
        most: how many.
    """

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._values: Recent[Value] = Recent(most)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not kept."""
        with self._lock:
            value = self._values.get(key)
            if value is None:
                value = make()
            self._values.put(key, value)
            return value


class Looking:
    """Looks at the bureau of whoever visits; a `Look`.

    Args:
        server: of the bureaus.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._registers: Kept[Register] = Kept(REGISTERS)
        self._rights: Kept[Rights] = Kept(OPERATORS)
        self._numbers: Kept[Ids] = Kept(REGISTERS)

    def __call__(self, visit: Visit[Any]) -> Seen:
        """The bureau of whoever is signed in, as it is now."""
        return self.at(operator_of(self._server, visit))

    def at(self, operator: SignedIn) -> Seen:
        """The bureau of an operator, and what they may hand out there."""
        with self._present(operator.bureau) as (db, encoded, register):
            key = operator.number, encoded.register_revision
            may = self._rights.get(key, lambda: rights_of(db, operator.bureau, operator.number))
            return Seen(register, encoded.held.state, may, str(encoded.revision))

    def ahead(self) -> None:
        """Look before anybody visits, so that the first page is there at once; at as many bureaus as are kept."""
        with self._server.store.read() as db:
            query = "SELECT number FROM bureau ORDER BY number LIMIT ?"
            bureaus = [row["number"] for row in db.execute(query, (REGISTERS,))]
        for bureau in bureaus:
            with self._present(bureau) as (_, encoded, register):
                index_of(register.clients).ahead()
                _ = encoded.held.state

    @contextmanager
    def _present(self, bureau: int) -> Iterator[tuple[sqlite3.Connection, Encoded, Register]]:
        """A read transaction of a bureau, with the snapshot and the register of the same moment."""
        while True:
            encoded = self._server.snapshots.current(bureau).encoded
            with self._server.store.read() as db:
                # what is read beside the snapshot must be of the same register
                if bureau_at(db, bureau).register_revision == encoded.register_revision:
                    make = partial(register_of, db, bureau, encoded)
                    yield db, encoded, self._registers.get((bureau, encoded.register_revision), make)
                    return

    def others(self, operator: SignedIn, clients: Ids) -> list[tuple[str, Rights]]:
        """The names of the other operators of a bureau by key, and what each may hand out at some clients.

        Args:
            operator: who asks, and is left out.
            clients: places in the register.
        """
        bureau = operator.bureau
        with self._server.store.read() as db:
            since = bureau_at(db, bureau).register_revision
            numbers = self._numbers.get((bureau, since), lambda: _client_numbers(db, bureau))
            chosen, bits_of = numbers[clients[clients < len(numbers)]], program_bits(db, bureau)
            query = "SELECT number, name FROM operator WHERE bureau = ? AND number <> ? ORDER BY id"
            rows = db.execute(query, (bureau, operator.number)).fetchall()
            return [(row["name"], _placed(rights_at(db, row["number"], chosen), bits_of)) for row in rows]


def register_of(db: sqlite3.Connection, bureau: int, encoded: Encoded) -> Register:
    """The register of a snapshot, inside a transaction that sees the same one."""
    row = bureau_at(db, bureau)
    query = "SELECT id, labels, package FROM program WHERE bureau = ?"
    programs = [
        Program(p["id"], json.loads(p["labels"]), bool(p["package"])) for p in db.execute(query, (bureau,))
    ]
    return Register(
        bureau=row.id,
        label=row.name,
        timezone=row.timezone,
        consultants=consultants([Fields("consultants", encoded.consultants.values)]),
        clients=clients([Fields("clients", encoded.clients.values)]),
        programs=Programs.build(programs),
    )


def rights_of(db: sqlite3.Connection, bureau: int, operator: int) -> Rights:
    """What an operator may hand out, by the places of clients and programs in the register, inside a transaction."""
    return _placed(rights_at(db, operator, _client_numbers(db, bureau)), program_bits(db, bureau))


def _placed(rights: Rights, bits_of: Mapping[str, int]) -> Rights:
    return Rights(rights.system, placed(rights.programs, bits_of))


def _client_numbers(db: sqlite3.Connection, bureau: int) -> Ids:
    """The numbers of the clients in the database, in the order of their ids."""
    cursor = db.cursor()
    cursor.row_factory = None
    rows = cursor.execute("SELECT number FROM client WHERE bureau = ? ORDER BY id", (bureau,))
    return np.fromiter((row[0] for row in rows), dtype=np.int64)
