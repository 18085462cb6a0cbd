"""Who changed which pair when: told as it was done, page by page, and by whom only to those who may know."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler import sqlite
from reconciler.bureau.operators import add_operator
from reconciler.bureau.store import LAYOUT, Store
from tests.bureau.world import PROGRAMS, SYSTEM, Api, make_bureau, served, set_access, without_history

if TYPE_CHECKING:
    from collections.abc import Iterator

PATH = "/v1/history/query"


def asked(api: Api, page: int = 1000, **question: Any) -> list[dict[str, Any]]:
    """Every item of an answer, page by page."""
    found: list[dict[str, Any]] = []
    for document in pages(api, page, question):
        found += document["items"]
        assert document["total"] >= len(found)
    assert document["total"] == len(found)
    return found


def pages(api: Api, page: int, question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    following = f"{PATH}?limit={page}"
    while following:
        response = api.send("POST", following, json=question)
        assert response.status_code == 200, response.text
        yield response.json()
        following = response.links.get("next", {}).get("url", "")


def short(item: dict[str, Any]) -> tuple[Any, ...]:
    """What was done to whom."""
    return (
        item["change"],
        item["consultant"],
        item["client"],
        item["access"],
        item["programs"],
        item["through"],
    )


def test_what_each_operation_did_and_nothing_else(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with served(store, token) as api:
        before = datetime.now(UTC) - timedelta(minutes=1)
        job = api.operate(
            "give-access",
            ["anna", "bo"],
            ["1"],
            "payroll",
            expect={"revision": api.json("/v1/bureau")["revision"], "run": "run-1"},
        )
        api.operate("remove-programs", ["anna"], ["1", "2"], "payroll")
        api.operate("remove-access", ["bo"], ["1"])
        items = asked(api)
    assert [short(item) for item in items] == [
        ("removed", "bo", "1", True, ["payroll"], "operation"),
        ("removed", "anna", "1", False, ["payroll"], "operation"),
        ("given", "bo", "1", True, ["payroll"], "operation"),  # anna had it already
        ("given", "anna", "1", True, ["payroll"], "outside"),
    ]
    assert items[2]["by"] == {"operator": {"id": "op", "name": "Op"}, "job": job, "run": "run-1"}
    assert items[1]["by"]["run"] is None
    assert items[3]["by"] is None
    times = [datetime.fromisoformat(item["at"]) for item in items]
    assert times == sorted(times, reverse=True)
    assert all(before < at < before + timedelta(hours=1) for at in times)


def test_what_was_refused_is_not_told(store: Store):
    make_bureau(store)
    weak = add_operator(store, "b", "weak", "Weak", [])
    with served(store, weak) as api:
        api.operate("give-access", ["anna"], ["1"], "payroll")
        assert asked(api) == []


def test_who_may_not_see_the_operators_is_not_told_of_them(store: Store):
    token = make_bureau(store)
    blind = add_operator(store, "b", "blind", "Blind", [SYSTEM])
    with served(store, token) as api:
        api.operate("give-access", ["anna"], ["1"])
        mine = api.signed_in(blind)
        mine.operate("give-access", ["bo"], ["1"])
        assert [item["by"] and item["by"]["operator"]["id"] for item in asked(mine)] == ["blind", None]
        assert [item["by"] and item["by"]["operator"]["id"] for item in asked(api)] == ["blind", "op"]
        assert {item["through"] for item in asked(mine)} == {"operation"}


def test_another_bureau_has_a_history_of_its_own(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    other = make_bureau(store, "c", access={("bo", "2"): []})
    with served(store, token) as api:
        assert [item["consultant"] for item in asked(api)] == ["anna"]
        assert [item["consultant"] for item in asked(api.signed_in(other))] == ["bo"]
        assert asked(api.signed_in(other), consultants=["anna"]) == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({}, "4321"),
        ({"consultants": ["anna"]}, "31"),
        ({"clients": ["1"]}, "21"),
        ({"consultants": ["anna", "nobody"], "clients": ["2", "3"]}, "3"),
        ({"consultants": ["nobody"]}, ""),
        ({"clients": ["nowhere"]}, ""),
        ({"since": "9999-12-31T23:59:59Z"}, ""),
        ({"since": "2000-01-01T00:00:00Z"}, "4321"),
    ],
)
def test_of_whom_and_where(store: Store, question, expected: str):
    token = make_bureau(store)
    steps = [("anna", "1"), ("bo", "1"), ("anna", "2"), ("cia", "3")]
    with served(store, token) as api:
        for who, client in steps:
            api.operate("give-access", [who], [client])
        found = asked(api, page=1, **question)
    assert [(item["consultant"], item["client"]) for item in found] == [steps[int(n) - 1] for n in expected]


def test_since_is_to_the_millisecond(store: Store):
    token = make_bureau(store)
    with served(store, token) as api:
        api.operate("give-access", ["anna"], ["1"])
        api.operate("give-access", ["bo"], ["1"])
        at = asked(api)[0]["at"]
        assert asked(api, since=at)[0]["consultant"] == "bo"
        assert len(asked(api, since=f"{at[:-1]}999Z")) >= 1
        later = datetime.fromisoformat(at) + timedelta(milliseconds=1)
        assert asked(api, since=f"{later:%Y-%m-%dT%H:%M:%S}.{later.microsecond // 1000:03}Z") == []
        whole = datetime.fromisoformat(at).replace(microsecond=0)
        assert len(asked(api, since=f"{whole:%Y-%m-%dT%H:%M:%S}Z")) >= 1


def test_what_is_done_while_pages_are_read_is_on_none_of_them(store: Store):
    token = make_bureau(store, access={("anna", "1"): [], ("bo", "1"): [], ("cia", "1"): []})
    with served(store, token) as api:
        found: list[str] = []
        for number, document in enumerate(pages(api, 1, {})):
            found += [item["consultant"] for item in document["items"]]
            assert document["total"] == 3
            api.operate("give-access", ["anna"], ["2"], PROGRAMS[number])
        assert sorted(found) == ["anna", "bo", "cia"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ({"who": ["anna"]}, "/who"),
        ({"consultants": []}, "/consultants"),
        ({"clients": ["1", "1"]}, "/clients"),
        ({"clients": None}, "/clients"),
        ({"since": "2026-01-31"}, "/since"),
        ({"since": "2026-01-31T12:00:00+01:00"}, "/since"),
        ({"since": "2026-01-31T24:00:00Z"}, "/since"),
        ({"since": 5}, "/since"),
        ({"since": None}, "/since"),
    ],
)
def test_questions_that_are_none(store: Store, body, pointer: str):
    with served(store, make_bureau(store)) as api:
        answer = api.send("POST", PATH, json=body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_cursor_of_another_list(store: Store):
    with served(store, make_bureau(store)) as api:
        assert api.send("POST", f"{PATH}?cursor=WyJhY2Nlc3MiLDE3LDEwMDBd", json={}).status_code == 400


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["give-access", "remove-access", "remove-programs", "load"]),
        st.sets(st.sampled_from(["anna", "bo"]), min_size=1),
        st.sets(st.sampled_from(["1", "2"]), min_size=1),
        st.sets(st.sampled_from(PROGRAMS), min_size=1),
    ),
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_the_history_played_from_its_beginning_is_the_state(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("history") / "b.db"
    with Store.open(path) as store, served(store, make_bureau(store)) as api:
        for kind, who, clients, programs in steps:
            if kind == "load":
                set_access(store, "b", {(one, client): sorted(programs) for one in who for client in clients})
            else:
                wanted = () if kind == "remove-access" else sorted(programs)
                api.operate(kind, sorted(who), sorted(clients), *wanted)
        state: dict[tuple[str, str], set[str]] = {}
        for item in reversed(asked(api, page=3)):
            pair = item["consultant"], item["client"]
            if item["change"] == "given":
                assert item["access"] == (pair not in state)
                assert not state.get(pair, set()) & set(item["programs"])
                state.setdefault(pair, set()).update(item["programs"])
            else:
                assert state[pair] >= set(item["programs"])
                state[pair] -= set(item["programs"])
                if item["access"]:
                    assert not state.pop(pair)
        assert {pair: sorted(programs) for pair, programs in state.items()} == api.access()


def test_a_file_of_the_version_before_gets_a_history_from_then_on(tmp_path: Path):
    path = tmp_path / "b.db"
    with Store.open(path) as store:
        token = make_bureau(store, access={("anna", "1"): ["payroll"]})
        with store.write() as db:
            without_history(db)
    with Store.open(path) as store, served(store, token) as api:
        assert asked(api) == []
        api.operate("remove-programs", ["anna"], ["1"], "payroll")
        assert [short(item)[:3] for item in asked(api)] == [("removed", "anna", "1")]
    with closing(sqlite.connect(path, 1)) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == LAYOUT.version
