"""An apply that is killed at every single write and gone on with ends as one that was not.

The writes are counted in `crashing.py`. Each is a case: before it and after it, with the bureau's server in the same
process, which is killed too, and with one that lives on. A second kill hits what goes on.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply import Ended
from reconciler.audit.read import entry_of
from reconciler.audit.verify import verify
from reconciler.bureau.store import Store
from reconciler.flow.auditing import log_at
from tests.bureau.world import make_bureau
from tests.faults.world import ACCESS, POLICIES

ROOT = Path(__file__).resolve().parents[2]
DAY = ["--as-of", "2026-11-24"]
APPLY = ["apply", "--yes", "--format", "json", *DAY]
RESUME = ["apply", "--resume", "--yes", "--format", "json"]

CONFIG = """\
policies: policies
backend: {kind: embedded, database: bureau.db, token-file: me.token}
"""

STATE = "SELECT client, consultant, held, mask FROM pair WHERE held ORDER BY client, consultant"
JOBS = "SELECT operation, done, already, refused, failed, ended IS NULL FROM job ORDER BY idempotency_key"


@dataclass(frozen=True)
class End:
    """How a bureau ended."""

    access: list[tuple]
    jobs: list[tuple]
    runs: list[tuple]
    audited: dict[int, str]


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Path:
    """A bureau where every kind of operation is to be done."""
    folder = tmp_path_factory.mktemp("template")
    with Store.open(folder / "bureau.db") as store:
        token = make_bureau(store, access=ACCESS)
    (folder / "policies").mkdir()
    (folder / "policies" / "access.yaml").write_text(POLICIES)
    (folder / "reconciler.yaml").write_text(CONFIG)
    (folder / "me.token").write_text(token)
    (folder / "me.token").chmod(0o600)
    return folder


def audited(folder: Path) -> dict[int, str]:
    """What the audit log, which is sound, tells of the orders of the last run, each once; nothing without its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECONCILER_STATE_DIR", str(folder / "state"))
        log = log_at(None)
    verdict = verify(log, None)
    assert verdict.sound
    assert verdict.anchored
    told = [entry_of(line) for line in log.path.read_bytes().splitlines(keepends=True)]
    if told[-1]["event"] != "run-ended":
        return {}
    results = [one for one in told if one["event"] == "result" and one["run"] == told[-1]["run"]]
    final = {one["place"]: one["ended"] for one in results if Ended(one["ended"]).final}
    assert sum(Ended(one["ended"]).final for one in results) == len(final)
    return final


class Runner:
    """Runs cases in copies of the template."""

    def __init__(self, template: Path, scratch: Path) -> None:
        self.template, self.scratch, self.number = template, scratch, 0
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "RECONCILER_LANG": "en"}
        environment.pop("RECONCILER_TOKEN", None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crashing"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, backend: str, *kills: int, then=RESUME) -> tuple[dict[str, Any], End]:
        """One case, and how its bureau ended."""
        self.number += 1
        folder = self.scratch / f"{self.number}"
        shutil.copytree(self.template, folder)
        asked = {"folder": str(folder), "backend": backend, "first": APPLY, "then": then, "kills": kills}
        told = self.ask(asked)
        if told["codes"][-1] == 1 and "no run of b to go on with" in told["said"]:
            # it was cut off before there was a run, or after its end: a new apply has all to do, or nothing
            assert self.runs(folder) in ([], [("finished",)])
            assert bool(self.jobs(folder)) is bool(self.runs(folder))
            told["codes"] += self.ask(asked | {"kills": []})["codes"]
        with closing(sqlite3.connect(folder / "bureau.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            access = db.execute(STATE).fetchall()
        end = End(access, self.jobs(folder), self.runs(folder), audited(folder))
        shutil.rmtree(folder)
        return told, end

    def ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def runs(self, folder: Path) -> list[tuple]:
        path = folder / "state" / "journal.db"
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            there = db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'run'").fetchone()
            return db.execute("SELECT state FROM run ORDER BY number").fetchall() if there else []

    def jobs(self, folder: Path) -> list[tuple]:
        with closing(sqlite3.connect(folder / "bureau.db")) as db:
            return db.execute(JOBS).fetchall()


@pytest.fixture(scope="module")
def runner(template, tmp_path_factory):
    made = Runner(template, tmp_path_factory.mktemp("scratch"))
    yield made
    made.process.communicate(timeout=30)


@pytest.fixture(scope="module")
def calm(runner) -> End:
    """How an apply ends that nobody kills."""
    told, end = runner.run("embedded")
    assert told["codes"] == [0], told
    assert len(end.jobs) >= 4
    assert end.runs == [("finished",)]
    assert {job[0] for job in end.jobs} == {"give-access", "remove-programs", "remove-access"}
    return end


def enumerate_kills(runner: Runner, backend: str, step: int = 1, **how: Any):
    """Every write of an apply in turn, or every so manieth, until there are no more."""
    for kill in itertools.count(0, step):
        told, end = runner.run(backend, kill, **how)
        if not told["killed"]:
            return
        yield told, end


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", ["embedded", "http"])
def test_killed_at_every_write_and_gone_on_with_it_ends_as_if_it_had_not_been(runner, calm, backend):
    labels = []
    for told, end in enumerate_kills(runner, backend):
        labels += told["killed"]
        assert told["codes"][0] == -9
        assert told["codes"][-1] == 0, told
        assert end == calm, told
    for what in (
        "journal UPDATE",
        "journal COMMIT",
        "POST operations",
        "POST leases",
        "file replace",
        "file unlink",
    ):
        for when in ("before", "after"):
            assert f"{when} {what}" in labels
    assert ("before bureau COMMIT" in labels) is (backend == "embedded")
    assert len(labels) > 60


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("backend", ["embedded", "http"])
def test_a_new_apply_after_a_kill_ends_there_too(runner, calm, backend):
    for told, end in enumerate_kills(runner, backend, step=3, then=APPLY):
        assert told["codes"][-1] == 0, told
        assert end.access == calm.access, told
        assert not any(job[-1] for job in end.jobs)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_again_while_it_goes_on(runner, calm):
    chance = random.Random(1)
    for _ in range(25):
        kills = [chance.randrange(80) for _ in range(chance.randrange(2, 5))]
        told, end = runner.run(chance.choice(["embedded", "http"]), *kills)
        if 1 not in told["codes"][:-1]:
            assert told["codes"][-1] == 0, (kills, told)
            assert end == calm, (kills, told)
