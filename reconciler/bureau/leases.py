"""Leases: who may apply to a bureau now; one at a time, so that two applies never mix.

A lease keeps away only those who ask for one: whoever works in the web application does without, and what
they change meanwhile is seen by the precondition of each item. An operation may name the lease that it is
sent under; it is refused where another one was given since, so an apply that slept through the end of its
lease does nothing more. No lease is given while jobs of another one run: who gets it sees their last effect.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reconciler.bureau.clock import later, now
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.strict import is_name, parse_json, refuse_errors, unknown_fields

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from reconciler.bureau.jobs import Document
    from reconciler.bureau.operators import SignedIn

LONGEST = 300
"""Seconds for which a lease may be given."""

LEASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,254}")
"""It stands in paths as it is."""

LEASE_ID_IS = "must be 1 to 255 letters, digits and . _ ~ -, the first of them a letter or a digit"

_LEASE = """
SELECT lease.id, lease.operator, operator.id AS operator_id, holder, seconds, granted, expires, released
FROM lease JOIN operator ON operator.number = lease.operator WHERE lease.bureau = ?
"""


class Wish(NamedTuple):
    """A lease as it is asked for.

    Attributes:
        id: names it; the same again is the same lease.
        holder: who asks and where, for people.
        seconds: for how long.
    """

    id: str
    holder: str
    seconds: int


def parse_wish(body: bytes) -> Wish:
    """The lease that a body asks for; raises Problem with everything that is wrong with it."""
    document = parse_json(body)
    refuse_errors(_errors(document), Code.INVALID_REQUEST)
    assert isinstance(document, dict)
    return Wish(document["id"], document["holder"], int(document["seconds"]))


def take(db: sqlite3.Connection, operator: SignedIn, wish: Wish) -> Document:
    """Give an operator a lease, or renew it where it is the one of that id; returns it.

    Raises Problem where another one is in force.
    """
    there = _lease(db, operator.bureau)
    at = now()
    if there is not None:
        same = (there["id"], there["operator"]) == (wish.id, operator.number)
        if same and not there["released"]:
            return _renew(db, operator.bureau, wish.seconds)
        if not same and _in_force(db, operator.bureau, there, at):
            raise _held(there, at)
    values = (operator.bureau, wish.id, operator.number, wish.holder, wish.seconds, at, later(wish.seconds))
    query = """INSERT OR REPLACE INTO lease (bureau, id, operator, holder, seconds, granted, expires)
               VALUES (?, ?, ?, ?, ?, ?, ?)"""
    db.execute(query, values)
    return _document(_known(db, operator.bureau))


def renew(db: sqlite3.Connection, operator: SignedIn, key: str) -> Document:
    """Let a lease run from now on again, also one that has run out, if no other was given since.

    Raises Problem where it is not the last one that was given, or was released.
    """
    check(db, operator, key)
    return _renew(db, operator.bureau, _known(db, operator.bureau)["seconds"])


def release(db: sqlite3.Connection, operator: SignedIn, key: str) -> None:
    """End a lease of this operator; one that has ended stays as it is."""
    query = "UPDATE lease SET released = 1 WHERE bureau = ? AND id = ? AND operator = ?"
    db.execute(query, (operator.bureau, key, operator.number))


def check(db: sqlite3.Connection, operator: SignedIn, key: str) -> None:
    """Raise Problem where a lease is not the last one that was given at the bureau, or was released."""
    there = _lease(db, operator.bureau)
    if there is None or (there["id"], there["operator"]) != (key, operator.number):
        now_held = there and f" Since then the bureau was leased to {there['holder']}."
        raise Problem(Code.LEASE_LOST, f"The lease is not the bureau's last one.{now_held or ''}")
    if there["released"]:
        raise Problem(Code.LEASE_LOST, "The lease was released.")


def read_leases(db: sqlite3.Connection, bureau: int) -> Document:
    """The leases in force at a bureau: one or none."""
    there = _lease(db, bureau)
    held = there is not None and _in_force(db, bureau, there, now())
    return {"items": [_document(there)] if there is not None and held else []}


def _errors(document: object) -> Iterator[tuple[str, str]]:
    """What is wrong in a wish: (JSON Pointer, what)."""
    if not isinstance(document, dict):
        yield "", "must be an object"
        return
    yield from unknown_fields(document, {"id", "holder", "seconds"})
    key, seconds = document.get("id"), document.get("seconds")
    if not isinstance(key, str) or not LEASE_ID.fullmatch(key):
        yield "/id", LEASE_ID_IS
    if not is_name(document.get("holder")):
        yield "/holder", "must be a text of 1 to 255 characters"
    if not isinstance(seconds, float) or not (1 <= seconds <= LONGEST and seconds.is_integer()):
        yield "/seconds", f"must be a whole number from 1 to {LONGEST}"


def _lease(db: sqlite3.Connection, bureau: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(_LEASE, (bureau,)).fetchone()
    return row


def _known(db: sqlite3.Connection, bureau: int) -> sqlite3.Row:
    row = _lease(db, bureau)
    assert row is not None
    return row


def _renew(db: sqlite3.Connection, bureau: int, seconds: int) -> Document:
    query = "UPDATE lease SET seconds = ?, expires = ? WHERE bureau = ?"
    db.execute(query, (seconds, later(seconds), bureau))
    return _document(_known(db, bureau))


def _in_force(db: sqlite3.Connection, bureau: int, lease: sqlite3.Row, at: str) -> bool:
    """Whether a lease keeps others away: it has not ended, or jobs of it are not done.

    Where our clock was set back, a lease would last for as long: one that ends later than it can is taken for ended,
    once that is more than what such clocks are usually off by. Who held it is told at the next order.
    """
    if not lease["released"] and at < lease["expires"] <= later(2 * lease["seconds"]):
        return True
    query = "SELECT 1 FROM job WHERE bureau = ? AND ended IS NULL AND lease = ?"
    return db.execute(query, (bureau, lease["id"])).fetchone() is not None


def _held(lease: sqlite3.Row, at: str) -> Problem:
    ended = lease["released"] or lease["expires"] <= at
    until = "until its jobs are done" if ended else f"until {lease['expires']} unless it is renewed"
    detail = f"The bureau is leased to {lease['holder']} since {lease['granted']}, {until}."
    return Problem(Code.LEASE_HELD, detail, headers={"Retry-After": "1"})


def _document(row: sqlite3.Row) -> Document:
    return {
        "id": row["id"],
        "operator": row["operator_id"],
        "holder": row["holder"],
        "seconds": row["seconds"],
        "granted": row["granted"],
        "expires": row["expires"],
    }
