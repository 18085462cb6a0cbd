"""The jobs of a bureau as people look through them: whose there are, what became of each, which items are of interest.

Who may see the other operators sees their jobs too; everybody else sees their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.bureau.bodies import OperationRequest, stored_operation
from reconciler.bureau.masks import from_signed
from reconciler.grid.operation import OperationKind, Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterator, Mapping

    from reconciler.bureau.operators import SignedIn


@dataclass(frozen=True, slots=True)
class Sought:
    """Which jobs are looked for.

    Attributes:
        kind: of this operation alone.
        operator: by the operator of this key alone.
        outcome: those alone of which an item ended so.
        word: the key of a consultant, a client or a program that the block names; "" for any.
    """

    kind: OperationKind | None = None
    operator: str = ""
    outcome: Outcome | None = None
    word: str = ""


class JobRow(NamedTuple):
    """A job.

    Attributes:
        number: in the database.
        id: its id.
        kind: which operation.
        operator: the key of who asked for it.
        name: what people call them.
        own: whether that is who looks.
        pairs: how many it spans.
        finished: how many of them are dealt with.
        outcomes: how many items ended in each way.
        created: when it was asked for.
        ended: when it was done; None while it is not.
    """

    number: int
    id: str
    kind: OperationKind
    operator: str
    name: str
    own: bool
    pairs: int
    finished: int
    outcomes: Mapping[Outcome, int]
    created: str
    ended: str | None

    @property
    def total(self) -> int:
        """How many items there are so far."""
        return sum(self.outcomes.values())


class ItemRow(NamedTuple):
    """What became of some cells of a pair.

    Attributes:
        consultant: its key.
        client: its key.
        access: whether access itself is among them.
        programs: the mask of the programs among them, by the bits of the database.
        outcome: how it ended.
        reason: why, where it was refused or failed.
    """

    consultant: str
    client: str
    access: bool
    programs: int
    outcome: Outcome
    reason: str | None


_ROW = """
SELECT job.number, job.id, operation, operator.id AS operator, operator.name, operator.number = :me AS own,
       pairs, finished, done, already, refused, failed, created, ended
"""
_SEEN = "FROM job JOIN operator ON operator.number = job.operator WHERE "
_WHOSE = {True: "job.bureau = :bureau", False: "job.operator = :me"}
"""Whose jobs somebody may see, by whether they may see the other operators."""

_ORDER = """
ORDER BY CASE outcome WHEN 'refused' THEN 0 WHEN 'failed' THEN 1 WHEN 'done' THEN 2 ELSE 3 END, number
LIMIT :limit OFFSET :start
"""
"""What needs somebody's attention comes first."""


def list_jobs(
    db: sqlite3.Connection, operator: SignedIn, sought: Sought, start: int, limit: int
) -> tuple[int, list[JobRow]]:
    """The newest jobs first.

    Args:
        db: inside a read transaction.
        operator: who looks.
        sought: which jobs.
        start: how many to leave out.
        limit: how many at most.

    Returns:
        How many there are in all, and these.
    """
    where, values = _sought(operator, sought)
    total: int = db.execute(f"SELECT count(*) {_SEEN} {where}", values).fetchone()[0]
    query = f"{_ROW} {_SEEN} {where} ORDER BY job.number DESC LIMIT :limit OFFSET :start"
    rows = db.execute(query, {**values, "limit": limit, "start": start}).fetchall()
    return total, [_job(row) for row in rows]


def find_job(db: sqlite3.Connection, operator: SignedIn, key: str) -> JobRow | None:
    """A job of that id that the operator may see, None where there is none."""
    where, values = _sought(operator, Sought())
    row = db.execute(f"{_ROW} {_SEEN} {where} AND job.id = :id", {**values, "id": key}).fetchone()
    return row and _job(row)


def find_saved(db: sqlite3.Connection, operator: SignedIn, key: str) -> list[JobRow]:
    """The operator's own jobs of an idempotency key and of its parts, "KEY.1" and so on, in the order they came in."""
    keyed = "idempotency_key = :key OR (idempotency_key > :key || '.' AND idempotency_key < :key || '.:')"
    query = f"{_ROW} {_SEEN} job.operator = :me AND ({keyed}) ORDER BY job.number"
    values = {"me": operator.number, "key": key}
    return [_job(row) for row in db.execute(query, values)]


def operators_with_jobs(db: sqlite3.Connection, operator: SignedIn) -> list[tuple[str, str]]:
    """Key and name of those at the bureau whose jobs one may look for, by name; nobody where one sees one's own."""
    if not operator.sees_operators:
        return []
    query = """SELECT id, name FROM operator WHERE bureau = ?
               AND EXISTS (SELECT 1 FROM job WHERE job.operator = operator.number) ORDER BY name, id"""
    return [(row["id"], row["name"]) for row in db.execute(query, (operator.bureau,))]


