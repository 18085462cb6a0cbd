"""How a bureau is looked at from its pages: from the snapshot of its present revision; what is costly is kept.

The register and the rights are those of a revision of the register, and kept as long as that is the present one; they
are values, so whoever looks at the same time shares them.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
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
from reconciler.web.seen import Seen

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Hashable

    from reconciler.bureau.encoded import Encoded
    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.operators import SignedIn
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
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not kept."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
                while len(self._values) > self._most:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]


class Looking:
    """Looks at the bureau of whoever visits; a `Look`.

    Args:
        server: of the bureaus.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._registers: Kept[Register] = Kept(REGISTERS)
        self._rights: Kept[Rights] = Kept(OPERATORS)

    def __call__(self, visit: Visit[Any]) -> Seen:
        """The bureau of whoever is signed in, as it is now."""
        return self.at(operator_of(self._server, visit))

    def at(self, operator: SignedIn) -> Seen:
        """The bureau of an operator, and what they may hand out there."""
        while True:
            encoded = self._server.snapshots.current(operator.bureau).encoded
            with self._server.store.read() as db:
                # what is read beside the snapshot must be of the same register
                if bureau_at(db, operator.bureau).register_revision == encoded.register_revision:
                    return self._seen(db, operator, encoded)

    def _seen(self, db: sqlite3.Connection, operator: SignedIn, encoded: Encoded) -> Seen:
        bureau, since = operator.bureau, encoded.register_revision
        register = self._registers.get((bureau, since), lambda: register_of(db, bureau, encoded))
        may = self._rights.get(
            (operator.number, since), lambda: rights_of(db, operator.bureau, operator.number)
        )
        return Seen(register, encoded.held.state, may, str(encoded.revision))


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
    found = rights_at(db, operator, _client_numbers(db, bureau))
    return Rights(found.system, placed(found.programs, program_bits(db, bureau)))


def _client_numbers(db: sqlite3.Connection, bureau: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The numbers of the clients in the database, in the order of their ids."""
    cursor = db.cursor()
    cursor.row_factory = None
    rows = cursor.execute("SELECT number FROM client WHERE bureau = ? ORDER BY id", (bureau,))
    return np.fromiter((row[0] for row in rows), dtype=np.int64)
