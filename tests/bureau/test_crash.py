"""A server that is killed in the middle of a job, as a real process: the job is finished exactly once."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from reconciler.bureau.store import Store
from tests.bureau.server import started
from tests.bureau.world import make_bureau

PEOPLE = [f"k{number:03}" for number in range(100)]
PLACES = [f"{number}" for number in range(1000, 1100)]


@pytest.mark.slow
def test_killed_in_the_middle_again_and_again(tmp_path: Path):
    path = tmp_path / "bureau.db"
    with Store.open(path) as store:
        token = make_bureau(store, consultants=PEOPLE, clients=PLACES, left=(), disconnected=())
    body = {"operation": "give-access", "consultants": PEOPLE, "clients": PLACES, "programs": ["payroll"]}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "once"}
    location, seen = "", [0]
    while seen[-1] < 10_000:
        with (
            started(path, chunk=50) as (process, url),
            httpx.Client(base_url=url, headers=headers, timeout=20, trust_env=False) as client,
        ):
            # sent again after each crash, as a caller does who never got an answer
            answer = client.post("/v1/operations", json=body).raise_for_status()
            assert location in {"", answer.headers["Location"]}
            location = answer.headers["Location"]
            while (finished := client.get(location).json()["finished"]) < min(seen[-1] + 1500, 10_000):
                time.sleep(0.002)
            seen.append(finished)
            process.kill()
    assert len(seen) >= 4  # it was in the middle when it was killed

    with (
        started(path, chunk=50) as (process, url),
        httpx.Client(base_url=url, headers=headers, timeout=20, trust_env=False) as client,
    ):
        job = client.get(location, headers={"Prefer": "wait=20"}).json()
        results = client.get(f"{location}/results", params={"limit": 10_000}).json()
        told = client.get("/v1/notifications").json()
        bureau = client.get("/v1/bureau").json()
        process.terminate()
        assert process.wait(20) in {0, -signal.SIGTERM}  # the last one goes down in order
    assert job["outcomes"] == {"done": 10_000, "already": 0, "refused": 0, "failed": 0}
    assert (
        len({(item["consultant"], item["client"]) for item in results["items"]}) == results["total"] == 10_000
    )
    assert told["total"] == 1
    assert bureau["totals"]["pairs"] == 10_000
    assert int(bureau["revision"]) == 3 + 10_000 / 50  # each chunk once
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
