"""Snapshots: everything of one consistent revision, encoded so that a page is a slice.

A snapshot is built inside one read transaction, when the first page of a list is asked for, and kept for
the readers of its later pages. Access is three arrays (19 MB for 0.8 million pairs) and the encoded names.
A cursor names its revision: where that is neither kept nor the present one, the reader starts again.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.masks import from_signed, names_of
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.registers import bureau_at, program_bits

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from reconciler.bureau.store import Store
    from reconciler.grid.arrays import Ids

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Made once: `json.dumps` with these arguments makes one for each call."""

_ROW = [("client", "i8"), ("consultant", "i8"), ("mask", "i8")]


@dataclass(frozen=True, slots=True, eq=False)
class RegisterPages:
    """The register of one revision, encoded.

    Attributes:
        revision: at which it last changed.
        consultants: each as JSON, by id.
        clients: each as JSON, by id.
        consultant_names: the id of each as JSON.
        client_names: the id of each as JSON.
        consultant_places: by the consultant's number, its place in the lists above.
        client_places: by the client's number.
        programs: the id of each program, by bit.
    """

    revision: int
    consultants: list[bytes]
    clients: list[bytes]
    consultant_names: list[bytes]
    client_names: list[bytes]
    consultant_places: Ids
    client_places: Ids
    programs: dict[int, str]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Everything of one revision.

    Attributes:
        revision: of the bureau.
        register: encoded.
        clients: of each pair that has access, by client and then consultant: the place in the register.
        consultants: beside it.
        masks: beside it, an index into `programs`.
        programs: the distinct lists of programs, as JSON.
    """

    revision: int
    register: RegisterPages
    clients: Ids
    consultants: Ids
    masks: Ids
    programs: list[bytes]

    def page(self, kind: str, start: int, limit: int) -> tuple[bytes, bool]:
        """A page of a list, as JSON, and whether there is more after it.

        Args:
            kind: "consultants", "clients" or "access".
            start: how many items to leave out.
            limit: how many items at most.
        """
        if kind == "access":
            total, items = len(self.clients), self._access(slice(start, start + limit))
        else:
            encoded = self.register.consultants if kind == "consultants" else self.register.clients
            total, items = len(encoded), encoded[start : start + limit]
        body = b'{"revision":"%d","total":%d,"items":[%b]}' % (self.revision, total, b",".join(items))
        return body, start + limit < total

    def _access(self, at: slice) -> list[bytes]:
        consultants, clients = self.register.consultant_names, self.register.client_names
        rows = zip(
            self.consultants[at].tolist(), self.clients[at].tolist(), self.masks[at].tolist(), strict=True
        )
        return [
            b'{"consultant":%b,"client":%b,"programs":%b}' % (consultants[k], clients[c], self.programs[m])
            for k, c, m in rows
        ]


class Snapshots:
    """The last few snapshots of each bureau.

    Args:
        store: the database.
        keep: how many of each bureau; those that were used last.
    """

    def __init__(self, store: Store, keep: int) -> None:
        self._store = store
        self._keep = keep
        self._lock = threading.Lock()
        self._building: dict[int, threading.Lock] = {}
        self._kept: dict[int, OrderedDict[int, Snapshot]] = {}

    def current(self, bureau: int) -> Snapshot:
        """The snapshot of the present revision."""
        return self._at(bureau, None)

    def at(self, bureau: int, revision: int) -> Snapshot:
        """The snapshot of a revision; raises Problem where it is gone."""
        return self._find(bureau, revision) or self._at(bureau, revision)

    def _at(self, bureau: int, wanted: int | None) -> Snapshot:
        """The snapshot of the present revision, which must be the one that is wanted, if one is."""
        with self._lock:
            building = self._building.setdefault(bureau, threading.Lock())
        with building, self._store.read() as db:  # one builds, the others wait for it
            present = bureau_at(db, bureau).revision
            if wanted not in {None, present}:
                raise Problem(
                    Code.REVISION_GONE, f"Revision {wanted} is gone; read the list again from its first page."
                )
            return self._find(bureau, present) or self._build(db, bureau)

    def _find(self, bureau: int, revision: int) -> Snapshot | None:
        with self._lock:
            kept = self._kept.get(bureau, OrderedDict())
            if revision in kept:
                kept.move_to_end(revision)
            return kept.get(revision)

    def _build(self, db: sqlite3.Connection, bureau: int) -> Snapshot:
        wanted = bureau_at(db, bureau).register_revision
        with self._lock:
            kept = self._kept.setdefault(bureau, OrderedDict())
            registers = [one.register for one in kept.values() if one.register.revision == wanted]
        snapshot = build_snapshot(db, bureau, registers[0] if registers else None)
        with self._lock:
            kept[snapshot.revision] = snapshot
            while len(kept) > self._keep:
                kept.popitem(last=False)
        return snapshot


def build_snapshot(db: sqlite3.Connection, bureau: int, register: RegisterPages | None = None) -> Snapshot:
    """Read and encode everything, inside one read transaction.

    Args:
        db: inside the transaction.
        bureau: its number.
        register: the register as it was encoded before, where it has not changed since.
    """
    register = register or _register(db, bureau)
    cursor = db.cursor()
    cursor.row_factory = None
    query = "SELECT client, consultant, mask FROM pair WHERE bureau = ? AND held"
    rows = np.fromiter(cursor.execute(query, (bureau,)), dtype=_ROW)
    clients, consultants = (
        register.client_places[rows["client"]],
        register.consultant_places[rows["consultant"]],
    )
    order = np.lexsort((consultants, clients))
    masks, index = np.unique(rows["mask"], return_inverse=True)
    programs = [_json(names_of(from_signed(mask), register.programs)) for mask in masks.tolist()]
    return Snapshot(
        revision=bureau_at(db, bureau).revision,
        register=register,
        clients=clients[order],
        consultants=consultants[order],
        masks=index[order],
        programs=programs,
    )


def _register(db: sqlite3.Connection, bureau: int) -> RegisterPages:
    consultants = db.execute("SELECT * FROM consultant WHERE bureau = ? ORDER BY id", (bureau,)).fetchall()
    clients = db.execute("SELECT * FROM client WHERE bureau = ? ORDER BY id", (bureau,)).fetchall()
    return RegisterPages(
        revision=bureau_at(db, bureau).register_revision,
        consultants=[_consultant(row) for row in consultants],
        clients=[_client(row) for row in clients],
        consultant_names=[_json(row["id"]) for row in consultants],
        client_names=[_json(row["id"]) for row in clients],
        consultant_places=_places(row["number"] for row in consultants),
        client_places=_places(row["number"] for row in clients),
        programs={bit: name for name, bit in program_bits(db, bureau).items()},
    )


def _places(numbers: Iterable[int]) -> Ids:
    """By number, the place of that number."""
    order = np.fromiter(numbers, dtype=np.int64)
    places = np.zeros(int(order.max(initial=0)) + 1, dtype=np.int64)
    places[order] = np.arange(len(order))
    return places


def _consultant(row: sqlite3.Row) -> bytes:
    return b'{"id":%b,"name":%b,"status":"%b","tags":%b,"teams":%b,"leads":%b}' % (
        _json(row["id"]),
        _json(row["name"]),
        b"active" if row["active"] else b"left",
        row["tags"].encode(),
        row["teams"].encode(),
        row["leads"].encode(),
    )


def _client(row: sqlite3.Row) -> bytes:
    return b'{"id":%b,"name":%b,"status":"%b","tags":%b,"team":%b}' % (
        _json(row["id"]),
        _json(row["name"]),
        b"connected" if row["connected"] else b"disconnected",
        row["tags"].encode(),
        _json(row["team"]),
    )


def _json(value: object) -> bytes:
    return _ENCODER.encode(value).encode()
