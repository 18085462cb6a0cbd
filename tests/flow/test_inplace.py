"""Where there is no git, files are written in place, and only over what was shown."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from reconciler.errors import Busy, InputError, Overtaken
from reconciler.flow import inplace
from reconciler.flow.edited import Edited
from reconciler.flow.inplace import write_in_place
from tests.flow.test_commits import ODD, at_once


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "state"))
    place = tmp_path / "policies"
    place.mkdir()
    (place / "a.yaml").write_bytes(b"one: 1\r\n# two\r\n")
    (place / "b.yaml").write_bytes(b"b\n")
    return place


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_they_are_written_byte_for_byte_and_keep_their_mode(folder):
    (folder / "a.yaml").chmod(0o640)
    edits = [
        Edited("a.yaml", b"one: 1\r\n# two\r\n", b"one: 1\r\n# two\r\n# \xff\r\n"),
        Edited("b.yaml", b"b\n", b"b\n"),
        Edited("new/ö.yaml", None, b"# new\n"),
    ]
    was = (folder / "b.yaml").stat().st_mtime_ns
    write_in_place(folder, edits)
    assert (folder / "a.yaml").read_bytes() == b"one: 1\r\n# two\r\n# \xff\r\n"
    assert (folder / "new/ö.yaml").read_bytes() == b"# new\n"
    assert (folder / "a.yaml").stat().st_mode & 0o777 == 0o640
    assert (folder / "b.yaml").stat().st_mtime_ns == was
    assert names(folder) == ["a.yaml", "b.yaml", "new/ö.yaml"]


@pytest.mark.parametrize(
    "wrong",
    [
        Edited("b.yaml", b"b", b"x"),
        Edited("b.yaml", b"b\r\n", b"x"),
        Edited("b.yaml", None, b"x"),
        Edited("gone.yaml", b"x", b"y"),
    ],
)
def test_what_is_not_as_it_was_shown_stops_all(folder, wrong):
    with pytest.raises(Overtaken) as caught:
        write_in_place(folder, [Edited("a.yaml", b"one: 1\r\n# two\r\n", b"mine"), wrong])
    [finding] = caught.value.findings
    assert finding.position is not None
    assert finding.position.file.endswith(wrong.path)
    assert (folder / "a.yaml").read_bytes() == b"one: 1\r\n# two\r\n"
    assert names(folder) == ["a.yaml", "b.yaml"]


def test_of_many_at_once_one_wins(folder):
    for round_ in range(10):
        was = (folder / "b.yaml").read_bytes()
        outcomes = at_once(
            lambda i, was=was, n=round_: write_in_place(folder, [Edited("b.yaml", was, b"%d %d" % (n, i))]), 6
        )
        assert outcomes.count(None) == 1, outcomes
        assert sum(isinstance(one, Overtaken) for one in outcomes) == 5, outcomes
        assert (folder / "b.yaml").read_bytes() == b"%d %d" % (round_, outcomes.index(None))


def _hold(folder, state, held, go):
    os.environ["RECONCILER_STATE_DIR"] = state
    with inplace._locked(folder):
        held.set()
        go.wait(30)


def test_another_process_that_is_writing_is_waited_for(folder, monkeypatch):
    context = multiprocessing.get_context("spawn")
    held, go = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(folder, os.environ["RECONCILER_STATE_DIR"], held, go))
    process.start()
    try:
        assert held.wait(30)
        monkeypatch.setattr(inplace, "_PATIENCE", 0.1)
        with pytest.raises(Busy):
            write_in_place(folder, [Edited("b.yaml", b"b\n", b"x")])
    finally:
        go.set()
        process.join()
    write_in_place(folder, [Edited("b.yaml", b"b\n", b"x")])


@pytest.mark.parametrize("name", ODD)
def test_odd_names(folder, name):
    write_in_place(folder, [Edited(name, None, b"x")])
    assert (folder / name).read_bytes() == b"x"


@pytest.mark.parametrize("name", ["../x.yaml", "/tmp/x.yaml", ".git/x", "", "a\0b"])
def test_names_that_lead_elsewhere(folder, name):
    with pytest.raises(InputError):
        write_in_place(folder, [Edited(name, None, b"x")])


def test_links_and_what_is_no_file(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_bytes(b"x")
    (folder / "link.yaml").symlink_to(outside / "x.yaml")
    (folder / "inner").symlink_to(outside)
    (folder / "sub").mkdir()
    (folder / "also").symlink_to(folder / "sub")
    (folder / "dangling.yaml").symlink_to(outside / "y.yaml")
    os.mkfifo(folder / "pipe.yaml")
    for name in (
        "link.yaml",
        "inner/x.yaml",
        "inner/new.yaml",
        "also/x.yaml",
        "dangling.yaml",
        "pipe.yaml",
        "a.yaml/x",
    ):
        for before in (b"x", None):
            with pytest.raises(InputError, match="is not a file"):
                write_in_place(folder, [Edited(name, before, b"y")])
    assert names(outside) == ["x.yaml"]
    assert (outside / "x.yaml").read_bytes() == b"x"


def test_a_folder_that_cannot_be_written(folder):
    (folder / "sub").write_bytes(b"a file")
    with pytest.raises(InputError):
        write_in_place(folder, [Edited("sub/x.yaml", None, b"y"), Edited("b.yaml", b"b\n", b"x")])
    assert (folder / "b.yaml").read_bytes() == b"b\n"
