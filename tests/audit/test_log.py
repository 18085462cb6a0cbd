"""The log on a disk: permissions, crashes at every byte, two processes at once, and what is never appended to."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.audit import head as heads
from reconciler.audit import log as logs
from reconciler.audit.chain import read_head
from reconciler.audit.verify import verify
from reconciler.errors import AuditFailed
from tests.audit.logs import entry, lines_of, log_in


class Crashed(BaseException):
    """Stands for the end of the process."""


def numbers(log) -> list[int]:
    """The numbers of the entries that stand in a log, those behind what a crash left too."""
    found = []
    for line in lines_of(log):
        text = line[line.rindex(b'{"entry"') :]
        found.append(json.loads(text)["entry"]["number"])
    return found


def lines_told(notes) -> list[int]:
    return [one.line for one in notes]


def test_log_and_head_are_for_their_owner_alone_whatever_the_umask(tmp_path):
    log = log_in(tmp_path)
    before = os.umask(0)
    try:
        log.append([entry(1)])
        log.append([entry(2)])
    finally:
        os.umask(before)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"audit.jsonl", "audit.jsonl.lock", "audit.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(log.head_path.parent.stat().st_mode) == 0o700


def test_the_head_that_is_returned_is_the_one_that_is_kept(tmp_path):
    log = log_in(tmp_path)
    head = log.append([entry(1), entry(2)])
    assert log.kept().head == head
    assert read_head(str(head)) == head
    verdict = verify(log, head)
    assert (verdict.head, verdict.breaks, verdict.notes) == (head, (), ())


def crash_after(monkeypatch, writes: int, size: int | None) -> None:
    """End the process at a write to the log or the head: after so many, and in the last after so many bytes."""
    count = [0]
    real_write, real_keep = os.write, heads.keep

    def write(handle, data):
        count[0] += 1
        if count[0] > writes:
            if size:
                real_write(handle, bytes(data)[:size])
            raise Crashed
        return real_write(handle, data)

    def keep(*arguments):
        count[0] += 1
        if count[0] > writes:
            raise Crashed
        real_keep(*arguments)

    monkeypatch.setattr(logs.os, "write", write)
    monkeypatch.setattr(logs, "keep", keep)


def crashed_logs(tmp_path):
    """Every way in which an append of two lines can be cut off: (folder, what was to be appended)."""
    probe = log_in(tmp_path / "probe")
    probe.append([entry(1)])
    length = probe.path.stat().st_size
    probe.append([entry(2), entry(3)])
    length = probe.path.stat().st_size - length
    cuts = [(0, None), *((1, size) for size in range(length + 1)), (2, None)]
    for number, (writes, size) in enumerate(cuts):
        log = log_in(tmp_path / str(number))
        log.append([entry(1)])
        with pytest.MonkeyPatch.context() as patch:
            crash_after(patch, writes, size)
            with pytest.raises(Crashed):
                log.append([entry(2), entry(3)])
        yield log


def test_a_crash_at_any_byte_is_told_of_truthfully_and_the_log_goes_on(tmp_path):
    seen = set()
    for log in crashed_logs(tmp_path):
        there = log.path.read_bytes()
        whole = there.count(b"\n")
        torn = not there.endswith(b"\n")
        verdict = verify(log, None)
        assert verdict.breaks == ()
        announced = log.kept().announced != ()
        assert lines_told(verdict.notes) == [whole + 1] * (torn + (announced and whole < 3))
        log.append([entry(4)])
        verdict = verify(log, log.kept().head)
        assert verdict.breaks == ()
        assert lines_told(verdict.notes) == ([whole + 1] if torn else [])
        assert log.path.read_bytes().startswith(there)  # nothing that was written is taken away
        assert numbers(log) == [*range(1, whole + 1), 4]
        seen.add((whole, torn, announced))
    assert seen == {
        (1, False, False),
        (1, False, True),
        (1, True, True),
        (2, False, True),
        (2, True, True),
        (3, False, True),
    }


def test_a_crash_while_a_crash_is_made_good(tmp_path):
    for first in (1, 40, 150):
        for second in range(0, 260, 7):
            log = log_in(tmp_path / f"{first}-{second}")
            log.append([entry(1)])
            for number, size in ((2, first), (3, second)):
                with pytest.MonkeyPatch.context() as patch:
                    crash_after(patch, 1, size)
                    with pytest.raises(Crashed):
                        log.append([entry(number)])
            log.append([entry(4)])
            verdict = verify(log, None)
            assert verdict.breaks == ()
            assert set(lines_told(verdict.notes)) == {2}
            assert numbers(log) in ([1, 4], [1, 3, 4])


def test_nothing_is_appended_to_a_log_whose_tail_was_cut_off_or_changed(tmp_path):
    log = log_in(tmp_path)
    log.append([entry(number) for number in range(4)])
    whole, kept = log.path.read_bytes(), log.head_path.read_bytes()
    lines = lines_of(log)
    forged = log_in(tmp_path / "other")
    for spoilt in (
        b"",
        b"".join(lines[:-1]),
        whole[:-1],
        whole + b"x",
        whole + b"\n",
        whole + lines[-1],
        b"".join([*lines[:-1], lines[-1].replace(b'"number":3', b'"number":5')]),
    ):
        log.path.write_bytes(spoilt)
        assert verify(log, None).breaks
        with pytest.raises(AuditFailed) as caught:
            log.append([entry(9)])
        assert "is not what its head says" in str(caught.value)
        assert log.path.read_bytes() == spoilt
        assert log.head_path.read_bytes() == kept
    log.path.write_bytes(whole)
    # a line that is well made, but that no apply has announced
    forged.path.parent.mkdir(parents=True)
    forged.path.write_bytes(whole)
    forged.append([entry(9)])
    log.path.write_bytes(forged.path.read_bytes())
    assert lines_told(verify(log, None).breaks) == [5]
    with pytest.raises(AuditFailed, match="put there by something else"):
        log.append([entry(9)])


def test_what_was_announced_is_all_that_may_stand_after_the_head(tmp_path):
    log = log_in(tmp_path)
    log.append([entry(1)])
    with pytest.MonkeyPatch.context() as patch:
        crash_after(patch, 1, 0)
        with pytest.raises(Crashed):
            log.append([entry(2)])
    twin = log_in(tmp_path / "twin")
    twin.append([entry(1)])
    twin.append([entry(7)])
    log.path.write_bytes(twin.path.read_bytes())
    assert lines_told(verify(log, None).breaks) == [2]
    with pytest.raises(AuditFailed):
        log.append([entry(3)])


@pytest.mark.parametrize("rest", [b"", b"half a li"])
def test_a_log_without_its_head_goes_on_and_says_so(tmp_path, rest):
    log = log_in(tmp_path)
    log.append([entry(1), entry(2)])
    log.head_path.unlink()
    log.path.write_bytes(log.path.read_bytes() + rest)
    verdict = verify(log, None)
    assert (verdict.sound, verdict.anchored) == (True, False)
    log.append([entry(3)])
    verdict = verify(log, None)
    assert verdict.breaks == ()
    assert lines_told(verdict.notes) == [3] * (2 if rest else 1)
    assert numbers(log) == [1, 2, 3]


def test_a_log_that_is_none_is_not_appended_to(tmp_path):
    log = log_in(tmp_path)
    log.path.parent.mkdir()
    log.path.write_text("my diary\n")
    with pytest.raises(AuditFailed, match="no line of an audit log"):
        log.append([entry(1)])
    log.path.write_text("half a line")
    log.append([entry(1)])
    assert lines_told(verify(log, None).notes) == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "nonsense",
        '{"head": 1, "size": 0, "last": 0, "announced": []}',
        '{"head": "x", "size": 0, "last": 0, "announced": []}',
        '{"head": "1:' + "a" * 64 + '", "size": 1, "last": 2, "announced": []}',
        '{"head": "1:' + "a" * 64 + '", "size": "1", "last": 1, "announced": []}',
        '{"head": "1:' + "a" * 64 + '", "size": 1, "last": 1, "announced": [3]}',
        "[" * 100_000,
    ],
)
def test_a_head_that_cannot_be_read_stops_everything(tmp_path, text):
    log = log_in(tmp_path)
    log.append([entry(1)])
    before = log.path.read_bytes()
    log.head_path.write_text(text)
    for act in (lambda: log.append([entry(2)]), lambda: verify(log, None)):
        with pytest.raises(AuditFailed, match="cannot be read"):
            act()
    assert log.path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "logs").mkdir(mode=0o500)
    with pytest.raises(AuditFailed, match="cannot be written"):
        log_in(tmp_path).append([entry(1)])


@pytest.mark.parametrize("kind", ["folder", "pipe", "file above it", "head is a folder"])
def test_what_is_no_place_for_a_log(tmp_path, kind):
    log = log_in(tmp_path)
    if kind == "file above it":
        log.path.parent.write_text("")
    else:
        log.path.parent.mkdir()
    if kind == "folder":
        log.path.mkdir()
    if kind == "pipe":
        os.mkfifo(log.path)
    if kind == "head is a folder":
        log.head_path.mkdir(parents=True)
    with pytest.raises(AuditFailed):
        log.append([entry(1)])
    if kind != "head is a folder":
        with pytest.raises(AuditFailed), log.opened():
            pass


def test_a_full_disk_stops_an_append_and_is_made_good_by_the_next(tmp_path, monkeypatch):
    log = log_in(tmp_path)
    log.append([entry(1)])
    real = os.write
    with monkeypatch.context() as patch:

        def full(handle, data):
            if len(data) > 20:
                return real(handle, bytes(data)[:20])
            raise OSError(28, "No space left on device")

        patch.setattr(logs.os, "write", full)
        with pytest.raises(AuditFailed, match="No space left"):
            log.append([entry(2)])
    log.append([entry(3)])
    assert verify(log, None).breaks == ()
    assert numbers(log) == [1, 3]


SCRIPT = """
import sys
from pathlib import Path
from tests.audit.logs import entry, log_in
log = log_in(Path(sys.argv[1]))
for number in range(40):
    log.append([entry(number, sys.argv[2]), entry(number, sys.argv[2])])
