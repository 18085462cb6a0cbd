"""A folder with the example bureau, its rules and its configuration, and a way to run commands in it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.commands.cli import run

COMMAND = [sys.executable, "-m", "reconciler"]

DAY = ("--as-of", "2026-11-24")


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit code, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def reconciler(capsys, monkeypatch, tmp_path):
    """Run a command line in process, in an empty folder, with English output."""
    monkeypatch.chdir(tmp_path)
    for name in ("RECONCILER_LANG", "RECONCILER_TOKEN", "LANG", "LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RECONCILER_LOG_DIR", str(tmp_path / "logs"))
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "state"))

    def call(*arguments: str) -> Ran:
        code = run(list(arguments))
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return call


@pytest.fixture
def example(reconciler, tmp_path) -> Path:
    """The folder that `init` and `bureau load --example` make."""
    assert reconciler("init").code == 0
    assert reconciler("bureau", "load", "--example").code == 0
    return tmp_path
