"""What several operators do together: the laws of the design, part by part."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.formats import show_plan
from reconciler.formats.catalogue import catalogue
from reconciler.formats.json import to_json
from reconciler.grid import Access, Change, Half
from reconciler.plan import build, plan_document
from reconciler.plan.file import read_plan_file, write_plan_file
from reconciler.plan.joint import JointPlan, build_joint, resume_part, split
from reconciler.plan.outcome import outcome_digest, outcome_document
from reconciler.rights import together
from tests.laws.test_laws import blocked
from tests.plan.guarded import apart
from tests.plan.test_file import bound
from tests.plan.test_route import teams
from tests.support.naive import perform
from tests.support.worlds import World, access, current, desired, operator, register, triples

pytestmark = pytest.mark.slow

DAY = dt.date(2026, 11, 24)
SAY = catalogue("en")
HALVES = st.sampled_from([None, *Half])


def joint_of(made, half: Half | None = None) -> JointPlan:
    world, operators = made
    return build_joint(world.desired, world.current, DAY, operators, half=half)


def cells(plan) -> set:
    """What a plan changes, with the kind of change."""
    return {
        (change, *cell)
        for change, rows in plan.changes.allowed.items()
        for cell in triples(plan.register, rows)
        if cell[2] is not None or change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)
    }


def carried_out(made, joint: JointPlan) -> tuple[World, set]:
    """What a bureau makes of the parts, each by its own operator; and the cells that it refuses."""
    world, operators = made
    refused = set()
    for number, plan in joint.parts:
        mine = World(world.desired, replace(world.current, operator=operators[number]))
        after, no = perform(mine, plan)
        world, refused = World(world.desired, after.current), refused | no
    return world, refused


@given(teams(), HALVES)
def test_the_whole_is_a_plan_of_all_of_them_as_one(made, half):
    world, operators = made
    whole = joint_of(made, half).whole
    one = build(world.desired, replace(world.current, operator=together(operators)), DAY, half=half)
    assert cells(whole) == cells(one)
    assert blocked(whole) == blocked(one)
    assert whole.summary == one.summary


@given(teams(), HALVES)
def test_1_exact_the_parts_are_the_whole_and_no_change_is_in_two(made, half):
    joint = joint_of(made, half)
    parts = [cells(plan) for _, plan in joint.parts]
    assert sum(map(len, parts)) == len(set().union(*parts))
    assert set().union(*parts) == cells(joint.whole)
    assert [o.block for _, plan in joint.parts for o in plan.operations] == [
        o.block for o in joint.whole.operations
    ]
    for name in ("accesses_given", "programs_added", "programs_removed", "accesses_removed"):
        figures = [getattr(plan.summary, name) for _, plan in joint.parts]
        assert sum(figures) == getattr(joint.whole.summary, name)


@given(teams(), HALVES)
def test_2_convergent_what_is_left_is_what_nobody_may_do(made, half):
    _, operators = made
    joint = joint_of(made, half)
    after, _ = carried_out(made, joint)
    again = joint_of((after, operators), half)
    assert again.whole.operations == ()
    assert again.parts == ()
    assert blocked(again.whole) == blocked(joint.whole)


@given(teams())
def test_3_idempotent_done_twice_is_done_once(made):
    _, operators = made
    joint = joint_of(made)
    once, _ = carried_out(made, joint)
    twice, _ = carried_out((once, operators), joint)
    assert once.current.access == twice.current.access


@given(teams(), HALVES)
def test_6_least_power_nobody_is_refused_and_it_ends_as_if_one_with_all_the_rights_had_done_it(made, half):
    world, operators = made
    joint = joint_of(made, half)
    alone = World(world.desired, replace(world.current, operator=together(operators)))
    after, refused = carried_out(made, joint)
    assert refused == set()
    assert after.current.access == perform(alone, joint.whole)[0].current.access


@given(teams(), HALVES)
def test_5_deterministic_the_same_parts_byte_for_byte(made, half):
    first, second = joint_of(made, half), joint_of(made, half)
    assert outcome_digest(first.whole) == outcome_digest(second.whole)
    for one, other in zip(first.parts, second.parts, strict=True):
        assert to_json(plan_document(one.plan)) == to_json(plan_document(other.plan))


@given(teams(), HALVES)
def test_a_part_planned_anew_is_the_same_while_nothing_moves(made, half):
    world, operators = made
    for number, plan in joint_of(made, half).parts:
        current = replace(world.current, operator=operators[number])
        again, waiting = resume_part(world.desired, current, DAY, plan.changes.allowed, half)
        if any(len(rows) for rows in waiting.values()):
            continue  # it is another part's turn first
        assert again.operations == plan.operations
        assert again.summary == plan.summary


@given(teams(), st.data())
def test_4_bounded_a_part_planned_anew_never_does_more_than_was_approved(made, data):
    """Whatever else has changed meanwhile: state and rights of another world of the same size."""
    world, operators = made
    joint = joint_of(made)
    for number, plan in joint.parts:
        rows = data.draw(st.lists(st.integers(0, len(world.current.access)), max_size=3))
        kept = [at not in rows for at in range(len(world.current.access))]
        fewer = world.current.access.where(kept)
        other = data.draw(st.sampled_from(operators))
        current = replace(world.current, access=fewer, operator=other)
        again, _ = resume_part(world.desired, current, DAY, plan.changes.allowed, None)
        mine = {cell[1:] for cell in cells(plan)}
        assert {cell[1:] for cell in cells(again)} <= mine
        assert perform(World(world.desired, current), again)[1] == set(), number


@given(teams(), HALVES)
def test_what_was_kept_as_one_plan_is_split_into_the_same_parts(made, half):
    joint = joint_of(made, half)
    read = read_plan_file(write_plan_file(joint.whole, bound(joint.whole))).plan
    parts = split(read).parts
    assert [part.plan.operator.key for part in parts] == [part.plan.operator.key for part in joint.parts]
    for one, other in zip(parts, joint.parts, strict=True):
        assert outcome_document(one.plan) == outcome_document(other.plan)
        for form in ("text", "json"):
            assert show_plan(one.plan, form, SAY, full=True) == show_plan(other.plan, form, SAY, full=True)


def test_what_waits_in_a_part_waits_for_the_same_in_the_whole():
    """A swap in the second part: the grant waits for the removal, whatever stands before them."""
    reg = register(["p", "q"], ["1", "2"], ["a", "b"])
    have = access(reg, ("p", "1", None), ("q", "2", "a"))
    want = access(reg, ("p", "1", "a"), ("q", "2", "b"))
    operators = (operator(reg, "one", system=("1",)), operator(reg, "two", system=("2",)))
    world = apart(World(desired(reg, want), current(reg, have)), 0, 1)
    joint = joint_of((world, operators))
    _, second = joint.parts
    assert [(one.change, one.after) for one in second.plan.operations] == [
        (Change.REMOVE_PROGRAMS, ()),
        (Change.ADD_PROGRAMS, (0,)),
    ]
    assert [one.after for one in joint.whole.operations] == [(), (), (1,)]


def test_a_part_waits_for_another_by_doing_nothing_yet():
    """A swap of which each half is another operator's: planned before the removal is done, the grant is held."""
    reg = register(["p"], ["1"], ["a", "b"])
    have, want = access(reg, ("p", "1", "a")), access(reg, ("p", "1", "b"))
    operators = (operator(reg, "b", programs={"1": ["b"]}), operator(reg, "a", programs={"1": ["a"]}))
    world = apart(World(desired(reg, want), current(reg, have)), 0, 1)
    granting, removing = joint_of((world, operators)).parts
    assert granting.plan.summary.programs_added == removing.plan.summary.programs_removed == 1
    mine = replace(world.current, operator=operators[0])
    before, waiting = resume_part(world.desired, mine, DAY, granting.plan.changes.allowed, None)
    assert before.operations == ()
    assert waiting[Change.ADD_PROGRAMS] == granting.plan.changes.allowed[Change.ADD_PROGRAMS]
    gone = replace(mine, access=access(reg, ("p", "1", None)))
    after, waiting = resume_part(world.desired, gone, DAY, granting.plan.changes.allowed, None)
    assert after.summary.programs_added == 1
    assert not any(len(rows) for rows in waiting.values())


