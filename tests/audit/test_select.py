"""What an auditor asks, and the answers: cell by cell as a plain reading of the entries has it."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply import Item, Results
from reconciler.apply.orders import start
from reconciler.audit import read
from reconciler.audit.chain import EMPTY, lines_of
from reconciler.audit.entries import operations, plan_refused, result, run_begun, run_ended
from reconciler.audit.select import Asked, Became, select
from reconciler.errors import Message
from reconciler.grid import OperationKind, Outcome
from tests.audit.runs import AT, SOURCE, YES, all_done, not_finished, run_of, small_plan


def asked(**fields) -> Asked:
    return Asked(
        **{
            name: value if name in {"since", "until", "runs"} else frozenset(value)
            for name, value in fields.items()
        }
    )


def answers(entries, **fields):
    return list(select(enumerate(entries, 1), asked(**fields)))


def cells(found):
    return {
        (part.became.value, part.kind.value, who, where, what)
        for shown in found
        for part in shown.parts
        for who in part.consultants
        for where in part.clients
        for what in (*part.programs, *(("",) if part.access else ()))
    }


def test_who_got_payroll_at_1042_when_on_whose_approval_and_why():
    found = answers(run_of(small_plan()), clients={"1042"}, programs={"payroll"})
    assert {(who, where, what) for _, _, who, where, what in cells(found) if what} == {
        ("anna", "1042", "payroll"),
        ("bo", "1042", "payroll"),
    }
    for shown in found:
        assert shown.begun["operator"] == "me"
        assert shown.begun["approval"] == {"kind": "yes"}
        assert shown.order["rules"][0]["reason"] == "covers for Eva"
        assert shown.when == dt.datetime(2026, 11, 24, 22, 30, tzinfo=dt.UTC)


def test_without_a_question_everything_is_told_once():
    entries = run_of(small_plan())
    found = answers(entries)
    events = [shown.entry["event"] for shown in found]
    assert events == [entry["event"] for entry in entries if entry["event"] != "operation"]


def test_what_goes_with_an_access_is_found_by_its_program():
    found = answers(run_of(small_plan()), programs={"books"})
    assert cells(found) == {
        ("done", "remove-access", "cy", "1055", "books"),
        ("done", "remove-access", "cy", "1055", ""),
    }


@pytest.mark.parametrize(
    ("since", "until", "there"),
    [
        ("2026-11-24", None, True),
        ("2026-11-25", None, False),
        (None, "2026-11-24", True),
        (None, "2026-11-23", False),
        ("2026-11-24", "2026-11-24", True),
    ],
)
def test_days_are_those_of_the_bureau(since, until, there):
    day = {name: dt.date.fromisoformat(text) for name, text in (("since", since), ("until", until)) if text}
    assert bool(answers(run_of(small_plan()), **day)) is there
    # half past eleven in the evening in Stockholm, a quarter of an hour before the day there ends
    late = [{**entry, "at": "2026-11-24T23:30:00Z"} for entry in run_of(small_plan())]
    later = answers(late, since=dt.date(2026, 11, 25), until=dt.date(2026, 11, 25))
    assert len(later) == len(answers(late))


def test_an_unknown_time_zone_is_read_as_utc():
    entries = [
        {**entry, "timezone": "../Mars"} if "timezone" in entry else entry for entry in run_of(small_plan())
    ]
    assert answers(entries)[0].when.utcoffset() == dt.timedelta(0)


@given(
    st.sets(st.sampled_from(["anna", "cy", "zoe"])),
    st.sets(st.sampled_from(["1042", "1055", "1"])),
    st.integers(0, 2**12),
)
def test_leaving_lines_out_by_their_bytes_changes_no_answer(who, where, keep):
    def told(order):
        return [item for number, item in enumerate(all_done(order)) if keep >> number & 1]

    entries = [*run_of(small_plan(), "a", told), *run_of(small_plan(reason='"1055"'), "b", told, end=False)]
    lines = lines_of(entries, EMPTY)
    question = asked(consultants=who, clients=where)
    everything = list(select(read.entries_in(lines), question))
    assert list(select(read.entries_in(lines, [who, where]), question)) == everything


def test_by_operator_and_by_run():
    entries = [*run_of(small_plan(), "20261124-a"), *run_of(small_plan(), "20261125-b")]
    assert {shown.entry["run"] for shown in answers(entries, runs=("20261124",))} == {"20261124-a"}
    assert answers(entries, operators={"somebody"}) == []
    assert len(answers(entries, operators={"me"})) == len(answers(entries))


def test_two_runs_that_were_written_at_once_are_told_apart():
    one, two = run_of(small_plan(reason="one"), "a"), run_of(small_plan(reason="two"), "b")
    mixed = [entry for pair in zip(one, two, strict=True) for entry in pair]
    for shown in answers(mixed, became={Became.DONE}):
        if shown.order["rules"]:
            assert shown.order["rules"][0]["reason"] == ("one" if shown.entry["run"] == "a" else "two")


def test_a_run_that_was_killed_leaves_what_nobody_knows_of():
    plan = small_plan()
    begun = start(plan, "run-1")
    entries = [run_begun(plan, "run-1", AT, SOURCE, YES), *operations(plan, AT, begun)]
    first = run_of(plan)[len(entries)]
    found = answers([*entries, first], became={Became.UNKNOWN})
    assert len(found) == len(begun.results) - 1
    assert {shown.line for shown in found} == set(range(3, len(begun.results) + 2))
    # it is resumed: what is told now is known, and nothing is told twice
    rest = [run_begun(plan, "run-1", AT, SOURCE, YES), *run_of(plan)[len(entries) + 1 :]]
    assert answers([*entries, first, *rest], became={Became.UNKNOWN}) == []
    assert cells(answers([*entries, first, *rest])) == cells(answers(run_of(plan)))


@pytest.mark.parametrize(
    ("ended", "became"),
    [
        ("not-sent", "not-done"),
        ("rejected", "not-done"),
        ("unfinished", "unknown"),
        ("unanswered", "unknown"),
    ],
)
def test_an_order_that_did_not_come_to_its_end(ended, became):
    plan = small_plan()
    begun = start(plan, "run-1")
    results = not_finished(plan, ended, problem=Message("because"))
    entries = [
        run_begun(plan, "run-1", AT, SOURCE, YES),
        *operations(plan, AT, begun),
        *(result("run-1", AT, place, one) for place, one in enumerate(results)),
        run_ended(Results("run-1", tuple(results)), AT, None),
    ]
    found = answers(entries, became={Became(became)})
    assert len(found) == len(results)
    assert {part.why for shown in found for part in shown.parts} == {"because"}
    # resumed and done: the orders are remembered with their rules
    more = [run_begun(plan, "run-1", AT, SOURCE, YES), *run_of(plan)[1 + len(results) :]]
    done = answers([*entries, *more], became={Became.DONE})
    if ended != "rejected":
        assert all(shown.order is not None for shown in done)


def test_cells_that_the_backend_does_not_tell_of_or_tells_of_unasked():
    def told(order):
        if order.kind is not OperationKind.GIVE_ACCESS:
            return []
        return [Item("zoe", "1042", access=True, programs=("payroll",), outcome=Outcome.DONE, reason=None)]

    found = answers(run_of(small_plan(), told=told), became={Became.UNKNOWN, Became.UNEXPECTED})
    assert ("unexpected", "give-access", "zoe", "1042", "payroll") in cells(found)
    assert ("unknown", "remove-access", "cy", "1055", "") in cells(found)


def test_a_refused_plan_is_told_unless_results_are_asked_for():
    refused = plan_refused(small_plan(), AT, SOURCE)
    assert [shown.entry for shown in answers([refused])] == [refused]
    assert answers([refused], operators={"me"})
    assert answers([refused], clients={"1042"}) == []
    assert answers([refused], runs=("a",)) == []


def test_a_result_whose_run_the_log_does_not_have():
    (told,) = [entry for entry in run_of(small_plan()) if entry["event"] == "result"][:1]
    (shown,) = answers([told])
    assert (shown.begun, shown.order) == (None, None)
    assert shown.parts
    assert answers([told], operators={"me"}) == []


people, places, programs = ["anna", "bo", "cy"], ["1042", "1055"], ["books", "payroll"]
some = st.sets


@given(
    st.sets(st.sampled_from(people)),
    st.sets(st.sampled_from(places)),
    st.sets(st.sampled_from(programs)),
    st.sets(st.sampled_from([Became.DONE, Became.REFUSED, Became.FAILED])),
    st.data(),
)
def test_an_answer_is_what_a_plain_look_at_every_cell_finds(who, where, what, became, data):
    def told(order):
        return [
            Item(
                consultant,
                client,
                access=order.kind is not OperationKind.REMOVE_PROGRAMS,
                programs=order.programs or ("books",),
                outcome=data.draw(st.sampled_from([Outcome.DONE, Outcome.REFUSED, Outcome.FAILED])),
                reason=None,
            )
            for consultant in order.consultants
            for client in order.clients
        ]

    entries = run_of(small_plan(), told=told)
    everything = cells(answers(entries))
    pairs = {(one[2], one[3]) for one in everything if not what or one[4] in what}
    wanted = {
        one
        for one in everything
        if (not who or one[2] in who)
        and (not where or one[3] in where)
        and (not what or one[4] in what or (one[4] == "" and (one[2], one[3]) in pairs))
        and (not became or one[0] in became)
    }
    assert cells(answers(entries, consultants=who, clients=where, programs=what, became=became)) == wanted
