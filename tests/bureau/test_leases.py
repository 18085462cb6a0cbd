"""Leases: one at a bureau at a time, and what is sent under one that was lost is refused."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from reconciler.bureau import leases
from reconciler.bureau.bodies import OperationRequest
from reconciler.bureau.chunks import advance, unfinished
from reconciler.bureau.jobs import submit
from reconciler.bureau.leases import Wish, parse_wish, read_leases, release, renew, take
from reconciler.bureau.operators import add_operator, sign_in
from reconciler.bureau.problems import Problem
from reconciler.bureau.store import Store
from reconciler.grid import OperationKind
from tests.bureau.contract import component
from tests.bureau.world import SYSTEM, Api, make_bureau, served, without_history

GIVE = {"operation": "give-access", "consultants": ["anna"], "clients": ["1"], "programs": []}


def wish(api: Api, key: str, seconds: int = 100, holder: str = "anna at home"):
    return api.send("POST", "/v1/leases", json={"id": key, "holder": holder, "seconds": seconds})


def renewed(api: Api, key: str):
    return api.send("POST", f"/v1/leases/{key}/renew")


def released(api: Api, key: str) -> None:
    assert api.send("POST", f"/v1/leases/{key}/release").status_code == 204


def held(api: Api) -> list[str]:
    return [lease["id"] for lease in api.json("/v1/leases")["items"]]


def code(response) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


LOST = (409, "lease-lost")
HELD = (409, "lease-held")


def test_a_lease_is_taken_renewed_and_released(store: Store):
    with served(store, make_bureau(store)) as api:
        assert held(api) == []
        first = wish(api, "r1", 60).json()
        assert (first["id"], first["operator"], first["holder"], first["seconds"]) == (
            "r1", "op", "anna at home", 60,
        )  # fmt: skip
        lasts = datetime.fromisoformat(first["expires"]) - datetime.fromisoformat(first["granted"])
        assert timedelta(seconds=60) <= lasts < timedelta(seconds=61)
        assert api.json("/v1/leases")["items"] == [first]
        time.sleep(0.01)
        again = renewed(api, "r1").json()
        assert again["granted"] == first["granted"]
        assert again["expires"] > first["expires"]
        for _ in range(2):
            released(api, "r1")
        assert held(api) == []
        assert code(renewed(api, "r1")) == LOST


def test_a_second_one_is_refused_and_told_whose_it_is(store: Store):
    with served(store, make_bureau(store)) as api:
        wish(api, "r1", holder="bo at \u202ework")
        refused = wish(api, "r2")
        assert code(refused) == HELD
        assert "bo at \u202ework" in refused.json()["detail"]
        assert held(api) == ["r1"]
        released(api, "r2")
        assert held(api) == ["r1"]
        released(api, "r1")
        assert wish(api, "r2").status_code == 200


def test_asked_for_again_it_is_the_same_one(store: Store):
    with served(store, make_bureau(store)) as api:
        first = wish(api, "r1", 60).json()
        again = wish(api, "r1", 90).json()
        assert again["granted"] == first["granted"]
        assert again["seconds"] == 90
        assert again["expires"] > first["expires"]
        released(api, "r1")
        assert wish(api, "r1").status_code == 200


def test_one_that_ran_out_goes_to_whoever_asks_first(store: Store):
    with served(store, make_bureau(store)) as api:
        wish(api, "r1", 1)
        assert code(wish(api, "r2")) == HELD
        time.sleep(1.01)
        assert held(api) == []
        assert renewed(api, "r1").status_code == 200
        time.sleep(1.01)
        assert wish(api, "r2").status_code == 200
        assert code(renewed(api, "r1")) == LOST
        assert "anna at home" in renewed(api, "r1").json()["detail"]


def test_what_is_sent_under_a_lost_lease_is_refused(store: Store):
    with served(store, make_bureau(store)) as api:
        wish(api, "r1", 1)
        mine = api.post(GIVE, "k1", headers={"Lease": "r1"})
        assert mine.status_code == 202
        api.get(mine.headers["Location"], Prefer="wait=30")
        time.sleep(1.01)
        # it has run out, but nobody else has had one: nothing can have mixed
        assert api.post(GIVE, "k2", headers={"Lease": "r1"}).status_code == 202
        while wish(api, "r2").status_code != 200:
            time.sleep(0.01)
        assert code(api.post(GIVE, "k3", headers={"Lease": "r1"})) == LOST
        assert code(api.post(GIVE, "k3", headers={"Lease": "never"})) == LOST
        # what was taken in before is told of again, whoever holds it now
        assert api.post(GIVE, "k1", headers={"Lease": "r1"}).json()["id"] == mine.json()["id"]
        assert api.post(GIVE, "k3", headers={"Lease": "r2"}).status_code == 202
        released(api, "r2")
        assert code(api.post(GIVE, "k4", headers={"Lease": "r2"})) == LOST


@pytest.mark.parametrize(("back", "keeps_away"), [(1, True), (59, True), (61, False), (86400 * 365, False)])
def test_a_clock_that_is_set_back_locks_nobody_out(store: Store, monkeypatch, back: int, keeps_away: bool):
    """A little is borne with; by more, a lease whose holder is gone would last for as long."""
    with served(store, make_bureau(store)) as api:
        wish(api, "r1", 60)
        real = leases.later
        monkeypatch.setattr(leases, "later", lambda seconds: real(seconds - back))
        monkeypatch.setattr(leases, "now", lambda: real(-back))
        assert held(api) == (["r1"] if keeps_away else [])
        assert (wish(api, "r2", 60).status_code == 200) is not keeps_away
        mine = api.post(GIVE, "k1", headers={"Lease": "r1"})
        if keeps_away:
            assert mine.status_code == 202
        else:
            assert code(mine) == LOST  # and does nothing


def test_who_renews_keeps_a_lease_when_the_clock_was_set_back(store: Store, monkeypatch):
    with served(store, make_bureau(store)) as api:
        wish(api, "r1", 60)
        real = leases.later
        monkeypatch.setattr(leases, "later", lambda seconds: real(seconds - 86400))
        monkeypatch.setattr(leases, "now", lambda: real(-86400))
        assert renewed(api, "r1").status_code == 200
        assert held(api) == ["r1"]
        assert code(wish(api, "r2", 60)) == HELD


def test_who_has_none_works_on(store: Store):
    with served(store, make_bureau(store)) as api:
        wish(api, "r1")
        api.operate("give-access", ["anna"], ["1"])
        assert api.access() == {("anna", "1"): []}


@pytest.mark.parametrize("ends", ["released", "runs out"])
def test_none_is_given_while_jobs_of_another_one_run(store: Store, ends: str):
    with served(store, make_bureau(store), working=False) as api:
        wish(api, "r1", 1)
        job = api.post(GIVE, headers={"Lease": "r1"})
        assert job.status_code == 202
        if ends == "released":
            released(api, "r1")
        else:
            time.sleep(1.01)
        refused = wish(api, "r2")
        assert code(refused) == HELD
        assert "jobs" in refused.json()["detail"]
        assert held(api) == ["r1"]
        assert wish(api, "r1").status_code == 200  # its own jobs keep nobody away
        released(api, "r1")
        with store.write() as db:
            advance(db, unfinished(db)[0], 100)
        assert held(api) == []
        assert wish(api, "r2").status_code == 200


def test_jobs_without_a_lease_keep_nobody_away(store: Store):
    with served(store, make_bureau(store), working=False) as api:
        api.post(GIVE)
        assert wish(api, "r1").status_code == 200


def test_a_lease_belongs_to_an_operator_and_a_bureau(store: Store):
    token = make_bureau(store)
    other = add_operator(store, "b", "other", "Other", [SYSTEM])
    elsewhere = make_bureau(store, "c")
    with served(store, token) as api:
        wish(api, "r1")
        theirs, apart = api.signed_in(other), api.signed_in(elsewhere)
        assert code(wish(theirs, "r1")) == HELD
        assert code(renewed(theirs, "r1")) == LOST
        assert code(theirs.post(GIVE, headers={"Lease": "r1"})) == LOST
        released(theirs, "r1")
        assert held(api) == held(theirs) == ["r1"]
        assert held(apart) == []
        assert wish(apart, "r1").status_code == 200
        released(apart, "r1")
        assert held(api) == ["r1"]


def test_of_twenty_who_ask_at_once_one_gets_it(store: Store):
    answers = []
    with served(store, make_bureau(store)) as api:
        start = threading.Barrier(20)

        def ask(number: int) -> None:
            start.wait()
            answers.append(wish(api, f"r{number}").status_code)

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(answers) == [200] + [409] * 19


@pytest.mark.parametrize("name", ["", "a b", "å".encode(), "x" * 256, "a/b", ".."])
def test_names_of_leases_that_cannot_be(store: Store, name: str | bytes):
    with served(store, make_bureau(store)) as api:
        assert code(api.post(GIVE, headers={"Lease": name})) == (400, "invalid-request")
        assert api.access() == {}


def test_a_database_of_version_2_is_brought_up_to_date(store: Store):
    token = make_bureau(store)
    with served(store, token) as api:
        job = api.operate("give-access", ["anna"], ["1"])
    with store.write() as db:
        without_history(db)
        db.execute("DROP TABLE lease")
        db.execute("ALTER TABLE job DROP COLUMN lease")
        db.execute("ALTER TABLE token DROP COLUMN read_only")
        db.execute("PRAGMA user_version = 2")
    store.close()
    with Store.open(store.path) as again, served(again, token) as api:
        assert api.json(f"/v1/jobs/{job}")["state"] == "done"
        assert wish(api, "r1").status_code == 200


bodies = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["r1", "A.b_~-9", "", "a b", "x" * 256, 1, None, "å", ".", "a/b"]),
        "holder": st.sampled_from(["anna", "", "x" * 256, 1, None]),
        "seconds": st.sampled_from([1, 300, 60.0, 0, 301, -1, 1.5, "60", None, True, 10**400]),
        "more": st.just(1),
    },
)
WISH = {"id": "r1", "holder": "anna", "seconds": 60}


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(bodies, bodies.map(lambda body: WISH | body), st.sampled_from([[], 1, None])))
def test_the_server_refuses_what_the_schema_forbids_and_nothing_else(body: object):
    allowed = component("LeaseWish").is_valid(body)
    try:
        parse_wish(json.dumps(body).encode())
    except Problem:
        assert not allowed
    else:
        assert allowed


class Leases(RuleBasedStateMachine):
    """Two operators and a clock, against a model: the last lease, when it ends, and its jobs that run."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store.open(Path(self.folder.name) / "b.db")
        self.at = datetime(2026, 1, 31, tzinfo=UTC)
        self.real = leases.now, leases.later
        leases.now, leases.later = lambda: self.text(0), self.text
        self.last: tuple[str, str] | None = None
        self.ends = self.at
        self.jobs: list[tuple[str, str] | None] = []
        self.keys = 0

    def text(self, seconds: float) -> str:
        at = self.at + timedelta(seconds=seconds)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def teardown(self) -> None:
        leases.now, leases.later = self.real
        self.store.close()
        self.folder.cleanup()

    @initialize()
    def bureau(self) -> None:
        token = make_bureau(self.store)
        two = add_operator(self.store, "b", "two", "Two", [SYSTEM])
        with self.store.read() as db:
            self.operators = {"op": sign_in(db, token), "two": sign_in(db, two)}

    who = st.sampled_from(["op", "two"])
    which = st.sampled_from(["r1", "r2"])

    def tried(self, work) -> bool:
        try:
            with self.store.write() as db:
                work(db)
        except Problem:
            return False
        return True

    @property
    def blocks(self) -> bool:
        return self.last is not None and (
            self.ends > self.at or self.last[1] in [j and j[1] for j in self.jobs]
        )

    @rule(seconds=st.sampled_from([1, 9, 10]))
    def time_goes_on(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)

    @rule(who=who, key=which)
    def take(self, who: str, key: str) -> None:
        allowed = self.last == (who, key) or not self.blocks
        assert self.tried(lambda db: take(db, self.operators[who], Wish(key, "x", 10))) is allowed
        if allowed:
            self.last, self.ends = (who, key), self.at + timedelta(seconds=10)
            self.gone = False

    gone = False

    @rule(who=who, key=which)
    def renew(self, who: str, key: str) -> None:
        allowed = self.last == (who, key) and not self.gone
        assert self.tried(lambda db: renew(db, self.operators[who], key)) is allowed
        if allowed:
            self.ends = self.at + timedelta(seconds=10)

    @rule(who=who, key=which)
    def release(self, who: str, key: str) -> None:
        assert self.tried(lambda db: release(db, self.operators[who], key))
        if self.last == (who, key):
            self.ends, self.gone = self.at, True

    @rule(who=who, key=st.one_of(st.none(), which))
    def operate(self, who: str, key: str | None) -> None:
        self.keys += 1
        request = OperationRequest(OperationKind.GIVE_ACCESS, ("anna",), ("1",), (), False, None)
        allowed = key is None or (self.last == (who, key) and not self.gone)
        try:
            submit(self.store, self.operators[who], f"k{self.keys}", request, key)
        except Problem:
            assert not allowed
        else:
            assert allowed
            self.jobs.append((who, key) if key else None)

    @rule()
    def work(self) -> None:
        if self.jobs:
            with self.store.write() as db:
                advance(db, unfinished(db)[0], 10)
            del self.jobs[0]

    @rule()
    def look(self) -> None:
        with self.store.read() as db:
            shown = read_leases(db, 1)["items"]
        assert [(one["operator"], one["id"]) for one in shown] == ([self.last] if self.blocks else [])


Leases.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestLeases = Leases.TestCase
