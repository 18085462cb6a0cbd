"""One chunk of a job: its effect, its items' results, the job's progress and its notification, in one transaction.

Where a job stands is read and moved on in the same transaction as the effect. So a server that is killed at
any instant goes on from the last chunk that was committed, and two servers on one database cannot do the
same chunk twice. The rights and the precondition are those of the moment of the effect.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.bodies import OperationRequest, stored_operation
from reconciler.bureau.clock import now
from reconciler.bureau.items import Effect, Pairs, Request, judge
from reconciler.bureau.masks import column
from reconciler.bureau.notifications import insert_notification
from reconciler.bureau.operators import rights_at
from reconciler.bureau.pairs import Changed, Doer, Stored, read_pairs, write_pairs
from reconciler.bureau.registers import bump, package_mask, program_bits
from reconciler.grid.arrays import mask_of
from reconciler.grid.operation import Outcome
from reconciler.rights import allows_access, allows_programs

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from reconciler.grid.arrays import Flags, Ids

_JOB = """
SELECT number, bureau, operator, run, pairs, finished, done, already, refused, failed, request
FROM job WHERE number = ? AND ended IS NULL
"""
_CONSULTANTS = """
SELECT asked.key, number, active FROM json_each(?) AS asked
CROSS JOIN consultant ON bureau = ? AND consultant.id = asked.value
"""
_CLIENTS = """
SELECT asked.key, number, connected FROM json_each(?) AS asked
CROSS JOIN client ON bureau = ? AND client.id = asked.value
"""
_PROGRESS = """
UPDATE job SET finished = ?, done = done + ?, already = already + ?, refused = refused + ?, failed = failed + ?
WHERE number = ?
"""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The names of one side of a block, looked up; one place per pair.

    Attributes:
        numbers: in the database, 0 for a name that is unknown.
        usable: whether the consultant is active, the client connected.
    """

    numbers: Ids
    usable: Flags

    @property
    def known(self) -> Flags:
        """Whether there is such a consultant or client."""
        known: Flags = self.numbers != 0
        return known


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """The pairs of a chunk, as the database has them.

    Attributes:
        places: in the block: client × consultants + consultant.
        clients: of each pair.
        consultants: of each pair.
        stored: the pairs.
    """

    places: Ids
    clients: Found
    consultants: Found
    stored: Stored


def unfinished(db: sqlite3.Connection) -> list[int]:
    """The oldest job of each bureau that is not done: one bureau does not wait for another."""
    query = "SELECT min(number) FROM job WHERE ended IS NULL GROUP BY bureau"
    return [row[0] for row in db.execute(query)]


def advance(db: sqlite3.Connection, number: int, size: int) -> None:
    """Do the next chunk of a job, if it is not done.

    Args:
        db: inside a write transaction.
        number: of the job.
        size: how many pairs at most.
    """
    job = db.execute(_JOB, (number,)).fetchone()
    if job is None:
        return
    request = stored_operation(job["request"])
    chunk = _read(db, job, request, size)
    effect = judge(_request(db, job["bureau"], request), _pairs(db, job, request, chunk))
    _write_effect(db, job, chunk, effect)
    _write_results(db, job, chunk.places, effect)
    if chunk.places[-1] + 1 == job["pairs"]:
        db.execute("UPDATE job SET ended = ? WHERE number = ?", (now(), number))
        insert_notification(db, job["bureau"], job["operator"], number)


def _read(db: sqlite3.Connection, job: sqlite3.Row, request: OperationRequest, size: int) -> Chunk:
    """The next pairs of a job."""
    places = np.arange(job["finished"], min(job["finished"] + size, job["pairs"]), dtype=np.int64)
    client_at, consultant_at = np.divmod(places, len(request.consultants))
    clients = _find(db, _CLIENTS, job["bureau"], request.clients, client_at)
    consultants = _find(db, _CONSULTANTS, job["bureau"], request.consultants, consultant_at)
    return Chunk(
        places, clients, consultants, read_pairs(db, job["bureau"], clients.numbers, consultants.numbers)
    )


def _find(db: sqlite3.Connection, query: str, bureau: int, names: Sequence[str], at: Ids) -> Found:
    """Look up the names at these places of one side of a block."""
    used, back = np.unique(at, return_inverse=True)
    numbers, usable = np.zeros(len(used), dtype=np.int64), np.zeros(len(used), dtype=np.bool_)
    asked = json.dumps([names[place] for place in used.tolist()], ensure_ascii=False)
    for key, number, flag in db.execute(query, (asked, bureau)):
        numbers[key], usable[key] = number, flag
    return Found(numbers[back], usable[back])


def _request(db: sqlite3.Connection, bureau: int, request: OperationRequest) -> Request:
    bits = program_bits(db, bureau)
    programs = mask_of(bits[name] for name in request.programs)
    return Request(request.kind, programs, package_mask(db, bureau), request.other_programs_too)


def _pairs(db: sqlite3.Connection, job: sqlite3.Row, request: OperationRequest, chunk: Chunk) -> Pairs:
    """Everything about the pairs of a chunk that decides what becomes of them."""
    at, back = np.unique(chunk.clients.numbers, return_inverse=True)
    rights = rights_at(db, job["operator"], at)
    expect, stored = request.expect, chunk.stored
    nothing_moved = np.zeros(len(back), dtype=np.bool_)
    return Pairs(
        consultant_known=chunk.consultants.known,
        client_known=chunk.clients.known,
        active=chunk.consultants.usable,
        connected=chunk.clients.usable,
        moved=stored.moved(expect.revision, job["run"]) if expect else nothing_moved,
        held=stored.held,
        masks=stored.masks,
        may_access=allows_access(rights, back),
        may_programs=allows_programs(rights, back),
    )


def _write_effect(db: sqlite3.Connection, job: sqlite3.Row, chunk: Chunk, effect: Effect) -> None:
    """Change what changes; a chunk that changes nothing makes no revision."""
    at = effect.changed
    if len(at) == 0:
        return
    changed = Changed(
        clients=chunk.clients.numbers[at],
        consultants=chunk.consultants.numbers[at],
        was_held=chunk.stored.held[at],
        was=chunk.stored.masks[at],
        held=effect.held[at],
        masks=effect.masks[at],
    )
    revision = bump(db, job["bureau"], register=False)
    write_pairs(db, job["bureau"], changed, revision, Doer(job["number"], job["run"]))


def _write_results(db: sqlite3.Connection, job: sqlite3.Row, places: Ids, effect: Effect) -> None:
    """Store the chunk's items in the order of the block, and count them."""
    before = sum(job[outcome] for outcome in Outcome)
    rows = sorted(_rows(effect, places), key=lambda row: row[0])
    numbered = ((job["number"], before + place, *row) for place, row in enumerate(rows, start=1))
    db.executemany("INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?)", numbered)
    counts = dict.fromkeys(Outcome, 0)
    for part in effect.parts:
        counts[part.outcome] += int(np.count_nonzero(part.access | (part.programs != 0)))
    db.execute(_PROGRESS, (int(places[-1]) + 1, *counts.values(), job["number"]))


def _rows(effect: Effect, places: Ids) -> Iterator[tuple[int, bool, int, str, str | None]]:
    """The items of a chunk, part by part: (pair, access, mask, outcome, reason)."""
    for part in effect.parts:
        at = np.flatnonzero(part.access | (part.programs != 0))
        columns = places[at].tolist(), part.access[at].tolist(), column(part.programs[at])
        for pair, access, mask in zip(*columns, strict=True):
            yield pair, access, mask, part.outcome, part.reason
