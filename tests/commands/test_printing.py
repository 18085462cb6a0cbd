"""Where an answer goes: into a file that only its owner can read, and what is no text never onto a terminal."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from reconciler.formats.tables import read_xlsx
from tests.commands.conftest import DAY, Ran


@pytest.mark.parametrize("command", [("plan", *DAY), ("drift", *DAY), ("who", *DAY), ("show", "plan.json")])
def test_a_workbook_goes_into_a_file(reconciler, example, command):
    reconciler("plan", *DAY, "--out", "plan.json")
    ran = reconciler(*command, "--format", "xlsx", "--to", "new.xlsx")
    assert ran == Ran(2 if command[0] == "drift" else 0, "", "")
    file = example / "new.xlsx"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = next(iter(read_xlsx(file.read_bytes(), "new.xlsx").values()))
    assert "consultant" in first[0]
    assert len(first) > 30


def test_any_format_goes_into_a_file_and_what_was_there_is_replaced(reconciler, example):
    printed = reconciler("plan", *DAY).out
    (example / "plan.txt").write_text("old")
    assert reconciler("plan", *DAY, "--to", "plan.txt").out == ""
    assert (example / "plan.txt").read_text("utf-8") == printed


def test_a_file_that_cannot_be_written_is_told_of(reconciler, example):
    (example / "folder").mkdir()
    assert reconciler("plan", *DAY, "--to", "folder").code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")
def test_a_workbook_is_never_printed_onto_a_terminal(example):
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "reconciler", "plan", "--format", "xlsx"],
            stdout=theirs, stderr=subprocess.PIPE, cwd=example, check=False, text=True,
        )  # fmt: skip
    finally:
        os.close(theirs)
        os.close(ours)
    assert done.returncode == 64
    assert "xlsx is not for a terminal: name a file, --to FILE.xlsx" in done.stderr
