"""The laws of section 3 with sets of programs, requirements and waivers, against sets of triples."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.grid import Half
from reconciler.guardrails import Fate, Kind
from reconciler.plan import Change, Plan, build
from reconciler.rights import Reason
from tests.laws.test_laws import GRANTS, allowed, blocked
from tests.support.duties import (
    DAY,
    after_step,
    complete_sets,
    everything,
    guarded_worlds,
    held,
    removed,
)
from tests.support.naive import _May, cells_of, perform
from tests.support.worlds import World, triples


def plan_of(world: World, **options) -> Plan:
    return build(world.desired, world.current, DAY, **options)


def held_by(plan: Plan, reason: Reason) -> set:
    found = set()
    for (change, why, _), rows in plan.changes.blocked.items():
        if why is reason:
            pairs_too = change is Change.GIVE_ACCESS
            found |= {c for c in triples(plan.register, rows) if pairs_too or c[2] is not None}
    return found


@given(guarded_worlds())
def test_every_grant_gets_the_verdict_of_the_guardrails(world):
    plan, (by_sets, by_rules) = plan_of(world), held(world)
    event(f"sets hold: {bool(by_sets)}, requirements hold: {bool(by_rules)}")
    assert held_by(plan, Reason.NEVER_TOGETHER) == by_sets
    assert held_by(plan, Reason.REQUIREMENT) == by_rules
    scope = world.desired.scope
    have = world.current.access.restrict(scope.consultants, scope.clients, scope.programs)
    cells, may = triples(world.register, have), _May(world)
    left = triples(world.register, world.desired.access) - cells - by_sets - by_rules
    assert allowed(plan, *GRANTS) == {cell for cell in left if may.grant(cell, cells)}


@given(guarded_worlds())
def test_no_plan_completes_a_set_and_no_instant_of_it_either(world):
    plan, cells = plan_of(world), everything(world)
    before = complete_sets(world, cells)
    event(f"waits: {any(one.after for one in plan.operations)}")
    now = world
    for one in plan.operations:
        now, refused = perform(now, replace(plan, operations=(replace(one, after=()),)))
        assert refused == set()
        assert complete_sets(world, everything(now)) <= before


@given(guarded_worlds(), st.data())
def test_where_a_removal_is_not_done_what_waits_for_it_completes_nothing(world, data):
    plan = plan_of(world)
    failed = data.draw(
        st.sets(st.sampled_from(range(len(plan.operations)))) if plan.operations else st.just(set())
    )
    sent = [n for n, one in enumerate(plan.operations) if n not in failed and failed.isdisjoint(one.after)]
    now = world
    for n in sent:
        now, _ = perform(now, replace(plan, operations=(replace(plan.operations[n], after=()),)))
    assert complete_sets(world, everything(now)) <= complete_sets(world, everything(world))


@given(guarded_worlds())
def test_what_waits_stands_after_what_it_waits_for(world):
    for number, one in enumerate(plan_of(world).operations):
        assert all(0 <= earlier < number for earlier in one.after)


@given(guarded_worlds())
def test_1_no_block_grants_at_a_held_pair_or_removes_what_is_desired(world):
    plan = plan_of(world)
    by_sets, by_rules = held(world)
    granted = cells_of(plan, *GRANTS)
    assert not granted & (by_sets | by_rules)
    assert granted <= triples(world.register, world.desired.access)
    assert granted - everything(world) == allowed(plan, *GRANTS)


@given(guarded_worlds())
def test_2_convergent_what_is_left_is_what_was_blocked(world):
    plan = plan_of(world)
    after, refused = perform(world, plan)
    assert refused == set()
    again = plan_of(after)
    assert again.operations == ()
    assert blocked(again) == blocked(plan)


@given(guarded_worlds(), guarded_worlds(), st.data())
def test_neither_two_plans_nor_somebodys_work_by_hand_slip_past_it(world, other, data):
    """One plan, something done by hand that completes nothing, and a plan with other rules."""
    after, _ = perform(world, plan_of(world))
    cells = everything(after)
    names = world.register
    options = [
        (u, c, p) for u in names.consultants.names for c in names.clients.names for p in names.programs.names
    ]
    by_hand = set(data.draw(st.lists(st.sampled_from(options), max_size=3)))
    drifted = cells | by_hand | {(u, c, None) for u, c, _ in by_hand}
    now = after_step(world, drifted)
    if other.register.shape == world.register.shape:
        rules = replace(
            other.desired,
            guardrails=replace(
                other.desired.guardrails,
                never_together=world.desired.guardrails.never_together,
                waivers=world.desired.guardrails.waivers,
            ),
        )
        now = World(rules, now.current)
    done, _ = perform(now, plan_of(now))
    assert complete_sets(world, everything(done)) <= complete_sets(world, drifted)


@given(guarded_worlds(), st.sampled_from([None, *Half]))
def test_who_holds_all_of_a_set_in_the_end_is_told_and_nobody_else(world, half):
    plan = plan_of(world, half=half)
    after, _ = perform(world, plan)
    told = {fate: set() for fate in Fate}
    names = world.register
    for one in plan.violations:
        if one.kind is Kind.NEVER_TOGETHER:
            for block in one.blocks:
                told[one.fate] |= {
                    (one.guardrail, names.consultants.names[u], names.clients.names[c])
                    for u in block.consultants
                    for c in block.clients
                }
    ends = told.pop(Fate.REMOVED)
    waived = told.pop(Fate.WAIVED)
    lasting = set().union(*told.values())
    assert lasting == complete_sets(world, everything(after))
    bare = World(
        replace(world.desired, guardrails=replace(world.desired.guardrails, waivers=())), world.current
    )
    assert lasting | waived == complete_sets(bare, everything(after))
    assert ends == complete_sets(bare, everything(world)) - complete_sets(bare, everything(after))
    assert not (lasting and half is None and plan.in_sync and (told[Fate.WANTED] | told[Fate.LASTS]))


@given(guarded_worlds())
def test_4_bounded_only_grants_alone_complete_nothing_either(world):
    """With `--only grants` no removal is done, and none is counted on."""
    grants = plan_of(world, half=Half.GRANTS)
    assert not any(one.after for one in grants.operations)
    after, _ = perform(world, grants)
    assert complete_sets(world, everything(after)) <= complete_sets(world, everything(world))


@given(guarded_worlds())
def test_what_really_goes_is_what_the_oracle_says(world):
    after, _ = perform(world, plan_of(world, half=Half.REMOVALS))
    assert everything(world) - everything(after) == removed(world) & everything(world)
