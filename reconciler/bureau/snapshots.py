"""Snapshots: everything of one consistent revision, encoded so that a page is a slice.

A snapshot is made inside one read transaction, when the first page of a list is asked for, and kept for
the readers of its later pages. Access is about 3.5 bytes a pair; JSON is made of it for those who read it.
A cursor names its revision: where that is neither kept nor the present one, the reader starts again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.columns import to_json
from reconciler.bureau.encoded import Encoded, Held, keep, read_encoded
from reconciler.bureau.masks import names_of
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.registers import bureau_at
from reconciler.grid.digests import Digests

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from reconciler.bureau.columns import Columns
    from reconciler.bureau.store import Store


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything of one revision.

    Attributes:
        encoded: what there is.
    """

    encoded: Encoded

    @property
    def revision(self) -> int:
        """Of the bureau."""
        return self.encoded.revision

    @cached_property
    def digests(self) -> Digests:
        """Of access; worked out when somebody asks for them."""
        return Digests.of(self.encoded.access, self.revision)

    def tag(self, kind: str) -> str:
        """The entity tag of a list of the register: "consultants" or "clients"."""
        return self._columns(kind).tag

    def at_clients(self, names: Iterable[str]) -> Snapshot:
        """The same with access at some clients alone; one that is unknown has none."""
        places = {name: place for place, name in enumerate(self.encoded.clients.values["id"])}
        flags = np.zeros(len(places), dtype=np.bool_)
        flags[[places[name] for name in names if name in places]] = True
        part = self.encoded.access.at_clients(flags)
        return Snapshot(replace(self.encoded, held=Held(self.encoded.shape, packed=part)))

    def total(self, kind: str) -> int:
        """How many items a list has: "consultants", "clients", "access" or, one for each client, "digests"."""
        return len(self.encoded.access if kind == "access" else self._columns(kind))

    def page(self, kind: str, start: int, limit: int) -> tuple[bytes, bool]:
        """A page of a list as JSON, and whether there is more after it.

        Args:
            kind: which list.
            start: how many items to leave out.
            limit: how many items at most.
        """
        total = self.total(kind)
        stop = min(start + limit, total)
        head = b'{"revision":"%d","total":%d' % (self.revision, total)
        match kind:
            case "access":
                items = self._access(start, stop)
            case "digests":
                head += b',"all":"%b"' % self.digests.whole.hex().encode()
                items = self._digests(start, stop)
            case _:
                items = self._columns(kind).rows[start:stop]
        return b'%b,"items":[%b]}' % (head, b",".join(items)), stop < total

    def compact(self, kind: str, start: int, limit: int) -> tuple[bytes, bool]:
        """The same as `page`, in the compact encoding of the list."""
        total = self.total(kind)
        stop = min(start + limit, total)
        if kind == "access":
            part = self.encoded.access
            if (start, stop) != (0, total):
                part = part.part(start, stop)
            return part.encode(self.revision), stop < total
        if kind == "digests":
            return self.digests.part(start, stop).encode(self.revision), stop < total
        columns = self._columns(kind).page(start, limit)
        return b'{"revision":"%d","total":%d,"columns":%b}' % (self.revision, total, columns), stop < total

    def _columns(self, kind: str) -> Columns:
        return self.encoded.consultants if kind == "consultants" else self.encoded.clients

    def _access(self, start: int, stop: int) -> list[bytes]:
        consultants, clients = self.encoded.consultants.names, self.encoded.clients.names
        part = self.encoded.access.part(start, stop)
        names = dict(enumerate(self.encoded.programs))
        programs = [to_json(names_of(mask, names)) for mask in part.masks.tolist()]
        rows = zip(part.consultants.tolist(), part.clients().tolist(), part.numbers.tolist(), strict=True)
        return [
            b'{"consultant":%b,"client":%b,"programs":%b}' % (consultants[k], clients[c], programs[m])
            for k, c, m in rows
        ]

    def _digests(self, start: int, stop: int) -> list[bytes]:
        clients = self.encoded.clients.names[start:stop]
        small = self.digests.small[start:stop].tolist()
        return [b'{"client":%b,"digest":"%08x"}' % row for row in zip(clients, small, strict=True)]


class Snapshots:
    """The last few snapshots of each bureau.

    Args:
        store: the database.
        keep: how many of each bureau; those that were used last.
        few: so many changed pairs may be brought up to date again by every process that starts.
    """

    def __init__(self, store: Store, keep: int, few: int) -> None:
        self._store = store
        self._few = few
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
        with building:  # one builds, the others wait for it
            with self._store.read() as db:
                present = bureau_at(db, bureau).revision
                if wanted not in {None, present}:
                    detail = f"Revision {wanted} is gone; read the list again from its first page."
                    raise Problem(Code.REVISION_GONE, detail)
                found = self._find(bureau, present)
                snapshot = found or self._build(db, bureau)
            if found is None and not snapshot.encoded.kept:
                keep(self._store, bureau, snapshot.encoded)
        return snapshot

    def _find(self, bureau: int, revision: int) -> Snapshot | None:
        with self._lock:
            kept = self._kept.get(bureau, OrderedDict())
            if revision in kept:
                kept.move_to_end(revision)
            return kept.get(revision)

    def _build(self, db: sqlite3.Connection, bureau: int) -> Snapshot:
        with self._lock:
            kept = self._kept.setdefault(bureau, OrderedDict())
            last = next(reversed(kept.values())) if kept else None
        snapshot = build_snapshot(db, bureau, last, self._few)
        with self._lock:
            kept[snapshot.revision] = snapshot
            while len(kept) > self._keep:
                kept.popitem(last=False)
        return snapshot


def build_snapshot(
    db: sqlite3.Connection, bureau: int, last: Snapshot | None = None, few: int = 0
) -> Snapshot:
    """Read and encode everything, inside one read transaction.

    Args:
        db: inside the transaction.
        bureau: its number.
        last: another one, whose register is used again where that has not changed.
        few: see `Snapshots`.
    """
    return Snapshot(read_encoded(db, bureau, last.encoded if last else None, few))
