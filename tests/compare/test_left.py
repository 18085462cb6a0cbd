"""What a change of the YAML leads to at the bureau: exactly its own cells, whatever else waits there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconciler.compare import compare
from reconciler.compare.left import only_these
from reconciler.desired import Unlisted
from reconciler.desired.guardrails import Guardrails
from reconciler.grid import Access, Half
from reconciler.plan import build
from tests.support.worlds import everything, worlds

DAY = dt.date(2027, 1, 15)


@st.composite
def changes(draw):
    """A world, and what its YAML said before some rows came, went or changed."""
    world = draw(worlds())
    after = world.desired
    # a limit or a guardrail would only hide what is looked at here
    after = replace(after, guardrails=Guardrails(taken_over=everything(world.register)))
    rows = after.access
    keep = np.array(draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows))), dtype=np.bool_)
    less = np.array(
        draw(st.lists(st.sampled_from([0, 1, 3, 7]), min_size=len(rows), max_size=len(rows))), dtype=np.uint64
    )
    masks = Access(rows.shape, rows.keys, rows.masks & ~less).where(keep)
    before = replace(after, access=masks.union(draw(st.just(world.current.access.part(0, 1)))
        .restrict(after.scope.consultants, after.scope.clients, after.scope.programs)))  # fmt: skip
    return world, before, after


def cells(plan, half: Half) -> set[tuple[int, int, int]]:
    """What would change in one half, blocked or not: consultant, client and program, -1 for access itself."""
    parts = [(change, rows) for change, rows in plan.changes.allowed.items()]
    parts += [(why.change, rows) for why, rows in plan.changes.blocked.items()]
    found = set()
    for change, rows in parts:
        if change.half is half:
            for who, where, mask in rows.rows():
                found |= {(who, where, program) for program in range(64) if mask >> program & 1}
                if change.value in {"give-access", "remove-access"}:
                    found.add((who, where, -1))
    return found


def held(world) -> set[tuple[int, int, int]]:
    found = set()
    for who, where, mask in world.current.access.rows():
        found |= {(who, where, program) for program in range(64) if mask >> program & 1} | {(who, where, -1)}
    return found


@given(changes())
def test_it_gives_what_the_change_gives_and_the_bureau_does_not_have(given):
    world, before, after = given
    plan = compare(before, after, world.register, DAY)
    left = build(only_these(after, plan.changes, world.current.access), world.current, DAY)
    wanted = {one for one in cells(plan, Half.GRANTS) if one not in held(world)}
    found = cells(left, Half.GRANTS)
    assert {one for one in found if one[2] >= 0} == {one for one in wanted if one[2] >= 0}
    # to give a program, access has to be given where the bureau has none
    assert {one for one in wanted if one[2] < 0} <= found


@given(changes())
def test_it_takes_what_the_change_takes_and_the_bureau_has(given):
    world, before, after = given
    plan = compare(before, after, world.register, DAY)
    left = build(only_these(after, plan.changes, world.current.access), world.current, DAY)
    found = {one for one in cells(left, Half.REMOVALS) if one[2] >= 0}
    assert found <= cells(plan, Half.REMOVALS) & held(world)
    if after.unlisted is Unlisted.REMOVE:
        assert found == {one for one in cells(plan, Half.REMOVALS) if one[2] >= 0} & held(world)


@given(changes())
def test_nothing_is_left_of_no_change(given):
    world, _, after = given
    plan = compare(after, after, world.register, DAY)
    left = build(only_these(after, plan.changes, world.current.access), world.current, DAY)
    assert not cells(left, Half.GRANTS)
    assert not cells(left, Half.REMOVALS)