"""


def test_processes_and_threads_that_append_at_once_never_interleave(tmp_path):
    processes = [subprocess.Popen([sys.executable, "-c", SCRIPT, tmp_path, name]) for name in "abc"]
    log = log_in(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: log.append([entry(number, "t"), entry(number, "t")]), range(40)))
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    verdict = verify(log, None)
    assert (verdict.breaks, verdict.notes, verdict.head.lines) == ((), (), 4 * 80)
    said = [json.loads(line)["entry"] for line in lines_of(log)]
    pairs = list(zip(said[::2], said[1::2], strict=True))
    assert all(one == two for one, two in pairs)
    for name in "abc":
        assert [one["number"] for one, _ in pairs if one["text"] == name] == list(range(40))


def test_a_process_that_is_killed_leaves_a_log_that_goes_on(tmp_path):
    log = log_in(tmp_path)
    for _ in range(6):
        before = log.path.stat().st_size if log.path.exists() else 0
        process = subprocess.Popen([sys.executable, "-c", SCRIPT, tmp_path, "x" * 5000])
        while process.poll() is None and (not log.path.exists() or log.path.stat().st_size < before + 50_000):
            pass
        process.kill()
        process.wait()
        verdict = verify(log, None)
        assert verdict.breaks == ()
    log.append([entry(1)])
    assert verify(log, None).breaks == ()


def test_reading_needs_no_lock_and_no_permission_to_write(tmp_path):
    log = log_in(tmp_path)
    log.append([entry(1)])
    (tmp_path / "logs" / "audit.jsonl.lock").unlink()
    assert verify(log, None).breaks == ()
    assert not (tmp_path / "logs" / "audit.jsonl.lock").exists()
