"""SQLite files of ours: made for their owner alone, marked, of a version, and opened; it knows no table.

What was answered is on the disk (`synchronous = FULL`), readers go on beside the one writer (WAL), and a file that is
not ours is not touched.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRAGMAS = """
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
"""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file is.

    Attributes:
        mark: tells it from other people's files.
        schemas: what each version added to the one before.
    """

    mark: int
    schemas: tuple[Path, ...]

    @property
    def version(self) -> int:
        """The version that these schemas make."""
        return len(self.schemas)


class NotOurs(Exception):
    """A file holds something else."""


class OtherVersion(Exception):
    """A file is ours, of a version that this program does not know."""


def open_file(path: Path, layout: Layout, patience: float, *, shared: bool = False) -> sqlite3.Connection:
    """Open a file; make it where there is none, and bring one of an earlier version up to date.

    Args:
        path: of it; its folder is there.
        layout: what it is.
        patience: seconds to wait for another process that writes.
        shared: whether threads take turns with the connection.

    Raises:
        NotOurs, OtherVersion: where it is not that; it is left as it was.
        OSError, sqlite3.Error: where it cannot be opened.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    db = _bare(path, patience, shared=shared)
    try:
        # one that is written to is not waited for where its tables are there
        if _mark(db) != (layout.mark, layout.version):
            with transaction(db):
                _prepare(db, layout)
        _settle(db, patience)
    except BaseException:
        db.close()
        raise
    return db


def connect(path: Path, patience: float, *, shared: bool = False) -> sqlite3.Connection:
    """One connection more to a file that was opened before.

    Args:
        path: of it.
        patience: seconds to wait for another process that writes.
        shared: whether threads take turns with the connection.

    Raises:
        sqlite3.Error: where it cannot be opened.
    """
    db = _bare(path, patience, shared=shared)
    try:
        _settle(db, patience)
    except BaseException:
        db.close()
        raise
    return db


def wait_for(db: sqlite3.Connection, patience: float) -> None:
    """Have a connection wait so many seconds, from now on, for another that writes."""
    db.execute(f"PRAGMA busy_timeout = {patience * 1000:.0f}")


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, on the disk at the end; what it reads is what it changes."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _bare(path: Path, patience: float, *, shared: bool) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=not shared)
    db.row_factory = sqlite3.Row
    wait_for(db, patience)
    return db


def _settle(db: sqlite3.Connection, patience: float) -> None:
    """What holds for every connection, once it is known that the file is ours."""
    _log_ahead(db, patience)
    db.executescript(_PRAGMAS)


def _log_ahead(db: sqlite3.Connection, patience: float) -> None:
    """Have SQLite write ahead; others that open a new file at the same time are waited for.

    SQLite itself does not wait here, whatever its busy timeout is.
    """
    end = time.monotonic() + patience
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
            time.sleep(0.01)
        else:
            return


def _prepare(db: sqlite3.Connection, layout: Layout) -> None:
    """Make the tables that a file lacks."""
    mark, version = _mark(db)
    if (mark, version) == (layout.mark, layout.version):
        return  # another process was faster
    if mark == layout.mark and not 0 < version < layout.version:
        raise OtherVersion
    if mark != layout.mark and (mark or version or _has_tables(db)):
        raise NotOurs
    for schema in layout.schemas[version:]:
        for statement in schema.read_text(encoding="utf-8").split(";\n"):
            db.execute(statement)
    db.execute(f"PRAGMA application_id = {layout.mark}")
    db.execute(f"PRAGMA user_version = {layout.version}")


def _mark(db: sqlite3.Connection) -> tuple[int, int]:
    """Whose file it is, and of which version; zeros in a new one."""
    mark: int = db.execute("PRAGMA application_id").fetchone()[0]
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return mark, version


def _has_tables(db: sqlite3.Connection) -> bool:
    return bool(db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
