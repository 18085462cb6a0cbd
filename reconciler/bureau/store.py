"""The database file: connections and transactions. It knows the schema's version and no table.

WAL lets readers go on beside the one writer. Writers queue in this process on a lock and between processes
on SQLite's own; every write is one `BEGIN IMMEDIATE` transaction, so what it reads is what it changes.
`synchronous = FULL`: what was answered is on disk.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from reconciler.errors import InputError, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

APPLICATION_ID = 0x52434E42
"""Marks the file as ours: "RCNB"."""

VERSION = 3

_SCHEMAS = tuple(Path(__file__).with_name(name) for name in ("schema.sql", "schema2.sql", "schema3.sql"))
"""What each version added to the one before."""

_BUSY = 30_000
"""Milliseconds to wait for another process to have written."""

_PRAGMAS = f"""
PRAGMA busy_timeout = {_BUSY};
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
PRAGMA trusted_schema = OFF;
"""


class Store:
    """A database of bureaus; safe to use from many threads. Make one with `Store.open`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._closed = False

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database at a path; make it, readable by its owner only, where there is none.

        Raises InputError where the file is something else, or of a version that this one does not know.
        """
        store = cls(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            if not store._is_ready():
                with store.write() as db:
                    _prepare(db, path)
        except (OSError, sqlite3.DatabaseError) as problem:
            store.close()
            raise _unusable(path, problem) from problem
        except InputError:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close all connections; those in use close when they are given back."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A read transaction: everything in it is of one moment."""
        with self._connection() as db:
            db.execute("BEGIN")
            try:
                yield db
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed as a whole at the end, or not at all where something is raised."""
        with self._writing, self._connection() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def try_write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do in a write transaction what need not be done: not at all where somebody else writes, or nobody can."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            with self._connection() as db, suppress(sqlite3.OperationalError):
                db.execute("PRAGMA busy_timeout = 0")
                try:
                    db.execute("BEGIN IMMEDIATE")
                    work(db)
                    db.execute("COMMIT")
                finally:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    db.execute(f"PRAGMA busy_timeout = {_BUSY}")
        finally:
            self._writing.release()

    def _is_ready(self) -> bool:
        """Whether the tables are there; opening a database that is being written to waits for nobody."""
        with self.read() as db:
            return _mark(db) == (APPLICATION_ID, VERSION)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one thread at a time, given back afterwards."""
        with self._guard:
            if self._closed:
                raise sqlite3.ProgrammingError("the store is closed")
            connection = self._idle.pop() if self._idle else None
        connection = connection or _connect(self.path)
        try:
            yield connection
        finally:
            self._give_back(connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    try:
        connection.executescript(_PRAGMAS)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables that a file lacks; refuse a file that is not ours, or of a later version."""
    mark, version = _mark(db)
    if (mark, version) == (APPLICATION_ID, VERSION):
        return
    if mark != APPLICATION_ID:
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            raise _not_ours(path)
        version = 0
    elif not 0 < version < VERSION:
        raise InputError(
            Message("{path} was made by another version of reconciler", path=path),
            Message("use that version, or start with a new file"),
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


def _unusable(path: Path, problem: Exception) -> InputError:
    if getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_OK) == sqlite3.SQLITE_NOTADB:
        return _not_ours(path)
    why = problem.strerror if isinstance(problem, OSError) else str(problem)
    return InputError(Message("cannot open the database {path}: {why}", path=path, why=why))


def _not_ours(path: Path) -> InputError:
    return InputError(
        Message("{path} is not a database of bureaus", path=path),
        Message("name another file; it is made where there is none"),
    )
