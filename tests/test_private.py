"""Private files: whole or not at all, for their owner alone, and nothing left where they cannot be written."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.backends.config import BackendConfig
from reconciler.backends.signed import SignedFile
from reconciler.journal.lock import Holder, Lock
from reconciler.private import write_private

HOLDER = Holder("r1", "anna@home", "2026-11-24T08:00:00Z")


def test_it_is_for_its_owner_alone_and_replaces_what_was_there(tmp_path: Path):
    path = tmp_path / "a"
    path.write_text("before")
    path.chmod(0o644)
    write_private(path, [b"af", b"ter"], lasting=True)
    assert path.read_bytes() == b"after"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def failing() -> Iterator[bytes]:
    yield b"half"
    raise KeyboardInterrupt


def test_what_is_cut_off_leaves_the_old_one_and_nothing_else(tmp_path: Path):
    path = tmp_path / "a"
    path.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        write_private(path, failing())
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_lock_whose_note_cannot_be_written_leaves_nothing_beside_it(tmp_path: Path):
    lock = Lock(tmp_path, "b")
    lock.acquire(HOLDER)
    lock.release()
    (locked,) = tmp_path.iterdir()
    note = locked.with_suffix(".json")
    note.mkdir()
    lock.acquire(HOLDER)
    lock.release()
    assert sorted(tmp_path.iterdir()) == [note, locked]


def test_what_a_killed_process_leaves_among_kept_files_counts_among_them(tmp_path: Path, monkeypatch):
    """So that it is pruned: whatever begins with the name of a kept file does."""
    from reconciler.backends import signed

    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(SystemExit))
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    kept = SignedFile.of(tmp_path, "state", BackendConfig("embedded", {}, token="t"))
    with pytest.raises(SystemExit):
        kept.write([b"half"])
    monkeypatch.undo()
    (left,) = tmp_path.iterdir()
    assert left != kept.path
    monkeypatch.setattr(signed, "MOST", 100)
    kept.write([b"x" * 36])
    assert list(tmp_path.iterdir()) == [kept.path]
