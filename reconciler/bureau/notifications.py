"""Notifications: one for each job that is done, for the operator that asked for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reconciler.bureau.clock import now
from reconciler.bureau.jobs import outcomes
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.strict import list_errors, parse_json, refuse_errors, unknown_fields
from reconciler.bureau.tokens import new_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from reconciler.bureau.jobs import Document
    from reconciler.bureau.operators import SignedIn

MOST = 10_000
"""Notifications that one request may mark as read."""

_PAGE = """
SELECT notification.id, notification.number, notification.created, read,
       job.id AS job, operation, done, already, refused, failed
FROM notification JOIN job ON job.number = notification.job
WHERE notification.operator = :operator AND (read, -notification.number) > (:read, :number)
ORDER BY read, notification.number DESC LIMIT :limit
"""

_NEWEST = """
SELECT notification.id, notification.number, notification.created, read,
       job.id AS job, operation, done, already, refused, failed
FROM notification JOIN job ON job.number = notification.job
WHERE notification.operator = ? ORDER BY notification.number DESC LIMIT ? OFFSET ?
"""


def insert_notification(db: sqlite3.Connection, bureau: int, operator: int, job: int) -> None:
    """Tell an operator that its job is done."""
    query = "INSERT INTO notification (id, bureau, operator, job, created) VALUES (?, ?, ?, ?, ?)"
    db.execute(query, (new_id(), bureau, operator, job, now()))


def count_unread(db: sqlite3.Connection, operator: SignedIn) -> int:
    """How many notifications of this operator are not read."""
    query = "SELECT count(*) FROM notification WHERE operator = ? AND read = 0"  # as the index has it
    unread: int = db.execute(query, (operator.number,)).fetchone()[0]
    return unread


def read_notifications(
    db: sqlite3.Connection, operator: SignedIn, after: tuple[int, int] | None, limit: int
) -> tuple[Document, tuple[int, int] | None]:
    """The operator's notifications, unread ones first, then the newest first.

    Args:
        db: inside a read transaction.
        operator: whose.
        after: (read, number) of the last one of the page before, None for the first page.
        limit: how many at most.

    Returns:
        The page, and what to go on after, None where it is the last page.
    """
    counts = (
        "SELECT count(*) AS total, ifnull(sum(NOT read), 0) AS unread FROM notification WHERE operator = ?"
    )
    total, unread = db.execute(counts, (operator.number,)).fetchone()
    read, number = (after[0], -after[1]) if after else (-1, 0)
    values = {"operator": operator.number, "read": read, "number": number, "limit": limit + 1}
    rows = db.execute(_PAGE, values).fetchall()
    more = (rows[limit - 1]["read"], rows[limit - 1]["number"]) if len(rows) > limit else None
    items = [_item(row) for row in rows[:limit]]
    return {"total": total, "unread": unread, "items": items}, more


def list_notifications(
    db: sqlite3.Connection, operator: SignedIn, start: int, limit: int
) -> tuple[int, list[Document]]:
    """The operator's notifications as `read_notifications` tells them, the newest first whether they are read or not.

    Args:
        db: inside a read transaction.
        operator: whose.
        start: how many to leave out.
        limit: how many at most.

    Returns:
        How many there are in all, and these.
    """
    total: int = db.execute(
        "SELECT count(*) FROM notification WHERE operator = ?", (operator.number,)
    ).fetchone()[0]
    rows = db.execute(_NEWEST, (operator.number, limit, start)).fetchall()
    return total, [_item(row) for row in rows]


def mark_read_until(db: sqlite3.Connection, operator: SignedIn, key: str) -> None:
    """Mark this operator's notifications as read, from the oldest to the one of this id; none where there is no such."""
    query = """UPDATE notification SET read = 1 WHERE operator = :operator AND read = 0 AND number <=
               (SELECT number FROM notification WHERE operator = :operator AND id = :key)"""
    db.execute(query, {"operator": operator.number, "key": key})


def mark_read(db: sqlite3.Connection, operator: SignedIn, key: str) -> None:
    """Mark a notification of this operator as read; raises Problem where it has none of that id."""
    query = "UPDATE notification SET read = 1 WHERE operator = ? AND id = ?"
    if db.execute(query, (operator.number, key)).rowcount == 0:
        raise Problem(Code.NOT_FOUND, "You have no notification of that id.")


def is_unread(db: sqlite3.Connection, operator: SignedIn, job: int) -> bool:
    """Whether this operator has a notification of a job of that number, and has not read it."""
    query = "SELECT 1 FROM notification WHERE operator = ? AND job = ? AND read = 0"
    return db.execute(query, (operator.number, job)).fetchone() is not None


def mark_job_read(db: sqlite3.Connection, operator: SignedIn, job: int) -> None:
    """Mark the notification of a job of that number as read, where it is this operator's and is not read."""
    query = "UPDATE notification SET read = 1 WHERE operator = ? AND job = ? AND read = 0"
    db.execute(query, (operator.number, job))


def parse_ids(body: bytes) -> Sequence[str]:
    """The ids that a body lists; raises Problem with everything that is wrong with it."""
    document = parse_json(body)
    refuse_errors(_errors(document), Code.INVALID_REQUEST)
    assert isinstance(document, dict)
    ids: list[str] = document["ids"]
    return ids


def _errors(document: object) -> Iterator[tuple[str, str]]:
    if not isinstance(document, dict):
        yield "", "must be an object"
        return
    yield from unknown_fields(document, {"ids"})
    ids = document.get("ids", [])
    yield from list_errors("ids", ids, 1)
    if isinstance(ids, list) and len(ids) > MOST:
        yield "/ids", f"must hold at most {MOST} ids"


def mark_all_read(db: sqlite3.Connection, operator: SignedIn, keys: Sequence[str]) -> None:
    """Mark those of these notifications as read that are this operator's."""
    query = """UPDATE notification SET read = 1 WHERE operator = ? AND NOT read
               AND id IN (SELECT value FROM json_each(?))"""
    db.execute(query, (operator.number, json.dumps(keys)))


def _item(row: sqlite3.Row) -> Document:
    return {
        "id": row["id"],
        "job": row["job"],
        "operation": row["operation"],
        "created": row["created"],
        "read": bool(row["read"]),
        "outcomes": outcomes(row),
    }