def request_of(db: sqlite3.Connection, job: JobRow) -> OperationRequest:
    """What a job was asked to do."""
    return stored_operation(
        db.execute("SELECT request FROM job WHERE number = ?", (job.number,)).fetchone()[0]
    )


@dataclass(frozen=True, slots=True)
class Items:
    """Which items of a job are looked for.

    Attributes:
        outcome: those alone that ended so.
        consultants: places in the block, those alone that are of one of them or of one of `clients`; None for any.
        clients: likewise.
    """

    outcome: Outcome | None = None
    consultants: Collection[int] | None = None
    clients: Collection[int] | None = None


def list_items(
    db: sqlite3.Connection, job: JobRow, sought: Items, start: int, limit: int
) -> tuple[int, list[ItemRow]]:
    """Items of a job: refused ones first, then those that failed, were done, were so already.

    Args:
        db: inside a read transaction.
        job: which.
        sought: which items.
        start: how many to leave out.
        limit: how many at most.

    Returns:
        How many there are in all, and these.
    """
    request = request_of(db, job)
    where, values = _sought_items(job, sought, request)
    counting = f"SELECT count(*) FROM result WHERE {where}"  # noqa: S608 - conditions of ours
    total: int = db.execute(counting, values).fetchone()[0]
    query = f"SELECT * FROM result WHERE {where} {_ORDER}"  # noqa: S608 - likewise
    rows = db.execute(query, {**values, "limit": limit, "start": start}).fetchall()
    return total, [_item(row, request) for row in rows]


def items_after(db: sqlite3.Connection, job: JobRow, after: int, limit: int) -> tuple[int, Iterator[ItemRow]]:
    """Items of a job in the order of its block.

    Args:
        db: inside a read transaction.
        job: which.
        after: the number of the last item before; 0 for the first ones.
        limit: how many at most.

    Returns:
        The number of the last of them, 0 where there are none, and the items.
    """
    request = request_of(db, job)
    query = "SELECT * FROM result WHERE job = ? AND number > ? ORDER BY number LIMIT ?"
    rows = db.execute(query, (job.number, after, limit)).fetchall()
    return rows[-1]["number"] if rows else 0, (_item(row, request) for row in rows)


def _sought(operator: SignedIn, sought: Sought) -> tuple[str, dict[str, object]]:
    """The condition for jobs, and its values."""
    conditions = [_WHOSE[operator.sees_operators]]
    values: dict[str, object] = {"me": operator.number, "bureau": operator.bureau}
    if sought.kind is not None:
        conditions.append("operation = :kind")
        values["kind"] = sought.kind
    if sought.operator:
        conditions.append("operator.id = :operator")
        values["operator"] = sought.operator
    if sought.outcome is not None:
        conditions.append(f"{sought.outcome} > 0")  # one of four words
    if sought.word:
        # a key in the text of the request, as JSON writes it
        conditions.append("instr(request, :word) > 0")
        values["word"] = json.dumps(sought.word, ensure_ascii=False)
    return " AND ".join(conditions), values


def _sought_items(job: JobRow, sought: Items, request: OperationRequest) -> tuple[str, dict[str, object]]:
    conditions = ["job = :job"]
    values: dict[str, object] = {"job": job.number}
    if sought.outcome is not None:
        conditions.append("outcome = :outcome")
        values["outcome"] = sought.outcome
    if sought.consultants is not None or sought.clients is not None:
        values |= {
            "width": len(request.consultants),
            "consultants": json.dumps(sorted(sought.consultants or ())),
            "clients": json.dumps(sorted(sought.clients or ())),
        }
        conditions.append(
            "(pair % :width IN (SELECT value FROM json_each(:consultants))"
            " OR pair / :width IN (SELECT value FROM json_each(:clients)))"
        )
    return " AND ".join(conditions), values


def _job(row: sqlite3.Row) -> JobRow:
    return JobRow(
        number=row["number"],
        id=row["id"],
        kind=OperationKind(row["operation"]),
        operator=row["operator"],
        name=row["name"],
        own=bool(row["own"]),
        pairs=row["pairs"],
        finished=row["finished"],
        outcomes={outcome: row[outcome] for outcome in Outcome},
        created=row["created"],
        ended=row["ended"],
    )


def _item(row: sqlite3.Row, request: OperationRequest) -> ItemRow:
    client, consultant = divmod(row["pair"], len(request.consultants))
    return ItemRow(
        consultant=request.consultants[consultant],
        client=request.clients[client],
        access=bool(row["access"]),
        programs=from_signed(row["mask"]),
        outcome=Outcome(row["outcome"]),
        reason=row["reason"],
    )