def test_a_part_waits_also_for_what_its_operator_could_do_and_was_not_approved_for_it():
    reg = register(["p"], ["1"], ["a", "b"])
    have, want = access(reg, ("p", "1", "a")), access(reg, ("p", "1", "b"))
    one = operator(reg, "one", programs={"1": ["a", "b"]})
    world = apart(World(desired(reg, want), current(reg, have, one)), 0, 1)
    nothing = Access.empty(reg.shape)
    grant = Access(reg.shape, np.array([0]), np.array([2], dtype=np.uint64))
    approved = dict.fromkeys(Change, nothing) | {Change.ADD_PROGRAMS: grant}
    plan, waiting = resume_part(world.desired, world.current, DAY, approved, None)
    assert plan.operations == ()
    assert waiting[Change.ADD_PROGRAMS] == grant


def test_none_of_them_locks_another_one_out():
    """What one operator has as a consultant stays, also where another one could take it."""
    reg = register(["p", "q"], ["1"], ["a"])
    have = access(reg, ("p", "1", "a"), ("q", "1", "a"))
    one, two = operator(reg, "one", system=("1",)), operator(reg, "two", programs={"1": ["a"]})
    operators = (replace(one, consultant="nobody"), replace(two, consultant="q"))
    whole = joint_of((World(desired(reg, access(reg)), current(reg, have)), operators)).whole
    assert cells(whole) == {(Change.REMOVE_ACCESS, "p", "1", None), (Change.REMOVE_ACCESS, "p", "1", "a")}
    assert [one.reason.value for one in whole.blocked] == ["own-access"]
