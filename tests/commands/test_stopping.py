"""A real process: asked on a terminal, stopped by Ctrl-C, and read by something that has had enough."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.commands.conftest import COMMAND, DAY
from tests.support.canary import heard


def on_a_terminal(folder, answer: str) -> tuple[int, str]:
    """Run apply on a pseudo-terminal and type an answer where it asks."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "apply", *DAY], cwd=folder, stdin=slave, stdout=slave, stderr=slave, close_fds=True
    )
    os.close(slave)
    seen = ""
    answered = False
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.1)[0]:
            try:
                seen += os.read(master, 65536).decode("utf-8", "replace")
            except OSError:
                break
        if not answered and "Apply this plan?" in seen:
            os.write(master, f"{answer}\n".encode())
            answered = True
    os.close(master)
    heard("a terminal", seen)
    return process.wait(timeout=30), seen


def test_on_a_terminal_yes_applies(example):
    code, seen = on_a_terminal(example, "yes")
    assert code == 3
    assert "Notification" in seen


@pytest.mark.parametrize("answer", ["no", "", "y"])
def test_on_a_terminal_anything_else_does_nothing(example, reconciler, answer):
    before = reconciler("plan", *DAY, "--format", "json").out
    code, seen = on_a_terminal(example, answer)
    assert code == 130
    assert "Notification" not in seen
    assert reconciler("plan", *DAY, "--format", "json").out == before


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(example):
    """The example bureau on a port, so slow (6 requests in 2 seconds) that there is time to interrupt."""
    port = free_port()
    server = subprocess.Popen(
        [*COMMAND, "bureau", "serve", "--port", str(port), "--rate-limit", "6/2"],
        cwd=example,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.send_signal(signal.SIGINT)
    server.wait(timeout=30)


@pytest.mark.slow
def test_ctrl_c_sends_nothing_more_and_tells_what_was_done(example, served, reconciler):
    apply = subprocess.Popen(
        [*COMMAND, "apply", *DAY, "--yes", "--url", served, "--format", "json"],
        cwd=example,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "RECONCILER_LANG": "en"},
    )
    first = apply.stderr.readline()
    assert "finished" in first
    apply.send_signal(signal.SIGINT)
    out, err = apply.communicate(timeout=90)
    assert apply.returncode == 130, err
    assert "Traceback" not in err
    result = json.loads(out)
    assert result["interrupted"]
    ended = [one["ended"] for one in result["operations"]]
    assert "finished" in ended
    assert "not-sent" in ended
    # what it says is what is so: what was done is done and the rest is left, and only of an order that the
    # interrupt cut off from its answer nobody knows
    planned = [one["cells"] for one in result["plan"]["operations"]]
    unknown = sum(
        planned[one["operation"]]
        for one in result["operations"]
        if one["ended"] not in {"finished", "not-sent"}
    )
    summary = json.loads(reconciler("plan", *DAY, "--format", "json").out)["summary"]
    figures = ("accesses-given", "programs-added", "programs-removed", "accesses-removed")
    left = sum(summary[figure] for figure in figures)
    rest = sum(planned) - result["outcomes"]["done"]
    assert rest - unknown <= left <= rest


@pytest.mark.slow
def test_ctrl_c_stops_the_server_cleanly(example):
    port = free_port()
    server = subprocess.Popen(
        [*COMMAND, "bureau", "serve", "--port", str(port)], cwd=example, stderr=subprocess.PIPE, text=True
    )
    assert f"127.0.0.1:{port}" in server.stderr.readline()
    time.sleep(1)
    server.send_signal(signal.SIGINT)
    _, err = server.communicate(timeout=30)
    assert "Traceback" not in err
    assert server.returncode in {0, 130}


def test_a_reader_that_has_had_enough_is_no_error_of_ours(example):
    process = subprocess.Popen(
        [*COMMAND, "plan", *DAY, "--full"], cwd=example, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        process.stdout.close()
        err = process.stderr.read().decode()
    assert "Traceback" not in err
    assert "Exception ignored" not in err


INTERRUPTED_IN_TEXT = """
from reconciler.commands import cli

def run(arguments):
    try:
        exec("raise KeyboardInterrupt")
    except KeyboardInterrupt:
        return 7

cli.run = run
from reconciler.__main__ import main
main()
"""


def test_an_interrupt_that_was_caught_decides_nothing_more(tmp_path):
    """Wherever it came: while a dataclass is made, CPython takes it for one that nobody caught."""
    (tmp_path / "interrupted.py").write_text(INTERRUPTED_IN_TEXT)
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, check=False)
    assert done.returncode == 7
