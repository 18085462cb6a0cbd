"""The database file: opening it, its transactions, and masks of 64 bits."""

from __future__ import annotations

import sqlite3
import stat
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.bureau.masks import column, from_signed, names_of, to_signed
from reconciler.bureau.registers import create_bureau, list_bureaus
from reconciler.bureau.store import Store
from reconciler.errors import InputError


def test_a_new_database_is_for_its_owner_only(tmp_path: Path):
    path = tmp_path / "deep" / "down" / "b.db"
    with Store.open(path) as store:
        create_bureau(store, "b", "B", "UTC", [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with Store.open(path) as store:
        assert [bureau.id for bureau in list_bureaus(store)] == ["b"]


def test_readers_go_on_beside_a_writer(store: Store):
    with store.write() as db:
        db.execute("INSERT INTO bureau (id, name, timezone) VALUES ('b', 'B', 'UTC')")
        assert list_bureaus(store) == []
    assert [bureau.id for bureau in list_bureaus(store)] == ["b"]


def test_what_is_raised_undoes_everything(store: Store):
    def insert_and_fail() -> None:
        with store.write() as db:
            db.execute("INSERT INTO bureau (id, name, timezone) VALUES ('b', 'B', 'UTC')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        insert_and_fail()
    assert list_bureaus(store) == []


def test_a_read_transaction_is_of_one_moment(store: Store):
    with store.read() as db:
        count = "SELECT count(*) FROM bureau"
        assert db.execute(count).fetchone()[0] == 0
        create_bureau(store, "b", "B", "UTC", [])
        assert db.execute(count).fetchone()[0] == 0


def test_writers_queue(store: Store):
    create_bureau(store, "b", "B", "UTC", [])

    def raise_revision() -> None:
        for _ in range(20):
            with store.write() as db:
                (revision,) = db.execute("SELECT revision FROM bureau").fetchone()
                db.execute("UPDATE bureau SET revision = ?", (revision + 1,))

    threads = [threading.Thread(target=raise_revision) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list_bureaus(store)[0].revision == 161


def test_a_closed_store_is_closed(store: Store):
    store.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        list_bureaus(store)


def _text(path: Path) -> None:
    path.write_text("consultant,client,program\n" * 1000)


def _other_tables(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE mine (x)")
    db.close()


def _newer(path: Path) -> None:
    Store.open(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_text, "is not a database of bureaus"),
        (_other_tables, "is not a database of bureaus"),
        (_newer, "was made by another version"),
        (Path.mkdir, "cannot open the database"),
    ],
)
def test_files_that_are_not_ours(tmp_path: Path, make, expected: str):
    path = tmp_path / "b.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(InputError, match=expected):
        Store.open(path)
    if before:
        assert path.read_bytes() == before


@given(st.integers(0, 2**64 - 1))
def test_every_mask_comes_back(mask: int):
    stored = to_signed(mask)
    assert -(2**63) <= stored < 2**63
    assert from_signed(stored) == mask
    assert column(np.array([mask], dtype=np.uint64)) == [stored]


def test_names_of_a_mask_are_sorted():
    assert names_of(1 << 63 | 1, {0: "z", 63: "a"}) == ["a", "z"]
