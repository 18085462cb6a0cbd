"""The laws of the design, section 3, over random worlds and against sets of triples."""

from __future__ import annotations

import datetime as dt

from hypothesis import given

from reconciler.formats.json import to_json
from reconciler.plan import Change, Plan, build, plan_document
from tests.support.naive import cells_of, perform, verdicts
from tests.support.worlds import World, triples, worlds

DAY = dt.date(2026, 11, 24)
GRANTS = (Change.GIVE_ACCESS, Change.ADD_PROGRAMS)
REMOVALS = (Change.REMOVE_PROGRAMS, Change.REMOVE_ACCESS)


def plan_of(world: World, **options) -> Plan:
    return build(world.desired, world.current, DAY, **options)


def allowed(plan: Plan, *changes: Change) -> set:
    found = set()
    for change in changes:
        rows = triples(plan.register, plan.changes.allowed[change])
        pairs_too = change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)
        found |= {cell for cell in rows if pairs_too or cell[2] is not None}
    return found


def blocked(plan: Plan) -> set:
    found = set()
    for (change, *_), rows in plan.changes.blocked.items():
        pairs_too = change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)
        found |= {c for c in triples(plan.register, rows) if pairs_too or c[2] is not None}
    return found


@given(worlds())
def test_every_cell_gets_the_verdict_of_the_table(world):
    plan, expected = plan_of(world), verdicts(world)
    assert allowed(plan, *GRANTS) == expected.grants
    assert allowed(plan, *REMOVALS) == expected.removals
    assert blocked(plan) == expected.blocked


@given(worlds())
def test_1_exact_nothing_undesired_is_granted_and_nothing_desired_removed(world):
    plan = plan_of(world)
    have, want = triples(world.register, world.current.access), triples(world.register, world.desired.access)
    granted, removed = cells_of(plan, *GRANTS), cells_of(plan, *REMOVALS)
    assert granted <= want
    assert not removed & want
    assert granted - have == allowed(plan, *GRANTS)
    # removing access is about the pair; its programs go with it, and are told of in the changes
    whole = {cell[:2] for cell in allowed(plan, Change.REMOVE_ACCESS)}
    assert {c for c in removed & have if c[:2] not in whole or c[2] is None} == {
        c for c in allowed(plan, *REMOVALS) if c[:2] not in whole or c[2] is None
    }


@given(worlds())
def test_2_convergent_what_is_left_is_what_was_blocked(world):
    plan = plan_of(world)
    after, _ = perform(world, plan)
    again = plan_of(after)
    assert again.operations == ()
    assert blocked(again) == blocked(plan)


@given(worlds())
def test_3_idempotent_a_plan_done_twice_is_done_once(world):
    plan = plan_of(world)
    once, _ = perform(world, plan)
    twice, _ = perform(once, plan)
    assert once.current.access == twice.current.access


@given(worlds())
def test_4_bounded_nothing_changes_but_what_the_plan_says(world):
    plan = plan_of(world)
    after, _ = perform(world, plan)
    before, now = (triples(world.register, w.current.access) for w in (world, after))
    assert now - before == allowed(plan, *GRANTS)
    gone = {c for c in before - now if world.desired.scope.programs >> _bit(world, c) & 1}
    assert gone == allowed(plan, *REMOVALS)


def _bit(world: World, cell) -> int:
    # access itself counts as managed
    names = world.register.programs.names
    return names.id(cell[2]) if cell[2] else (world.desired.scope.programs.bit_length() - 1)


@given(worlds())
def test_5_deterministic_the_same_plan_byte_for_byte(world):
    assert to_json(plan_document(plan_of(world))) == to_json(plan_document(plan_of(world)))


@given(worlds())
def test_6_least_power_the_bureau_refuses_nothing_that_the_plan_asks_for(world):
    _, refused = perform(world, plan_of(world))
    assert refused == set()


@given(worlds())
def test_6_whoever_is_said_to_be_able_to_do_it_is(world):
    for one in plan_of(world).blocked:
        if one.could is None or not one.reason.startswith("needs-"):
            continue
        for key in one.could:
            other = next(o for o in world.current.others if o.key == key)
            assert not blocked_for(world, other) & blocks_cells(world, one)


def blocked_for(world: World, operator) -> set:
    current = type(world.current)(world.register, world.current.access, "1", operator, world.current.others)
    return blocked(plan_of(World(world.desired, current)))


def blocks_cells(world: World, one) -> set:
    reg = world.register
    pairs = [
        (reg.consultants.names[i], reg.clients.names[j])
        for i in one.block.consultants
        for j in one.block.clients
    ]
    programs = [name for i, name in enumerate(reg.programs.names) if one.block.mask >> i & 1]
    cells = {(*pair, p) for pair in pairs for p in programs}
    if one.change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS):
        cells |= {(*pair, None) for pair in pairs}
    return cells


@given(worlds())
def test_the_two_halves_are_the_whole(world):
    plan, grants, removals = (
        plan_of(world),
        plan_of(world, half=Change.GIVE_ACCESS.half),
        plan_of(world, half=Change.REMOVE_ACCESS.half),
    )
    assert grants.operations + removals.operations == plan.operations
    assert grants.summary.grants + removals.summary.removals == plan.summary.changes
    assert grants.summary.blocked + removals.summary.blocked == plan.summary.blocked


@given(worlds())
def test_the_figures_count_cells(world):
    plan, expected = plan_of(world), verdicts(world)
    assert plan.summary.grants == len(expected.grants)
    assert plan.summary.removals == len(expected.removals)
    assert plan.summary.blocked == len(expected.blocked)
