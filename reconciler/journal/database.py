"""The file of the journal: one connection, its schema and its version; every failure as JournalFailed.

`synchronous = FULL` and no transaction that stays open: what was written is on the disk when the call returns.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import JournalFailed, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION_ID = 0x52434E4A
"""Marks the file as ours: "RCNJ"."""

_SCHEMAS = (Path(__file__).with_name("schema.sql"),)
"""What each version added to the one before."""

VERSION = len(_SCHEMAS)

_PATIENCE = 10.0
"""Seconds to wait for another process that writes."""

_PRAGMAS = """
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the journal at a path; make it, readable by its owner alone, where there is none.

    Raises:
        JournalFailed: where it cannot be opened, is something else, or of a version that this one does not know.
    """
    with failing(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.row_factory = sqlite3.Row
            db.execute(f"PRAGMA busy_timeout = {_PATIENCE * 1000:.0f}")
            if _mark(db) != (APPLICATION_ID, VERSION):
                with transaction(db):
                    _prepare(db, path)
            _log_ahead(db)  # a file that is not ours is not touched
            db.executescript(_PRAGMAS)
        except BaseException:
            db.close()
            raise
    return db


def _log_ahead(db: sqlite3.Connection) -> None:
    """Have SQLite write ahead; others that open a new journal at the same time are waited for.

    SQLite itself does not wait here, whatever its busy timeout is.
    """
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, on the disk at the end."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextmanager
def failing(path: Path) -> Iterator[None]:
    """What SQLite or the system cannot do, as JournalFailed."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise JournalFailed(
            Message("the journal {path} cannot be used: {why}", path=path, why=why),
            Message("RECONCILER_STATE_DIR names another folder for it"),
        ) from error


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables that a file lacks; refuse a file that is not ours, or of a later version."""
    mark, version = _mark(db)
    if (mark, version) == (APPLICATION_ID, VERSION):
        return  # another process was faster
    empty = not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if not (mark == APPLICATION_ID and version < VERSION) and not (mark == version == 0 and empty):
        raise JournalFailed(
            Message("{path} is no journal, or that of another version of reconciler", path=path),
            Message("RECONCILER_STATE_DIR names another folder for it"),
        )
    for schema in _SCHEMAS[version:]:
        for statement in schema.read_text(encoding="utf-8").split(";\n"):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {VERSION}")


def _mark(db: sqlite3.Connection) -> tuple[int, int]:
    """Whose file it is, and of which version; zeros in a new one."""
    mark: int = db.execute("PRAGMA application_id").fetchone()[0]
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return mark, version
