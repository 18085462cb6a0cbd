"""Many at once: twenty threads over a real port, and two servers on one database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx

from reconciler.bureau.serve import server_of
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from tests.bureau.world import make_bureau, served

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def on_a_port(store: Store) -> Iterator[str]:
    """The server that `reconciler bureau serve` runs, in a thread; its URL."""
    server = server_of(store, Settings(chunk=3), host="127.0.0.1", port=0)
    socket = server.config.bind_socket()
    socket.listen()  # who connects from now on is answered as soon as it serves
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def test_twenty_threads_on_one_revision(store: Store):
    """Each wants every pair, and half of them the opposite: of each pair exactly one run gets its way."""
    people, places = ["anna", "bo", "cia"], ["1", "2", "3"]
    access = {(person, "1"): ["payroll"] for person in people}
    token = make_bureau(store, access=access)
    headers = {"Authorization": f"Bearer {token}"}
    with (
        on_a_port(store) as url,
        httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as client,
    ):
        bureau = client.get("/v1/bureau").json()
        start = threading.Barrier(20)

        def run(number: int) -> list[dict[str, object]]:
            body = {
                "operation": "give-access" if number % 2 else "remove-access",
                "consultants": people,
                "clients": places,
                "programs": ["invoicing"] if number % 2 else [],
                "expect": {"revision": bureau["revision"], "run": f"run-{number}"},
            }
            start.wait()
            with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=30) as own:
                key = {"Idempotency-Key": f"key-{number}"}
                location = own.post("/v1/operations", json=body, headers=key).headers["Location"]
                assert own.get(location, headers={"Prefer": "wait=30"}).json()["state"] == "done"
                items: list[dict[str, object]] = own.get(f"{location}/results").json()["items"]
            return items

        with ThreadPoolExecutor(20) as pool:
            results = list(pool.map(run, range(20)))
        state = client.get("/v1/access").json()["items"]

    done: dict[tuple[object, object], list[int]] = {}
    for number, items in enumerate(results):
        for item in items:
            if item["outcome"] == "done":
                done.setdefault((item["consultant"], item["client"]), []).append(number)
    assert {len(set(runs)) for runs in done.values()} == {1}
    winners = {pair: runs[0] for pair, runs in done.items()}
    expected = dict(access)
    for pair, number in winners.items():
        if number % 2:
            expected[pair] = sorted([*expected.get(pair, []), "invoicing"])
        else:
            del expected[pair]
    assert {(row["consultant"], row["client"]): row["programs"] for row in state} == expected
    assert len(winners) == 9  # nobody's change was lost: every pair was changed by somebody


def test_two_servers_on_one_database_do_each_chunk_once(store: Store):
    people = [f"k{number:02}" for number in range(30)]
    token = make_bureau(store, consultants=people, left=())
    with (
        Store.open(store.path) as same,
        served(store, token, Settings(chunk=1)) as one,
        served(same, token, Settings(chunk=1)) as two,
    ):
        jobs = []
        for number, api in enumerate([one, two] * 3):
            operation = "give-access" if number % 2 == 0 else "remove-access"
            jobs.append(
                api.post({"operation": operation, "consultants": people, "clients": ["1", "2"]}).json()["id"]
            )
        for job in jobs:
            assert one.get(f"/v1/jobs/{job}", Prefer="wait=30").json()["state"] == "done"
        for job in jobs:
            assert two.json(f"/v1/jobs/{job}")["outcomes"] == {
                "done": 60,
                "already": 0,
                "refused": 0,
                "failed": 0,
            }
            assert two.json(f"/v1/jobs/{job}/results")["total"] == 60
        assert one.json("/v1/notifications")["total"] == 6
        assert one.access() == {}


def test_one_bureau_does_not_wait_for_another(store: Store):
    people = [f"k{number:03}" for number in range(300)]
    large, small = make_bureau(store, "b", consultants=people), make_bureau(store, "c")
    with served(store, large, Settings(chunk=1)) as api:
        long = api.post(
            {"operation": "give-access", "consultants": people, "clients": ["1", "2", "3"]}
        ).json()["id"]
        api.signed_in(small).operate("give-access", ["anna"], ["1"])
        assert api.json(f"/v1/jobs/{long}")["state"] == "running"
