"""What is written of a run: as the schema says, complete, and compact without losing an item."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.apply import Ended, Item, Result, Results
from reconciler.apply.orders import start
from reconciler.audit import read
from reconciler.audit.chain import EMPTY, lines_of
from reconciler.audit.entries import (
    Approval,
    ApprovalKind,
    Event,
    Source,
    operations,
    plan_refused,
    result,
    run_begun,
    run_ended,
)
from reconciler.errors import Message
from reconciler.grid import Outcome
from reconciler.guardrails import Refusal
from reconciler.plan.outcome import outcome_digest
from reconciler.resources import resource
from tests.audit.runs import AT, SOURCE, YES, not_finished, run_of, small_plan

SCHEMA = json.loads(resource("schemas/audit.schema.json").read_text("utf-8"))


def valid(entry):
    Draft202012Validator(SCHEMA).validate(entry)
    assert jsonschema_rs.validator_for(SCHEMA).is_valid(entry)
    return entry


def test_a_run_is_written_as_the_schema_says_and_is_read_back():
    written = [valid(entry) for entry in run_of(small_plan())]
    lines = lines_of(written, EMPTY)
    assert [entry for _, entry in read.entries_in(lines)] == written
    assert [entry["event"] for entry in written[:2]] == ["run-begun", "operation"]
    assert written[-1]["event"] == "run-ended"


def test_the_beginning_tells_who_from_where_on_whose_approval_and_what():
    plan = small_plan()
    source = replace(SOURCE, ci_actor="octocat", ci_run="https://ci.example/7", dirty=True)
    approval = Approval(ApprovalKind.FILE, "chief@x.example", "plan.json", ("removals=120",))
    entry = valid(run_begun(plan, "run-1", AT, source, approval))
    assert entry == {
        "event": "run-begun",
        "at": AT,
        "run": "run-1",
        "bureau": "test",
        "timezone": "Europe/Stockholm",
        "date": "2026-11-24",
        "revision": "1",
        "plan": outcome_digest(plan),
        "operator": "me",
        "user": "ingrid",
        "host": "build-7",
        "ci-actor": "octocat",
        "ci-run": "https://ci.example/7",
        "tool": "0.1.0",
        "commit": "c" * 40,
        "policies": "d" * 64,
        "dirty": True,
        "approval": {"kind": "file", "by": "chief@x.example", "file": "plan.json"},
        "allowed": ["removals=120"],
    }


def test_what_is_not_known_is_left_out():
    entry = valid(run_begun(small_plan(), "run-1", AT, Source(), YES))
    assert not {"user", "host", "ci-actor", "ci-run", "commit", "dirty"} & set(entry)


def test_each_operation_is_told_before_with_its_rules_their_reasons_and_tickets():
    plan = small_plan()
    told = [valid(entry) for entry in operations(plan, AT, start(plan, "run-1"))]
    assert [entry["place"] for entry in told] == list(range(len(told)))
    given = [entry for entry in told if entry["kind"] == "give-access"]
    assert {name for entry in given for name in entry["consultants"]} == {"anna", "bo"}
    assert all(
        entry["rules"]
        == [
            {
                "rule": "rule",
                "kind": "assignment",
                "until": "2027-03-31",
                "reason": "covers for Eva",
                "ticket": "BYR-7",
            }
        ]
        for entry in given
    )
    (taken,) = [entry for entry in told if entry["kind"] == "remove-access"]
    assert (taken["consultants"], taken["clients"], taken["rules"]) == (["cy"], ["1055"], [])


def test_what_has_come_to_its_end_is_not_told_again_where_a_run_goes_on():
    plan = small_plan()
    begun = start(plan, "run-1")
    first, *rest = begun.results
    known = Results("run-1", (replace(first, ended=Ended.FINISHED), *rest))
    assert [entry["place"] for entry in operations(plan, AT, known)] == list(range(1, len(begun.results)))


names = st.sampled_from(["a", "b", "c", "d"])
items = st.lists(
    st.builds(
        Item,
        names,
        names,
        st.booleans(),
        st.lists(st.sampled_from(["p", "q"]), unique=True).map(tuple),
        st.sampled_from(list(Outcome)),
        st.sampled_from([None, "client-not-connected", "needs-system-administrator"]),
    ),
    unique_by=lambda item: (item.consultant, item.client),
    max_size=14,
)


@given(items)
def test_the_blocks_of_a_result_are_exactly_its_items(told):
    order = start(small_plan(), "run-1").results[0].order
    one = Result(0, order, Ended.FINISHED, "job", tuple(told))
    entry = valid(result("run-1", AT, 0, one))
    cells = [
        (block["outcome"], block.get("reason"), block["access"], tuple(block["programs"]), who, where)
        for block in entry["blocks"]
        for who in block["consultants"]
        for where in block["clients"]
    ]
    wanted = [
        (
            item.outcome.value,
            item.reason,
            item.access,
            tuple(sorted(item.programs)),
            item.consultant,
            item.client,
        )
        for item in told
        if item.outcome is not Outcome.ALREADY
    ]
    assert sorted(cells, key=str) == sorted(wanted, key=str)
    assert sum(entry["outcomes"].values()) == sum(len(item.programs) + item.access for item in told)


def test_a_large_block_that_all_ended_alike_is_one_block():
    order = start(small_plan(), "run-1").results[0].order
    told = tuple(
        Item(f"k{i}", f"{j}", access=False, programs=("p",), outcome=Outcome.DONE, reason=None)
        for i in range(30)
        for j in range(40)
    )
    entry = result("run-1", AT, 0, Result(0, order, Ended.FINISHED, "job", told))
    assert [(len(block["consultants"]), len(block["clients"])) for block in entry["blocks"]] == [(30, 40)]


@pytest.mark.parametrize("ended", [one.value for one in Ended if one is not Ended.FINISHED])
def test_an_order_that_came_to_nothing_is_told_with_its_problem(ended):
    (one, *_) = not_finished(
        small_plan(), ended, problem=Message("no answer from {place}", place="https://x")
    )
    entry = valid(result("run-1", AT, 3, one))
    assert (entry["ended"], entry["place"], entry["problem"]) == (ended, 3, "no answer from https://x")


def test_the_end_tells_how_it_came_and_what_is_left():
    plan = small_plan()
    results = Results("run-1", tuple(not_finished(plan, "not-sent")), interrupted=True)
    entry = valid(run_ended(results, AT, None))
    assert entry["interrupted"]
    assert entry["unfinished"] == len(results.results)
    assert "left" not in entry
    stopped = valid(run_ended(replace(results, stopped=Message("the lease was lost")), AT, plan))
    assert stopped["stopped"] == "the lease was lost"
    assert stopped["left"]["changes"] == plan.summary.changes


def test_a_refused_plan_is_told_with_the_figures():
    refusal = Refusal("removals", 120, 20, Message("the plan would remove {n}", n=120))
    plan = small_plan().refused((refusal,))
    entry = valid(plan_refused(plan, AT, SOURCE))
    assert entry["event"] == Event.PLAN_REFUSED
    (told,) = entry["refusals"]
    assert (told["guardrail"], told["figure"], told["limit"]) == ("removals", 120, 20)
    assert "the plan would remove 120" in told["message"]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{}\n",
        b'{"entry":{"event":"x"},"n":1,"previous":"' + b"0" * 64 + b'"}\n',
        b'{"entry":{"at":3,"event":"run-ended"},"n":1,"previous":"' + b"0" * 64 + b'"}\n',
        b'{"entry":{"at":"2026-11-24T10:00:00Z","event":[]},"n":1,"previous":"' + b"0" * 64 + b'"}\n',
        b'{"entry":{' + b'"a":[' * 3000 + b'},"n":1,"previous":"' + b"0" * 64 + b'"}\n',
        b'{"entry":{"\xff":1},"n":1,"previous":"' + b"0" * 64 + b'"}\n',
    ],
)
def test_what_is_no_entry_is_none(line):
    assert read.entry_of(line) is None
