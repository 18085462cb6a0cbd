"""Pairs in the database: reading some, and the one place that writes them and their history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.clock import now
from reconciler.bureau.masks import column

if TYPE_CHECKING:
    import sqlite3

    from reconciler.grid.arrays import Flags, Ids, Masks

# CROSS JOIN: SQLite must look each asked pair up, not look for each pair among those asked.
_READ = """
SELECT asked.key, pair.held, pair.mask, pair.revision, ifnull(pair.run, 0), pair.foreign_revision
FROM json_each(:asked) AS asked
CROSS JOIN pair ON pair.bureau = :bureau AND pair.client = asked.value >> 32
         AND pair.consultant = asked.value & 0xFFFFFFFF
"""

# A change by the run that made the last one leaves foreign_revision; any other one makes the last revision foreign.
_WRITE = """
INSERT INTO pair (bureau, client, consultant, held, mask, revision, run, foreign_revision)
VALUES (?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (bureau, client, consultant) DO UPDATE SET
  held = excluded.held, mask = excluded.mask, revision = excluded.revision, run = excluded.run,
  foreign_revision = iif(run = excluded.run, foreign_revision, revision)
"""

_ROW = [("at", "i8"), ("held", "i8"), ("mask", "i8"), ("revision", "i8"), ("run", "i8"), ("foreign", "i8")]


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """Pairs as they are in the database, one place each; a pair that never was is all zero.

    Attributes:
        held: whether there is access.
        masks: the programs.
        revisions: of the last change.
        runs: the number of the run that made it, 0 for none.
        foreign: the revision of the last change by anything but that run.
    """

    held: Flags
    masks: Masks
    revisions: Ids
    runs: Ids
    foreign: Ids

    def moved(self, revision: int, run: int) -> Flags:
        """Whether anything but this run changed the pair after a revision."""
        return np.where(self.runs == run, self.foreign, self.revisions) > revision


def read_pairs(db: sqlite3.Connection, bureau: int, clients: Ids, consultants: Ids) -> Stored:
    """The pairs of these numbers, place by place.

    Args:
        db: inside a transaction.
        bureau: its number.
        clients: numbers, one per pair; 0 for one that does not exist.
        consultants: numbers beside them.
    """
    cursor = db.cursor()
    cursor.row_factory = None
    asked = json.dumps(((clients << 32) | consultants).tolist())
    rows = np.fromiter(cursor.execute(_READ, {"asked": asked, "bureau": bureau}), dtype=_ROW)
    full = np.zeros(len(clients), dtype=_ROW)
    full[rows["at"]] = rows
    masks = np.ascontiguousarray(full["mask"]).view(np.uint64)
    return Stored(full["held"] != 0, masks, full["revision"], full["run"], full["foreign"])


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """Pairs whose state is new, one place each.

    Attributes:
        clients: their numbers.
        consultants: their numbers.
        was_held: whether there was access.
        was: the programs that there were.
        held: whether there is access now.
        masks: the programs now; 0 where there is no access.
    """

    clients: Ids
    consultants: Ids
    was_held: Flags
    was: Masks
    held: Flags
    masks: Masks


@dataclass(frozen=True, slots=True)
class Doer:
    """What changes pairs.

    Attributes:
        job: its number; None for a change outside any operation.
        run: the number of the run that the job belongs to, None for none.
    """

    job: int | None = None
    run: int | None = None


OUTSIDE = Doer()
"""Nothing that an operator asked for through the API, as in a load."""


def write_pairs(db: sqlite3.Connection, bureau: int, changed: Changed, revision: int, doer: Doer) -> None:
    """Set pairs, keep count of how many have access, and note in the history what was done to each.

    Args:
        db: inside a write transaction, in which the old state was read.
        bureau: its number.
        changed: the pairs, none of them twice.
        revision: the new revision of the bureau.
        doer: what does it.
    """
    columns = (
        changed.clients.tolist(),
        changed.consultants.tolist(),
        changed.held.astype(np.int64).tolist(),
        column(changed.masks),
    )
    db.executemany(_WRITE, ((bureau, *row, revision, doer.run) for row in zip(*columns, strict=True)))
    grown = int(changed.held.sum()) - int(changed.was_held.sum())
    db.execute("UPDATE bureau SET pairs = pairs + ? WHERE number = ?", (grown, bureau))
    _note(db, bureau, changed, revision, doer.job)


def _note(db: sqlite3.Connection, bureau: int, changed: Changed, revision: int, job: int | None) -> None:
    """Write the history of one revision."""
    access, programs = changed.held != changed.was_held, changed.masks ^ changed.was
    given = np.where(access, changed.held, programs & changed.masks != 0)
    columns = (
        changed.clients.tolist(),
        changed.consultants.tolist(),
        given.astype(np.int64).tolist(),
        access.astype(np.int64).tolist(),
        column(programs),
    )
    db.execute("INSERT INTO moment VALUES (?, ?, ?, ?)", (bureau, revision, now(), job))
    rows = ((bureau, revision, *row) for row in zip(*columns, strict=True))
    db.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
