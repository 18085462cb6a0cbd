"""`drift --watch` as a process of its own: it says what changes, outlives a backend that is gone, and stops in order."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING

import pytest

from reconciler.commands.watching import _Before, _failed
from reconciler.errors import Message, Unreachable
from reconciler.formats.catalogue import catalogue
from reconciler.grid import OperationKind
from tests.backends.bureaus import served
from tests.commands.channels import SECRET, listening
from tests.commands.conftest import COMMAND, DAY
from tests.commands.test_drift import behind_the_back, loaded, write_rules
from tests.commands.test_notifying import configure, texts

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30
"""Seconds until what must come has come."""


@pytest.fixture
def calm(reconciler, example) -> Path:
    """A bureau that is what the YAML says."""
    write_rules(example)
    assert reconciler("apply", *DAY, "--yes").code == 0
    return example


class Watching:
    """The process, and what it has printed so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._lines: Queue[str] = Queue()
        self.said: list[str] = []
        streams = process.stdout, process.stderr
        self._readers = [threading.Thread(target=self._read, args=(stream,)) for stream in streams]
        for reader in self._readers:
            reader.start()

    def _read(self, stream) -> None:
        for line in stream:
            self._lines.put(line)

    def end(self) -> None:
        """Kill it, where it still runs, and read to the end of what it said."""
        self.process.kill()
        for reader in self._readers:
            reader.join()

    def until(self, text: str) -> None:
        """Wait for a line with this text."""
        end = time.monotonic() + PATIENCE
        while not any(text in line for line in self.said):
            self.said.append(self._lines.get(timeout=max(end - time.monotonic(), 0.01)))

    def count(self, text: str) -> int:
        while not self._lines.empty():
            self.said.append(self._lines.get())
        return sum(text in line for line in self.said)

    def stop(self, how: int = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@contextmanager
def watching(folder: Path, *flags: str, **env: str) -> Iterator[Watching]:
    command = [*COMMAND, "drift", *DAY, "--watch", "--every", "1s", *flags]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | env, stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
    ) as process:
        it = Watching(process)
        try:
            yield it
        finally:
            it.end()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_what_changes_and_stops_in_order(calm, how):
    with watching(calm, "--metrics", "drift.prom") as it:
        it.until("Nothing to do")
        time.sleep(2.5)  # several checks that find the same
        assert it.count("Nothing to do") == 1
        first = (calm / "drift.prom").read_text()
        behind_the_back(calm, OperationKind.GIVE_ACCESS, "payroll")
        it.until("By Margareta Partner: 1 change")
        time.sleep(2.5)
        assert it.count("By Margareta Partner") == 1
        assert (calm / "drift.prom").read_text() != first
        behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "payroll")
        end = time.monotonic() + PATIENCE
        while it.count("Nothing to do") < 2 and time.monotonic() < end:
            time.sleep(0.1)
        assert it.count("Nothing to do") == 2
        assert it.stop(how) == 0
        it.until("Stopped.")
        assert it.count("Traceback") == 0


@pytest.mark.slow
def test_channels_are_told_of_drift_and_of_its_end(calm):
    with listening() as channel:
        configure(calm, it={"kind": "slack", "url-env": "SLACK_URL"})
        with watching(calm, SLACK_URL=channel.url) as it:
            it.until("Nothing to do")
            assert channel.posted == []
            loaded(calm, "payroll")
            it.until("By no operation of the bureau: 1 change")
            behind_the_back(calm, OperationKind.REMOVE_PROGRAMS, "payroll")
            end = time.monotonic() + PATIENCE
            while len(channel.posted) < 2 and time.monotonic() < end:
                time.sleep(0.1)
            assert it.stop() == 0
            assert it.count(SECRET) == 0
    assert [texts(document)[0] for document in channel.posted] == [
        "Drift at Exempelbyrån: given: 1 program",
        "No drift at exempelbyran any more",
    ]


@pytest.mark.slow
def test_it_outlives_a_backend_that_is_gone_and_yaml_that_is_wrong_for_a_while(calm):
    port_file = calm / "reconciler.yaml"
    rules = calm / "policies" / "access.yaml"
    with served(calm / "bureau.db") as url:
        port_file.write_text(
            f"policies: policies\nbackend: {{kind: http, url: '{url}', token-file: tokens/it-admin.token, retries: '0'}}\n"
        )
        with watching(calm) as it:
            it.until("Nothing to do")
            whole = rules.read_text()
            rules.write_text("access: [\n")
            it.until("1 error")
            rules.write_text(whole)
            it.until("It works again.")
            port_file.write_text(port_file.read_text().replace(url, "http://127.0.0.1:9"))
            it.until("cannot be reached")
            port_file.write_text(port_file.read_text().replace("http://127.0.0.1:9", url))
            loaded(calm, "payroll")
            it.until("By no operation of the bureau: 1 change")
            assert it.count("cannot be reached") == 1
            assert it.stop() == 0


def test_what_is_wrong_from_the_start_ends_it(reconciler, calm):
    (calm / "policies" / "access.yaml").write_text("access: [\n")
    assert reconciler("drift", *DAY, "--watch").code == 1
    configure(calm, it={"kind": "slack", "url-env": "NOT_SET"})
    ran = reconciler("drift", *DAY, "--watch")
    assert ran.code == 1
    assert "the webhook it has no address" in ran.err


@pytest.mark.parametrize(
    "flags",
    [
        ("--watch", "--adopt"),
        ("--watch", "--format", "csv"),
        ("--watch", "--every", "0s"),
        ("--watch", "--every", "15"),
        ("--watch", "--every", "25h"),
        ("--watch", "--every", "-5m"),
        ("--watch", "--notify"),
    ],
    ids=" ".join,
)
def test_wrong_usage(reconciler, calm, flags):
    assert reconciler("drift", *DAY, *flags).code == 64


def test_pauses_grow_up_to_the_usual_one_and_a_failure_is_told_once(capsys):
    class Asked:
        say = catalogue("en")

    before = _Before(in_sync=True)
    pauses = [_failed(Unreachable(Message("gone")), Asked, before, 60.0) for _ in range(6)]
    assert pauses == [5, 10, 20, 40, 60, 60]
    assert capsys.readouterr().err == "error: gone\n"
    _failed(Unreachable(Message("gone otherwise")), Asked, before, 60.0)
    assert capsys.readouterr().err == "error: gone otherwise\n"
