"""Bureaus and their registers in the database: programs, consultants, clients; and the revision.

Every function works inside a transaction of the caller's, and none raises the revision by itself but
`bump` and `insert_bureau`: one transaction is one revision.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from reconciler.bureau.tokens import new_id
from reconciler.errors import InputError, Message
from reconciler.register.rows import MOST_PROGRAMS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from reconciler.bureau.store import Store
    from reconciler.grid.register import Client, Consultant, Program


class Bureau(NamedTuple):
    """A row of the table, in its columns' order.

    Attributes:
        number: in the database.
        id: its key.
        name: what people call it.
        timezone: IANA name.
        revision: of its state.
        register_revision: at which anything but access last changed.
        pairs: how many pairs have access.
        stamp: what no other state has, also none of a copy of the database; "" where it was never changed.
    """

    number: int
    id: str
    name: str
    timezone: str
    revision: int
    register_revision: int
    pairs: int
    stamp: str


def create_bureau(store: Store, key: str, name: str, timezone: str, programs: Iterable[Program]) -> None:
    """Make a new bureau, empty but for its programs.

    Args:
        store: the database.
        key: its id, unique in the database.
        name: what people call it.
        timezone: IANA name, such as "Europe/Stockholm".
        programs: what can be opened at its clients, at most 64.

    Raises InputError where the key is taken, the timezone is unknown or there are too many programs.
    """
    with store.write() as db:
        insert_bureau(db, key, name, timezone, programs)


def list_bureaus(store: Store) -> list[Bureau]:
    """The bureaus of a database, by id."""
    with store.read() as db:
        return [Bureau(*row) for row in db.execute("SELECT * FROM bureau ORDER BY id")]


def insert_bureau(
    db: sqlite3.Connection, key: str, name: str, timezone: str, programs: Iterable[Program]
) -> Bureau:
    """`create_bureau` inside a transaction; returns the new bureau."""
    if db.execute("SELECT 1 FROM bureau WHERE id = ?", (key,)).fetchone():
        raise InputError(Message("there is a bureau “{bureau}” already", bureau=key))
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as problem:  # not found, not a name, or a folder of the database
        raise InputError(
            Message("“{timezone}” is not a time zone", timezone=timezone),
            Message("use an IANA name such as Europe/Stockholm"),
        ) from problem
    db.execute("INSERT INTO bureau (id, name, timezone) VALUES (?, ?, ?)", (key, name, timezone))
    bureau = find_bureau(db, key)
    insert_programs(db, bureau.number, programs)
    return bureau


def find_bureau(db: sqlite3.Connection, key: str) -> Bureau:
    """The bureau of an id; raises InputError where there is none."""
    row = db.execute("SELECT * FROM bureau WHERE id = ?", (key,)).fetchone()
    if row is None:
        known = ", ".join(row["id"] for row in db.execute("SELECT id FROM bureau ORDER BY id LIMIT 10"))
        hint = Message("there is: {bureaus}", bureaus=known) if known else None
        raise InputError(Message("there is no bureau “{bureau}”", bureau=key), hint)
    return Bureau(*row)


def bureau_at(db: sqlite3.Connection, number: int) -> Bureau:
    """The bureau of a number."""
    return Bureau(*db.execute("SELECT * FROM bureau WHERE number = ?", (number,)).fetchone())


def bump(db: sqlite3.Connection, bureau: int, *, register: bool) -> int:
    """Raise the revision by one; returns the new one.

    Args:
        db: inside a write transaction that changes the bureau's state.
        bureau: its number.
        register: whether anything but access changes.
    """
    query = "UPDATE bureau SET revision = revision + 1, stamp = ? WHERE number = ? RETURNING revision"
    revision: int = db.execute(query, (new_id(), bureau)).fetchone()[0]
    if register:
        db.execute("UPDATE bureau SET register_revision = revision WHERE number = ?", (bureau,))
    return revision


def insert_programs(db: sqlite3.Connection, bureau: int, programs: Iterable[Program]) -> None:
    """Add programs, after those that are there; a program keeps its bit for ever."""
    (there,) = db.execute("SELECT count(*) FROM program WHERE bureau = ?", (bureau,)).fetchone()
    rows = [
        (bureau, bit, program.key, json.dumps(dict(program.labels), ensure_ascii=False), program.in_package)
        for bit, program in enumerate(programs, start=there)
    ]
    if there + len(rows) > MOST_PROGRAMS:
        raise InputError(
            Message(
                "a bureau holds at most {most} programs, not {number}",
                most=MOST_PROGRAMS,
                number=there + len(rows),
            )
        )
    db.executemany("INSERT INTO program VALUES (?, ?, ?, ?, ?)", rows)


def insert_consultants(db: sqlite3.Connection, bureau: int, consultants: Iterable[Consultant]) -> None:
    """Add consultants whose keys are not there yet."""
    rows = (
        (
            bureau,
            number,
            row.key,
            row.label,
            row.active,
            _words(row.tags),
            _words(row.teams),
            _words(row.leads),
        )
        for number, row in enumerate(
            consultants, start=_free(db, "SELECT max(number) FROM consultant WHERE bureau = ?", bureau)
        )
    )
    db.executemany("INSERT INTO consultant VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def insert_clients(db: sqlite3.Connection, bureau: int, clients: Iterable[Client]) -> None:
    """Add clients whose keys are not there yet."""
    rows = (
        (bureau, number, row.key, row.label, row.connected, _words(row.tags), row.team)
        for number, row in enumerate(
            clients, start=_free(db, "SELECT max(number) FROM client WHERE bureau = ?", bureau)
        )
    )
    db.executemany("INSERT INTO client VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def program_bits(db: sqlite3.Connection, bureau: int) -> dict[str, int]:
    """The bit of each program, by key."""
    return dict(db.execute("SELECT id, bit FROM program WHERE bureau = ? ORDER BY bit", (bureau,)).fetchall())


def package_mask(db: sqlite3.Connection, bureau: int) -> int:
    """The mask of the bureau package."""
    rows = db.execute("SELECT bit FROM program WHERE bureau = ? AND package", (bureau,))
    return sum(1 << row["bit"] for row in rows)


def register_sizes(db: sqlite3.Connection, bureau: int) -> tuple[int, int]:
    """How many consultants and how many clients there are."""
    query = """SELECT (SELECT count(*) FROM consultant WHERE bureau = :bureau),
                      (SELECT count(*) FROM client WHERE bureau = :bureau)"""
    consultants, clients = db.execute(query, {"bureau": bureau}).fetchone()
    return consultants, clients


def consultant_numbers(db: sqlite3.Connection, bureau: int) -> dict[str, int]:
    """The number of each consultant, by key."""
    return dict(db.execute("SELECT id, number FROM consultant WHERE bureau = ?", (bureau,)).fetchall())


def client_numbers(db: sqlite3.Connection, bureau: int) -> dict[str, int]:
    """The number of each client, by key."""
    return dict(db.execute("SELECT id, number FROM client WHERE bureau = ?", (bureau,)).fetchall())


def _free(db: sqlite3.Connection, highest: str, bureau: int) -> int:
    """The first free number; numbers start at 1, 0 is nobody."""
    return (db.execute(highest, (bureau,)).fetchone()[0] or 0) + 1


def _words(words: Sequence[str]) -> str:
    return json.dumps(list(dict.fromkeys(words)), ensure_ascii=False)
