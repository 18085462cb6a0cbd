"""What guardrails promise, over random worlds and against sets of triples."""

from __future__ import annotations

from hypothesis import given

from reconciler.grid import Access, Half
from reconciler.guardrails import Fate
from reconciler.plan import Change, Plan
from reconciler.plan.changes import managed
from tests.laws.test_laws import REMOVALS, allowed, plan_of
from tests.support.naive import cells_of, is_protected, mentioned, perform, taken_over
from tests.support.worlds import Triple, World, triples, worlds


def lost(world: World, plan: Plan) -> set[Triple]:
    """What is gone when a bureau has done the plan."""
    after, _ = perform(world, plan)
    return triples(world.register, world.current.access) - triples(world.register, after.current.access)


@given(worlds())
def test_nothing_protected_is_ever_removed(world):
    plan = plan_of(world)
    assert not any(is_protected(world, cell) for cell in lost(world, plan))
    # not even by a block that reaches over pairs where there is nothing today
    have = triples(world.register, world.current.access)
    assert not any(is_protected(world, cell) for cell in cells_of(plan, *REMOVALS) & have)


@given(worlds())
def test_nobody_removes_their_own_access(world):
    own = world.current.operator.consultant
    assert not any(cell[0] == own for cell in lost(world, plan_of(world)))


@given(worlds())
def test_what_no_rule_mentions_goes_only_where_it_is_taken_over(world):
    names = world.register.programs.names
    ours = {names[i] for i in range(len(names)) if world.desired.scope.programs >> i & 1}
    for cell in lost(world, plan_of(world)):
        if cell[2] is None or cell[2] in ours:
            assert mentioned(world, cell) or taken_over(world, cell)


@given(worlds())
def test_what_denials_forbid_is_shown_and_what_becomes_of_it(world):
    reg, desired = world.register, world.desired
    have = triples(reg, managed(desired, world.current.access))
    pairs = {cell[:2] for cell in triples(reg, desired.denied_pairs)}
    programs = {cell for cell in triples(reg, desired.denied_programs) if cell[2]}
    broken = {cell for cell in have if cell[:2] in pairs or cell in programs}
    for half in (None, *Half):
        plan = plan_of(world, half=half)
        gone = allowed(plan, *(change for change in REMOVALS if change in plan.changes.allowed))
        rest = Fate.LEFT if half is Half.GRANTS else Fate.BLOCKED
        told = {fate: told_cells(world, plan, fate) for fate in Fate}
        assert {cell for cell in told[Fate.REMOVED] if cell[2]} == {c for c in broken & gone if c[2]}
        assert {cell for cell in told[rest] if cell[2]} == {c for c in broken - gone if c[2]}
        assert not set().union(*(cells for fate, cells in told.items() if fate not in {Fate.REMOVED, rest}))
        # of a pair that loses access nothing is left, and of one that keeps it something is, if access is denied
        kept = {cell[:2] for cell in broken - gone if cell[2] is None and cell[:2] in pairs}
        assert kept <= {cell[:2] for cell in told[rest]}
        assert {cell[:2] for cell in told[Fate.REMOVED] | told[rest]} == {cell[:2] for cell in broken}


def told_cells(world: World, plan: Plan, fate: Fate) -> set[Triple]:
    """What violations of one fate are told of: programs, and pairs."""
    reg = world.register
    blocks = [block for one in plan.violations if one.fate is fate for block in one.blocks]
    return triples(reg, Access.from_blocks(reg.shape, blocks))


@given(worlds())
def test_a_plan_is_refused_where_it_is_over_a_limit(world):
    plan, limits = plan_of(world), world.desired.guardrails.limits
    gone = allowed(plan, *REMOVALS)
    given_ = allowed(plan, Change.GIVE_ACCESS, Change.ADD_PROGRAMS)
    ours = triples(world.register, managed(world.desired, world.current.access))
    figures = {one.guardrail: one.figure for one in plan.refusals}
    expected = {}
    if limits.removals is not None and len(gone) > limits.removals.limit(len(ours)):
        expected["removals"] = len(gone)
    if limits.grants is not None and len(given_) > limits.grants:
        expected["grants"] = len(given_)
    if limits.operations is not None and len(plan.operations) > limits.operations:
        expected["operations"] = len(plan.operations)
    active = dict(zip(world.register.consultants.names, world.register.consultants.active, strict=True))
    for name, limit, place in (
        ("removals-per-client", limits.removals_per_client, 1),
        ("removals-per-consultant", limits.removals_per_consultant, 0),
    ):
        over = 0
        for key in {cell[place] for cell in gone} if limit is not None else ():
            there = sum(cell[place] == key for cell in gone)
            if there > limit.limit(sum(cell[place] == key for cell in ours)) and active.get(key, True):
                over += there
        expected |= {name: over} if over else {}
    short = short_of(world, plan, limits.consultants_per_client)
    expected |= {"consultants-per-client": short} if short else {}
    figures.pop("system-administrators-per-client", None)
    assert figures == expected
    assert plan_of(world, allow={one.guardrail: one.figure for one in plan.refusals}).refusals == ()


def short_of(world: World, plan: Plan, least: int | None) -> int:
    """At how many clients access is taken so that fewer are left than must be."""
    before = {cell for cell in triples(world.register, world.current.access) if cell[2] is None}
    after = before - lost(world, plan) | {c for c in allowed(plan, Change.GIVE_ACCESS) if c[2] is None}
    counts = [
        (sum(cell[1] == client for cell in state) for state in (before, after))
        for client in {cell[1] for cell in allowed(plan, Change.REMOVE_ACCESS) if cell[2] is None}
    ]
    return sum(now < least and now < then for then, now in counts) if least is not None else 0
