"""The database file: connections and transactions. It knows no table.

Writers queue in this process on a lock and between processes on SQLite's own; every write is one transaction, so what
it reads is what it changes.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from reconciler import sqlite
from reconciler.errors import InputError, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

LAYOUT = sqlite.Layout(
    mark=0x52434E42,
    schemas=tuple(
        Path(__file__).with_name(name)
        for name in ("schema.sql", "schema2.sql", "schema3.sql", "schema4.sql", "schema5.sql", "schema6.sql")
    ),
)
"""The mark reads "RCNB"."""

_PATIENCE = 30.0
"""Seconds to wait for another process to have written."""

_PRAGMAS = """
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            first = sqlite.open_file(path, LAYOUT, _PATIENCE, shared=True)
        except (sqlite.NotOurs, sqlite.OtherVersion, OSError, sqlite3.DatabaseError) as problem:
            raise _unusable(path, problem) from problem
        store = cls(path)
        store._give_back(_tuned(first))
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
        with self._writing, self._connection() as db, sqlite.transaction(db):
            yield db

    def try_write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do in a write transaction what need not be done: not at all where somebody else writes, or nobody can."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            with self._connection() as db, suppress(sqlite3.OperationalError):
                sqlite.wait_for(db, 0)
                try:
                    with sqlite.transaction(db):
                        work(db)
                finally:
                    sqlite.wait_for(db, _PATIENCE)
        finally:
            self._writing.release()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for one thread at a time, given back afterwards."""
        with self._guard:
            if self._closed:
                raise sqlite3.ProgrammingError("the store is closed")
            connection = self._idle.pop() if self._idle else None
        connection = connection or _tuned(sqlite.connect(self.path, _PATIENCE, shared=True))
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


def _tuned(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection that reads much."""
    connection.executescript(_PRAGMAS)
    return connection


def _unusable(path: Path, problem: Exception) -> InputError:
    code = getattr(problem, "sqlite_errorcode", sqlite3.SQLITE_OK)
    if isinstance(problem, sqlite.NotOurs) or code == sqlite3.SQLITE_NOTADB:
        return InputError(
            Message("{path} is not a database of bureaus", path=path),
            Message("name another file; it is made where there is none"),
        )
    if isinstance(problem, sqlite.OtherVersion):
        return InputError(
            Message("{path} was made by another version of reconciler", path=path),
            Message("use that version, or start with a new file"),
        )
    why = problem.strerror if isinstance(problem, OSError) else str(problem)
    return InputError(Message("cannot open the database {path}: {why}", path=path, why=why))
