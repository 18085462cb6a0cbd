"""The lock of this machine, between real processes: one holds it, and it goes with whoever is killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.errors import JournalFailed
from reconciler.journal import Holder, Lock, Taken

ROOT = Path(__file__).resolve().parents[2]
ME = Holder("r1", "anna@home", "2026-11-24T12:00:00Z")

OTHER = """
import sys, time
from pathlib import Path
from reconciler.journal import Holder, Lock
lock = Lock(Path(sys.argv[1]), "a bureau")
lock.acquire(Holder("r0", "bo@work", "2026-11-24T11:00:00Z"))
print("held", flush=True)
time.sleep(float(sys.argv[2]))
lock.release()
"""


def held_by_another(folder: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder), str(seconds)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_a_lock_is_taken_and_given_back(tmp_path):
    one, two = Lock(tmp_path / "locks", "a bureau"), Lock(tmp_path / "locks", "a bureau")
    assert one.acquire(ME) is None
    with pytest.raises(Taken) as caught:
        two.acquire(Holder("r2", "x", "y"))
    assert caught.value.holder == ME
    one.release()
    one.release()
    assert two.acquire(Holder("r2", "x", "y")) is None
    two.release()


def test_another_bureau_has_another_lock(tmp_path):
    one, two = Lock(tmp_path, "a bureau"), Lock(tmp_path, "another")
    one.acquire(ME)
    two.acquire(ME)
    two.release()
    with pytest.raises(Taken):
        Lock(tmp_path, "a bureau").acquire(ME)
    one.release()


def test_its_files_are_for_their_owner_only(tmp_path):
    lock = Lock(tmp_path / "locks", "a bureau")
    lock.acquire(ME)
    assert stat.S_IMODE((tmp_path / "locks").stat().st_mode) == 0o700
    for file in (tmp_path / "locks").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    lock.release()


def test_another_process_holds_it_until_it_gives_it_back(tmp_path):
    with held_by_another(tmp_path, 0.7):
        with pytest.raises(Taken) as caught:
            Lock(tmp_path, "a bureau").acquire(ME, 0.1)
        assert caught.value.holder == Holder("r0", "bo@work", "2026-11-24T11:00:00Z")
        lock = Lock(tmp_path, "a bureau")
        assert lock.acquire(ME, float("inf")) is None
        lock.release()


def test_who_was_killed_holds_nothing_and_is_told_of(tmp_path):
    with held_by_another(tmp_path, 60) as process:
        process.send_signal(signal.SIGKILL)
    lock = Lock(tmp_path, "a bureau")
    assert lock.acquire(ME) == Holder("r0", "bo@work", "2026-11-24T11:00:00Z")
    lock.release()
    assert lock.acquire(ME) is None
    lock.release()


def test_waiting_ends_in_time(tmp_path):
    with held_by_another(tmp_path, 60) as process:
        begun = time.monotonic()
        with pytest.raises(Taken):
            Lock(tmp_path, "a bureau").acquire(ME, 0.3)
        assert 0.3 <= time.monotonic() - begun < 5
        process.kill()


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"run": 1}', b'{"more": 1}', b"\xff", b"x" * 100_000])
def test_a_note_that_is_none_tells_of_nobody(tmp_path, note):
    lock = Lock(tmp_path, "a bureau")
    lock.acquire(ME)
    (path,) = tmp_path.glob("*.json")
    path.write_bytes(note)
    with pytest.raises(Taken) as caught:
        Lock(tmp_path, "a bureau").acquire(ME)
    assert caught.value.holder is None
    lock.release()
    path.write_bytes(note)
    assert lock.acquire(ME) is None
    lock.release()


def test_where_there_can_be_no_lock_there_is_none(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalFailed, match="cannot be taken"):
        Lock(tmp_path / "file" / "locks", "a bureau").acquire(ME)


def test_a_lock_is_not_left_to_a_child(tmp_path):
    """What a command starts, such as git, does not go on holding it."""
    lock = Lock(tmp_path, "a bureau")
    lock.acquire(ME)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as child:
        lock.release()
        again = Lock(tmp_path, "a bureau")
        assert again.acquire(ME) is None
        again.release()
        os.kill(child.pid, signal.SIGKILL)
