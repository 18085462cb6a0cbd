"""What is promised of every SQLite file of ours."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from reconciler import sqlite
from reconciler.bureau.store import Store
from reconciler.journal import Journal

MARK = 0x1234


@pytest.fixture
def layout(tmp_path: Path) -> sqlite.Layout:
    """A first version of a file."""
    return sqlite.Layout(MARK, (schema(tmp_path, "first"),))


def schema(folder: Path, table: str) -> Path:
    path = folder / f"{table}.sql"
    path.write_text(f"CREATE TABLE {table} (x);\n")
    return path


def tables(db: sqlite3.Connection) -> list[str]:
    return [name for (name,) in db.execute("SELECT name FROM sqlite_schema ORDER BY name")]


def test_an_earlier_version_is_brought_up_to_date_and_a_later_one_is_refused(tmp_path: Path, layout):
    path = tmp_path / "a.db"
    sqlite.open_file(path, layout, 1).close()
    later = sqlite.Layout(MARK, (*layout.schemas, schema(tmp_path, "second")))
    with closing(sqlite.open_file(path, later, 1)) as db:
        assert tables(db) == ["first", "second"]
    with pytest.raises(sqlite.OtherVersion):
        sqlite.open_file(path, layout, 1)


@pytest.mark.parametrize("pragma", ["application_id = 7", "user_version = 1", None])
def test_a_file_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path, layout, pragma):
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA {pragma}" if pragma else "CREATE TABLE mine (x)")
        db.commit()
    before = path.read_bytes()
    with pytest.raises(sqlite.NotOurs):
        sqlite.open_file(path, layout, 1)
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [Store.open, Journal])
def test_who_writes_to_a_file_that_does_not_write_ahead_yet_is_waited_for(tmp_path: Path, opened):
    """SQLite's own busy timeout does not count there."""
    path = tmp_path / "a.db"
    with opened(path):
        pass
    writer = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    with closing(writer):
        assert writer.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete"
        writer.execute("BEGIN IMMEDIATE")
        threading.Timer(0.2, writer.execute, ["ROLLBACK"]).start()
        with opened(path):
            assert not writer.in_transaction
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_what_is_written_is_on_the_disk(tmp_path: Path, layout):
    """A crash of the machine, not only of the program: FULL is 2, and the other kinds of connection have it too."""
    path = tmp_path / "a.db"
    with closing(sqlite.open_file(path, layout, 1)) as db, closing(sqlite.connect(path, 1)) as other:
        for one in (db, other):
            assert one.execute("PRAGMA synchronous").fetchone()[0] == 2
            assert one.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            assert one.execute("PRAGMA foreign_keys").fetchone()[0] == 1
