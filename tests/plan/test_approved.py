"""What is done is what was approved, or what is left of it, or nothing (law 4)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.errors import InputError, StalePlan
from reconciler.grid import Change, Half
from reconciler.plan import Plan, build
from reconciler.plan.approved import TOLD, Approved, first, still_approved
from reconciler.plan.file import read_plan_file, write_plan_file
from reconciler.plan.outcome import outcome_digest, outcome_rows
from tests.plan.test_file import bound
from tests.support.naive import perform
from tests.support.worlds import access, current, desired, register, triples, worlds

DAY = dt.date(2026, 11, 24)


def plan_of(world, **options) -> Plan:
    return build(world.desired, world.current, DAY, **options)


def kept(plan: Plan) -> Approved:
    """The same plan, written and read again: its register has those alone that it mentions."""
    content = write_plan_file(plan, bound(plan))
    file = read_plan_file(content)
    return Approved(file.digest, file.plan, file.bound, content)


def cells(plan: Plan) -> set:
    """What a plan does: half, consultant, client, program; None for the access itself."""
    found = set()
    for kind, rows in outcome_rows(plan).items():
        change = Change.REMOVE_ACCESS if kind == "goes-along" else Change(kind)
        for person, company, programs in rows:
            found |= {(change.half, person, company, program) for program in programs}
            if change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS):
                found.add((change.half, person, company, None))
    return found


def happened(cell, held: set) -> bool:
    half, *rest = cell
    return (tuple(rest) in held) is (half is Half.GRANTS)


@st.composite
def two_worlds(draw):
    """A world, and the same one later: access, rules and rights of another, or some of the plan done."""
    then = draw(worlds())
    kind = draw(st.sampled_from(["same", "access", "part", "rules", "rights"]))
    now = then
    people, companies, programs = (
        then.register.consultants.names,
        then.register.clients.names,
        ["a0", "a1", "zz"],
    )
    cells = [
        (person, company, program)
        for person in people
        for company in companies
        for program in (None, *programs)
        if program is None or program in then.register.programs.names
    ]
    some = access(then.register, *draw(st.lists(st.sampled_from(cells), max_size=3)))
    if kind == "access":
        have = then.current.access
        have = have.union(some) if draw(st.booleans()) else have.outside(some)
        now = replace(then, current=replace(then.current, access=have))
    elif kind == "part":
        half = draw(st.sampled_from([None, *Half]))
        now, _ = perform(then, plan_of(then, half=half))
        have = now.current.access.outside(some).union(then.current.access.inside(some))
        now = replace(now, current=replace(now.current, access=have))
    elif kind == "rules":
        want = then.desired.access
        want = want.union(some.inside(want)) if draw(st.booleans()) else want.outside(some)
        now = replace(then, desired=replace(then.desired, access=want))
    elif kind == "rights":
        other = draw(worlds())
        assume(other.register.shape.clients == len(companies))
        operator = replace(then.current.operator, rights=other.current.operator.rights)
        now = replace(then, current=replace(then.current, operator=operator))
    return then, replace(now, current=replace(now.current, revision="2"))


@given(two_worlds(), st.booleans())
def test_exactly_what_was_approved_less_what_has_happened_goes_on(pair, file):
    then, later = pair
    before, now = plan_of(then), plan_of(later)
    held = triples(later.register, later.current.access)
    approved, wanted = cells(before), cells(now)
    may = wanted <= approved and all(happened(cell, held) for cell in approved - wanted)
    ours = kept(before) if file else Approved.shown(before)
    if may:
        assert bool(still_approved(ours, now, later.current)) == (approved != wanted)
    else:
        with pytest.raises(StalePlan) as caught:
            still_approved(ours, now, later.current)
        assert caught.value.findings


@given(two_worlds())
def test_a_digest_alone_must_fit_exactly(pair):
    then, later = pair
    before, now = plan_of(then), plan_of(later)
    ours = Approved(outcome_digest(before))
    if outcome_rows(before) == outcome_rows(now):
        assert still_approved(ours, now, later.current) == ()
    else:
        with pytest.raises(StalePlan, match="not what was approved") as caught:
            still_approved(ours, now, later.current)
        assert outcome_digest(now) in str(caught.value.findings[0].message)


REG = register(["ann", "bo"], ["1", "2"], ["ledger", "payroll"], outside=["mail"])


def plan(want, have, reg=REG, **changes):
    state = current(reg, access(reg, *have))
    return build(desired(reg, access(reg, *want), **changes), state, DAY), state


def told(before, after) -> list[str]:
    """What is told where it goes on."""
    return [str(message) for message in still_approved(kept(before[0]), *after)]


def stale(before, after, now=None) -> list[str]:
    with pytest.raises(StalePlan) as caught:
        still_approved(kept(before[0]), *after, now)
    return [str(finding.message) for finding in caught.value.findings]


ANN = [("ann", "1", "ledger"), ("ann", "1", "payroll")]


def test_what_has_happened_is_told_by_what_is_left():
    before = plan(ANN, [("bo", "1", "ledger"), ("bo", "1", "payroll")])
    assert told(before, plan(ANN, [("bo", "1", "ledger"), ("bo", "1", "payroll")])) == []
    assert told(before, plan(ANN, [("ann", "1", None), ("bo", "1", "ledger")])) == [
        "ann at 1: has happened already: give access, with the programs: –",
        "bo at 1: has happened already: remove the programs: payroll",
    ]
    assert told(before, plan(ANN, ANN)) == [
        "ann at 1: has happened already: give access, with the programs: ledger, payroll",
        "bo at 1: has happened already: remove access, and with it: ledger, payroll",
    ]


def test_who_is_no_longer_known_has_lost_the_access_and_did_not_get_it():
    fewer = register(["ann"], ["1", "2"], ["ledger", "payroll"])
    assert told(plan(ANN, [("bo", "1", "ledger")]), plan(ANN, [], fewer)) == [
        "bo at 1: has happened already: remove access, and with it: ledger"
    ]
    assert stale(plan([*ANN, ("bo", "1", "ledger")], []), plan(ANN, [], fewer)) == [
        "bo at 1: no longer give access, with the programs: ledger"
    ]


def test_a_program_that_would_go_along_now_is_more():
    before = plan([], [("bo", "1", "ledger")], other_programs=True)
    after = plan([], [("bo", "1", "ledger"), ("bo", "1", "mail")], other_programs=True)
    assert stale(before, after) == ["bo at 1: remove access, and with it: ledger became ledger, mail"]
    assert told(after, before) == ["bo at 1: has happened already: remove the programs: mail"]


def test_what_it_was_made_from_is_told_where_it_has_changed():
    before, after = plan(ANN, []), plan(ANN[:1], [])
    same = bound(before[0])
    assert stale(before, after, same) == [
        "ann at 1: give access, with the programs: ledger, payroll became ledger"
    ]
    other = replace(
        same, policies="1" * 64, commit=None, revision="9", date=DAY + dt.timedelta(1), tool_version="2"
    )
    assert stale(before, after, other)[1:] == [
        "since then, the rules have changed",
        f"since then, the commit of the rules has changed: from {'a' * 40} to –",
        "since then, the bureau has changed: its revision was 1 and is 9",
        "since then, the day has changed: the plan was for 2026-11-24, and this is 2026-11-25",
        "since then, the version of reconciler has changed: from 1.2.3 to 2",
    ]


@pytest.mark.parametrize("place", ["bureau", "operator"])
def test_a_plan_of_another_bureau_or_operator_is_none_of_ours(place):
    before, state = plan(ANN, [])
    approved = replace(kept(before), bound=bound(before, **{place: "other"}))
    with pytest.raises(InputError, match="other"):
        still_approved(approved, before, state)


def test_many_sentences_are_folded_and_one_more_is_not():
    assert len(first(["x"] * (TOLD + 1))) == TOLD + 1
    assert [str(message) for message in first(["x"] * (TOLD + 5))[TOLD:]] == ["and 5 more"]
