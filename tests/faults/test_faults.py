"""Every fault of the table in docs/faults.md, on a whole apply over real sockets.

Whatever happens on the way: the bureau ends as after an apply that nothing happened to, or apply has stopped with the
reason; nothing was granted or removed that the plan does not say; and once the fault is over, going on leads to the
same end. What apply did is held against the table, which `tests/faults/table.py` writes anew.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reconciler.bureau.serve import server_of
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.commands.cli import run
from tests.bureau.world import make_bureau
from tests.faults.faults import ALWAYS, FOR_EVER, ONCE, PARTICULAR, PLACES, bomb, gzip_bomb
from tests.faults.proxy import Proxy, Rule
from tests.faults.table import hold
from tests.faults.world import ACCESS, POLICIES

CONFIG = """\
policies: policies
backend:
  kind: http
  url: http://127.0.0.1:{port}
  deadline: "1.5"
  read-timeout: "1"
  retries: "3"
  backoff: "0.001"
  max-wait: "0.05"
  total-wait: "2"
  poll: "0.01"
  restarts: "2"
  max-response-bytes: "20000000"
"""

WENT_ON, STOPPED = "goes on", "stops"


@dataclass
class Bureau:
    """A bureau behind a proxy, and the command line beside it."""

    folder: Path
    proxy: Proxy

    def apply(self, *more: str) -> int:
        """Run apply; its exit code."""
        return run(["apply", "--yes", "--as-of", "2026-11-24", "--no-cache", *more])

    def cut_off(self) -> bool:
        """Whether there is a run to go on with."""
        journal = self.folder / "state" / "journal.db"
        if not journal.exists():
            return False
        with closing(sqlite3.connect(journal)) as db:
            there = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'run'").fetchone()
            return bool(there and db.execute("SELECT 1 FROM run WHERE state = 'open'").fetchone())

    def cells(self) -> set[tuple[str, str, int]]:
        """Who holds what: a row for each program, and one (bit -1) for access itself."""
        query = """SELECT client.id, consultant.id, mask FROM pair JOIN client ON client.number = pair.client
                   JOIN consultant ON consultant.number = pair.consultant WHERE held"""
        with closing(sqlite3.connect(self.folder / "bureau.db")) as db:
            rows = db.execute(query).fetchall()
        return {
            (client, consultant, bit)
            for client, consultant, mask in rows
            for bit in (-1, *range(64))
            if bit < 0 or mask >> bit & 1
        }


@contextmanager
def bureau(folder: Path) -> Iterator[Bureau]:
    """A fresh one, with lists that come in small pages."""
    with Store.open(folder / "bureau.db") as store:
        os.environ["RECONCILER_TOKEN"] = make_bureau(store, access=ACCESS)
        settings = Settings(page=2, compact_page=2, compact_access=2, chunk=1)
        server = server_of(store, settings, host="127.0.0.1", port=0)
        socket = server.config.bind_socket()
        socket.listen()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        proxy = Proxy(socket.getsockname()[1])
        proxy.start()
        (folder / "policies").mkdir()
        (folder / "policies" / "access.yaml").write_text(POLICIES)
        (folder / "reconciler.yaml").write_text(CONFIG.format(port=proxy.port))
        try:
            yield Bureau(folder, proxy)
        finally:
            proxy.stop()
            server.should_exit = True
            thread.join(15)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bureau]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECONCILER_LANG", "en")
    monkeypatch.setenv("RECONCILER_TOKEN", "")
    monkeypatch.setenv("RECONCILER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("RECONCILER_LOG_DIR", str(tmp_path / "logs"))
    with bureau(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str, int]]:
    """How the bureau ends when nothing happens."""
    folder = tmp_path_factory.mktemp("calm")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("RECONCILER_TOKEN", "")
        patch.setenv("RECONCILER_STATE_DIR", str(folder / "state"))
        with bureau(folder) as made:
            before = made.cells()
            assert made.apply() == 0
            assert made.cells() != before
            return made.cells()


def tried(there: Bureau, calm: set, capfd: pytest.CaptureFixture[str], *rules: Rule) -> str:
    """Apply under a fault, hold what must hold, and tell what apply did."""
    before = there.cells()
    there.proxy.rules = list(rules)
    code = there.apply()
    said = capfd.readouterr()
    after = there.cells()
    assert there.proxy.spoiled, there.proxy.seen
    # nothing but what the plan says, whatever was answered
    assert after <= before | calm
    assert after >= before & calm
    assert "Traceback" not in said.err + said.out
    assert os.environ["RECONCILER_TOKEN"] not in said.err + said.out
    assert not (there.folder / "logs").exists(), "a bug of ours was recorded"
    assert code in (0, 1, 3, 4), said
    if code == 0:
        assert after == calm
    else:
        assert said.err.strip() or "Result" in said.out
    there.proxy.rules = []
    again = there.apply("--resume") if there.cut_off() else there.apply()
    assert again == 0, capfd.readouterr()
    assert there.cells() == calm
    if code == 0:
        return WENT_ON
    return f"{STOPPED} ({code})"


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", ONCE)
def test_once(there: Bureau, calm, capfd, fault: str, place: str):
    method, path = PLACES[place]
    if ONCE[fault] is gzip_bomb:
        bomb()  # to make it takes longer than apply waits
    hold(fault, place, tried(there, calm, capfd, Rule(method, path, ONCE[fault])))


@pytest.mark.slow
@pytest.mark.parametrize("fault", ALWAYS)
@pytest.mark.parametrize("place", PLACES)
def test_for_ever(there: Bureau, calm, capfd, fault: str, place: str):
    method, path = PLACES[place]
    hold(f"{fault}, for ever", place, tried(there, calm, capfd, Rule(method, path, ONCE[fault], 0, FOR_EVER)))


@pytest.mark.slow
@pytest.mark.parametrize("fault", PARTICULAR, ids=lambda fault: fault.name)
def test_particular(there: Bureau, calm, capfd, fault):
    hold(fault.name, "", tried(there, calm, capfd, *fault.rules()))
