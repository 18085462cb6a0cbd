"""Who has what: every cell once, with the ground and the rules that it has by itself."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import RuleKind, Standing
from reconciler.plan.explain import Asked, explain
from reconciler.plan.focus import Focus
from reconciler.plan.grounds import Ground
from reconciler.plan.holders import holders
from tests.support.worlds import access, current, desired, register, triples, worlds

DAY = dt.date(2026, 11, 24)


def bare(cells):
    """Cells without the access that comes with a program."""
    pairs = {cell[:2] for cell in cells if cell[2] is not None}
    return {cell for cell in cells if cell[2] is not None or cell[:2] not in pairs}


@st.composite
def questions(draw):
    world = draw(worlds())
    shape = world.register.shape

    def flags(size):
        return draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size).map(np.array))

    programs = draw(st.none() | st.integers(1, 2**shape.programs - 1))
    return world, Focus(flags(shape.consultants), flags(shape.clients)), programs, draw(st.booleans())


@pytest.mark.slow
@given(questions())
def test_every_cell_of_the_state_is_told_once_with_its_ground(question):
    world, focus, programs, wanted = question
    found = holders(world.desired, world.current, DAY, focus, programs=programs, wanted=wanted)
    state = world.desired.access if wanted else world.current.access
    reg = world.register
    told = []
    for consultant, client, mask, group in found.entries():
        for program in [p for p in range(reg.shape.programs) if mask >> p & 1] or [None]:
            told.append((consultant, client, program))
            cell = Asked(consultant, client, program)
            assert explain(world.desired, world.current, DAY, cell).ground is group.ground
    assert len(told) == len(set(told))
    names = reg.programs.names
    assert {
        (reg.consultants.names[i], reg.clients.names[j], None if p is None else names[p]) for i, j, p in told
    } == {
        (person, client, program)
        for person, client, program in bare(triples(reg, state))
        if (focus.consultants is None or focus.consultants[reg.consultants.names.id(person)])
        and (focus.clients is None or focus.clients[reg.clients.names.id(client)])
        and (programs is None or (program is not None and programs >> names.id(program) & 1))
    }


@pytest.mark.slow
@given(worlds())
def test_what_is_desired_is_given_by_a_rule_and_nothing_else_is(world):
    found = holders(world.desired, world.current, DAY, Focus(), wanted=True)
    assert {group.ground for group in found.groups} <= {Ground.RULE}
    assert all(group.rules == (0,) for group in found.groups)


@pytest.mark.slow
@given(worlds())
def test_entries_come_by_client_then_consultant(world):
    entries = list(holders(world.desired, world.current, DAY, Focus()).entries())
    assert [e[1::-1] for e in entries] == sorted(e[1::-1] for e in entries)


def test_only_rules_that_the_ground_is_about_are_told():
    from tests.plan.test_explain import rule, said

    reg = register(["ann", "bo", "cy"], ["1", "2"], ["books", "pay"], outside=["zz"], left=["cy"])
    rules = [rule("now"), rule("over", standing=Standing.ENDED), rule("no", RuleKind.DENIAL)]
    rules.append(rule("was-no", RuleKind.DENIAL, Standing.ENDED))
    rows = [(0, 0, 1, 0), (0, 0, 1, 1), (0, 0, 1, 3), (1, 0, 2, 0), (1, 0, 2, 2), (0, 1, 1, 1)]
    world = said(
        rules,
        rows,
        state=access(reg, ("ann", "1", "books")),
        denied_programs=access(reg, ("bo", "1", "pay")),
        ended=access(reg, ("ann", "2", "books")),
    )
    state = access(reg, ("ann", "1", "books"), ("bo", "1", "pay"), ("ann", "2", "books"), ("cy", "1", "zz"))
    found = holders(world, current(reg, state), DAY, Focus())
    assert [(group.ground.value, [rules[n].name for n in group.rules]) for group in found.groups] == [
        ("rule", ["now"]),
        ("forbidden", ["no"]),
        ("ended", ["over"]),
        ("unmanaged", []),
    ]


def test_nobody():
    reg = register(["ann"], ["1"], ["books"])
    found = holders(desired(reg, access(reg)), current(reg, access(reg)), DAY, Focus())
    assert (found.groups, list(found.entries())) == ((), [])
