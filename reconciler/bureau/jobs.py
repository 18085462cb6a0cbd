"""Jobs in the database: taking an operation in, and telling how far it is and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.bureau.bodies import OperationRequest, digest, stored_operation
from reconciler.bureau.clock import now
from reconciler.bureau.leases import check
from reconciler.bureau.masks import from_signed, names_of
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.registers import bureau_at, package_mask, program_bits
from reconciler.bureau.tokens import new_id
from reconciler.grid.operation import Outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from reconciler.bureau.operators import SignedIn
    from reconciler.bureau.store import Store

Document = dict[str, Any]
"""A JSON object as it is sent."""

_JOB = """
SELECT number, id, operation, pairs, finished, done, already, refused, failed, created, ended
FROM job WHERE operator = ? AND id = ?
"""


def submit(
    store: Store, operator: SignedIn, key: str, request: OperationRequest, lease: str | None = None
) -> Document:
    """Take an operation in as a job; the same key again tells of the same job.

    Args:
        store: the database.
        operator: who asks.
        key: the idempotency key.
        request: what is asked for.
        lease: the id of the lease that it is sent under, None for none.

    Returns:
        The job.

    Raises Problem where the key belongs to another operation, a program or the revision is unknown, or another
    lease was given since.
    """
    with store.write() as db:
        return _submit(db, operator, key, request, lease)


def submit_all(
    store: Store, operator: SignedIn, requests: Iterable[tuple[str, OperationRequest]]
) -> list[Document]:
    """Take several operations in, each with its idempotency key: all of them or none; else as `submit`."""
    with store.write() as db:
        return [_submit(db, operator, key, request, None) for key, request in requests]


def _submit(
    db: sqlite3.Connection, operator: SignedIn, key: str, request: OperationRequest, lease: str | None
) -> Document:
    query = "SELECT id, digest FROM job WHERE operator = ? AND idempotency_key = ?"
    known = db.execute(query, (operator.number, key)).fetchone()
    if known is None:
        if lease is not None:
            check(db, operator, lease)
        _check(db, operator.bureau, request)
        job = _insert(db, operator, key, request, lease)
    elif known["digest"] == digest(request.text()):
        job = known["id"]
    else:
        raise Problem(Code.IDEMPOTENCY_KEY_REUSED, "Use a new Idempotency-Key for a new operation.")
    return read_job(db, operator, job)


def read_job(db: sqlite3.Connection, operator: SignedIn, key: str) -> Document:
    """How far a job of this operator is; raises Problem where it has none of that id."""
    row = _row(db, operator, key)
    return {
        "id": row["id"],
        "operation": row["operation"],
        "state": "done" if row["ended"] else "running" if row["finished"] else "queued",
        "pairs": row["pairs"],
        "finished": row["finished"],
        "outcomes": outcomes(row),
        "created": row["created"],
        "ended": row["ended"],
    }


def outcomes(row: sqlite3.Row) -> dict[str, int]:
    """How many items ended in each way."""
    return {outcome.value: row[outcome] for outcome in Outcome}


def read_results(
    db: sqlite3.Connection, operator: SignedIn, key: str, after: int, limit: int
) -> tuple[Document, int | None]:
    """What became of the items of a job that is done.

    Args:
        db: inside a read transaction.
        operator: whose job it is.
        key: the job's id.
        after: the number of the last item of the page before, 0 for the first page.
        limit: how many items at most.

    Returns:
        The page, and the number to go on after, None where it is the last page.

    Raises Problem where there is no such job, or it is not done.
    """
    row = _row(db, operator, key)
    if row["ended"] is None:
        raise Problem(
            Code.JOB_NOT_DONE, "Ask again when the job's state is done.", headers={"Retry-After": "1"}
        )
    total = sum(outcomes(row).values())
    text = db.execute("SELECT request FROM job WHERE number = ?", (row["number"],)).fetchone()[0]
    request = stored_operation(text)
    programs = {bit: name for name, bit in program_bits(db, operator.bureau).items()}
    query = "SELECT * FROM result WHERE job = ? AND number > ? ORDER BY number LIMIT ?"
    items = [_item(result, request, programs) for result in db.execute(query, (row["number"], after, limit))]
    last = after + len(items)
    return {"total": total, "items": items}, last if last < total and items else None


def _item(row: sqlite3.Row, request: OperationRequest, programs: dict[int, str]) -> Document:
    client, consultant = divmod(row["pair"], len(request.consultants))
    return {
        "consultant": request.consultants[consultant],
        "client": request.clients[client],
        "access": bool(row["access"]),
        "programs": names_of(from_signed(row["mask"]), programs),
        "outcome": row["outcome"],
        "reason": row["reason"],
    }


def _row(db: sqlite3.Connection, operator: SignedIn, key: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(_JOB, (operator.number, key)).fetchone()
    if row is None:
        raise Problem(Code.NOT_FOUND, "You have no job of that id.")
    return row


def _check(db: sqlite3.Connection, bureau: int, request: OperationRequest) -> None:
    """What only the bureau's data can tell about a request."""
    bits, package = program_bits(db, bureau), package_mask(db, bureau)
    wrong = [
        (f"/programs/{at}", "is not a program of the bureau package")
        for at, name in enumerate(request.programs)
        if name not in bits or not package >> bits[name] & 1
    ]
    if wrong:
        raise Problem(
            Code.INVALID_OPERATION, "Only programs of the bureau package can be assigned.", errors=wrong
        )
    revision = bureau_at(db, bureau).revision
    if request.expect and request.expect.revision > revision:
        raise Problem(Code.UNKNOWN_REVISION, f"The bureau is at revision {revision}; read it again.")


def _insert(
    db: sqlite3.Connection, operator: SignedIn, key: str, request: OperationRequest, lease: str | None
) -> str:
    text = request.text()
    values = {
        "id": new_id(),
        "bureau": operator.bureau,
        "operator": operator.number,
        "key": key,
        "digest": digest(text),
        "operation": request.kind,
        "run": request.expect and _run(db, operator.number, request.expect.run),
        "pairs": request.pairs,
        "created": now(),
        "request": text,
        "lease": lease,
    }
    query = """
        INSERT INTO job (id, bureau, operator, idempotency_key, digest, operation, run, pairs, created, request, lease)
        VALUES (:id, :bureau, :operator, :key, :digest, :operation, :run, :pairs, :created, :request, :lease)"""
    db.execute(query, values)
    return str(values["id"])


def _run(db: sqlite3.Connection, operator: int, run: str) -> int:
    """The number of a run of an operator, made where it is new."""
    db.execute("INSERT OR IGNORE INTO run (operator, id) VALUES (?, ?)", (operator, run))
    row = db.execute("SELECT number FROM run WHERE operator = ? AND id = ?", (operator, run)).fetchone()
    number: int = row["number"]
    return number
