"""One apply of a bureau at a time: on this machine, from another one, and after one was killed."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reconciler.apply import Order
from reconciler.backends import BackendConfig, open_backend
from reconciler.bureau.bodies import OperationRequest
from reconciler.bureau.jobs import submit
from reconciler.bureau.operators import sign_in
from reconciler.bureau.store import Store
from reconciler.commands.progress import telling
from reconciler.errors import Busy, Exit, LeaseLost, ReconcilerError
from reconciler.flow import locks
from reconciler.flow.locks import Turn, locked
from reconciler.formats.catalogue import catalogue
from reconciler.grid import OperationKind
from tests.backends.bureaus import make_bureau

ROOT = Path(__file__).resolve().parents[2]
TELL = telling(catalogue("en"))

HOLDING = """
import sys, time
from reconciler.backends import BackendConfig, open_backend
from reconciler.flow import locks
database, token, seconds, lasts = sys.argv[1:]
locks.SECONDS = int(lasts)
config = BackendConfig("embedded", {"database": database}, token)
with open_backend(config) as backend:
    with locks.locked(backend, config.place, locks.Turn("run-0", "bo@work"), print):
        print("held", flush=True)
        time.sleep(float(seconds))
"""


@pytest.fixture
def config(tmp_path, monkeypatch) -> BackendConfig:
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "state"))
    token = make_bureau(tmp_path / "b.db")["anna"]
    return BackendConfig("embedded", {"database": str(tmp_path / "b.db")}, token)


@contextlib.contextmanager
def held(config, run="run-1", wait=0.0, who="anna@home"):
    with open_backend(config) as backend, locked(backend, config.place, Turn(run, who, wait), TELL) as hold:
        yield hold, backend


@contextlib.contextmanager
def held_by_another(config, seconds: float, lasts: int = 120):
    """A process of its own that holds the bureau for so long, unless it is killed before."""
    command = [
        sys.executable,
        "-c",
        HOLDING,
        config.settings["database"],
        config.token,
        f"{seconds}",
        f"{lasts}",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def another_machine(monkeypatch, tmp_path) -> None:
    """From here on we are on another machine: with a state folder of its own."""
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "elsewhere"))


def refused(config, **how) -> Busy:
    with pytest.raises(Busy) as caught, held(config, "run-2", **how):
        pass
    return caught.value


def test_a_second_one_is_refused_at_once_and_told_who_is_at_it(config):
    with held(config) as (hold, _):
        assert hold.lease == "run-1"
        busy = refused(config)
        assert "run run-1 of anna@home since 20" in str(busy)
        assert "--wait" in str(busy.hint)
        assert busy.exit_code == Exit.BUSY == 75
    with held(config, "run-2"):
        pass


def test_from_another_machine_it_is_refused_by_the_lease(config, monkeypatch, tmp_path):
    with held(config):
        another_machine(monkeypatch, tmp_path)
        assert "anna@home run-1 since 20" in str(refused(config))
    with held(config, "run-2"):
        pass


def test_another_bureau_is_another_matter(config, tmp_path):
    token = make_bureau(tmp_path / "c.db")["anna"]
    other = BackendConfig("embedded", {"database": str(tmp_path / "c.db")}, token)
    with held(config), held(other, "run-2"):
        pass


def test_a_file_by_another_name_is_the_same_bureau(config, tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "b.db")
    same = BackendConfig("embedded", {"database": str(tmp_path / "link.db")}, config.token)
    with held(config):
        assert "run-1" in str(refused(same))


@pytest.mark.parametrize("elsewhere", [False, True])
def test_it_can_be_waited_for(config, monkeypatch, tmp_path, capsys, elsewhere):
    with held_by_another(config, 1.0):
        if elsewhere:
            another_machine(monkeypatch, tmp_path)
        with held(config, wait=60):
            pass
    told = capsys.readouterr().err
    assert told.count("waiting: another apply of this bureau is at it") == 1
    assert "bo@work" in told


@pytest.mark.parametrize("elsewhere", [False, True])
def test_waiting_ends_in_time(config, monkeypatch, tmp_path, elsewhere):
    with held_by_another(config, 60):
        if elsewhere:
            another_machine(monkeypatch, tmp_path)
        begun = time.monotonic()
        refused(config, wait=0.7)
        assert 0.7 <= time.monotonic() - begun < 10


def test_who_was_killed_on_this_machine_keeps_nobody_away(config):
    with held_by_another(config, 60) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with held(config) as (hold, backend):
            assert hold.lease == backend.lease().key == "run-1"


def test_the_same_run_goes_on_with_its_lease(config):
    with held_by_another(config, 60) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with held(config, "run-0") as (hold, backend):
            assert hold.lease == backend.lease().key == "run-0"


def test_for_another_machine_the_lease_of_who_was_killed_runs_out(config, monkeypatch, tmp_path):
    with held_by_another(config, 60, lasts=2) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        another_machine(monkeypatch, tmp_path)
        assert "bo@work" in str(refused(config))
        with held(config, wait=30):
            pass


def test_what_the_killed_one_left_running_is_waited_for(config):
    """Its jobs are done by whoever opens the database next, which takes a moment."""
    with held_by_another(config, 60) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    with Store.open(Path(config.settings["database"])) as store:
        with store.read() as db:
            operator = sign_in(db, config.token)
        people, places = ("anna@b.example", "bo@b.example"), ("1042", "1043")
        request = OperationRequest(OperationKind.GIVE_ACCESS, people, places, (), False, None)
        submit(store, operator, "left", request, "run-0")
    with held(config) as (_, backend):
        assert len(backend.current().access) == 4


def test_a_lease_that_somebody_else_has_got_is_lost(config, monkeypatch, tmp_path):
    monkeypatch.setattr(locks, "SECONDS", 1)
    with held(config) as (hold, backend):
        time.sleep(1.1)
        another_machine(monkeypatch, tmp_path)
        with held(config, "run-2"):
            with pytest.raises(LeaseLost, match="run-2"):
                hold.keep()
            order = Order(
                OperationKind.GIVE_ACCESS, ("anna@b.example",), ("1042",), (), backend.revision(), "run-1"
            )
            with pytest.raises(LeaseLost):
                backend.submit(order, "k", hold.lease)


def test_a_lease_is_kept_for_as_long_as_it_is_wanted(config, monkeypatch, tmp_path):
    monkeypatch.setattr(locks, "SECONDS", 1)
    with held(config) as (hold, backend):
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            hold.keep()
            time.sleep(0.05)
            assert backend.lease().key == "run-1"


class Without:
    """A backend that does without leases."""

    def take_lease(self, key, holder, seconds):
        return None


def test_a_backend_without_leases_is_told_of_once_and_the_lock_holds(config, capsys):
    with locked(Without(), config.place, Turn("run-1", "anna@home"), TELL) as hold:
        assert hold.lease is None
        hold.keep()
        with pytest.raises(Busy), locked(Without(), config.place, Turn("run-2", "bo@work"), TELL):
            pass
    assert capsys.readouterr().err.count("this backend has no leases") == 1


def test_of_many_who_come_at_once_one_gets_it(config):
    start, results = threading.Barrier(8), []

    def come(number: int) -> None:
        start.wait()
        try:
            with held(config, f"run-{number}"):
                results.append("held")
                time.sleep(1)
        except Busy:
            results.append("busy")

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["busy"] * 7 + ["held"]


def test_where_no_lock_can_be_there_is_no_turn(config, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "file" / "state"))
    with pytest.raises(ReconcilerError, match="state folder"), held(config):
        pass
