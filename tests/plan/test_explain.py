"""An explanation agrees with the plan of the whole bureau and with the two states, pair by pair."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import Rule, RuleKind, Sources, Standing, Unlisted
from reconciler.errors import Position
from reconciler.grid import Access
from reconciler.plan import Change, build
from reconciler.plan.explain import Asked, explain
from reconciler.plan.grounds import Ground, lasting
from tests.support.worlds import World, access, current, desired, operator, register, worlds

DAY = dt.date(2026, 11, 24)
REG = register(["ann", "bo", "cy"], ["1", "2"], ["books", "pay"], outside=["zz"], left=["cy"])
PAIR = Asked(0, 0)


@st.composite
def questions(draw):
    """A world, and some of what can be asked about it."""
    world: World = draw(worlds())
    shape = world.register.shape
    cells = list(product(range(shape.consultants), range(shape.clients), (None, *range(shape.programs))))
    return world, [Asked(*one) for one in draw(st.lists(st.sampled_from(cells), min_size=1, max_size=4))]


def holding(state: Access, one: Asked) -> tuple[bool, int]:
    key = np.array([one.client * state.shape.consultants + one.consultant])
    masks, there = state.masks_at(key)
    return bool(there[0]), int(masks[0]) & one.mask


@pytest.mark.slow
@given(questions())
def test_an_explanation_says_of_a_pair_what_the_plan_of_everything_says(question):
    world, asked = question
    changes = build(world.desired, world.current, DAY).changes
    managed = world.desired.scope.programs
    for one in asked:
        found = explain(world.desired, world.current, DAY, one)
        told = {
            (step.change, step.reason, step.guardrail): step.programs
            & (managed if step.change is Change.REMOVE_ACCESS else one.mask)
            for step in found.steps
        }
        planned = {(change, None, ""): rows for change, rows in changes.allowed.items()} | changes.blocked
        expected = {why: holding(rows, one) for why, rows in planned.items()}
        whole = one.program is None
        assert {why for why, mask in told.items() if whole or mask} == {
            why for why, (there, mask) in expected.items() if there and (whole or mask)
        }
        assert all(told[why] == expected[why][1] for why in told)


@pytest.mark.slow
@given(questions())
def test_an_explanation_says_what_is_what_should_be_and_who_else_has_it(question):
    world, asked = question
    reported = replace(world.desired, unlisted=Unlisted.REPORT)
    said = world.desired if world.desired.unlisted is Unlisted.REMOVE else reported
    unmanaged = build(said, world.current, DAY).changes.unmanaged
    for one in asked:
        found = explain(world.desired, world.current, DAY, one)
        assert (found.current.access, found.current.programs) == holding(world.current.access, one)
        assert (found.desired.access, found.desired.programs) == holding(world.desired.access, one)
        assert (found.left.access, found.left.programs) == holding(unmanaged, one)
        assert set(found.holders) == {
            consultant
            for consultant, client, mask in world.current.access.rows()
            if client == one.client
            and consultant != one.consultant
            and (one.program is None or mask & one.mask)
        }


@pytest.mark.slow
@given(questions())
def test_the_ground_of_a_cell_decides_what_the_plan_does_with_it(question):
    world, asked = question
    for one in asked:
        found = explain(world.desired, world.current, DAY, one)
        whole = one.program is None
        wanted = found.desired.access if whole else bool(found.desired.programs)
        held = found.current.access if whole else bool(found.current.programs)
        changes = {step.change for step in found.steps if not whole or step.change in PAIRS}
        assert (found.ground is Ground.RULE) == wanted
        if found.ground is Ground.UNMANAGED:
            assert not changes - {Change.REMOVE_ACCESS}  # which may take it along, where that is meant
        elif wanted or not held:
            assert bool(changes) == (wanted and not held)
        elif world.desired.unlisted is Unlisted.REMOVE or found.ground is Ground.FORBIDDEN:
            assert changes


PAIRS = {Change.GIVE_ACCESS, Change.REMOVE_ACCESS}


@pytest.mark.slow
@given(questions())
def test_who_could_do_it_is_who_the_plan_says(question):
    world, asked = question
    blocked = build(world.desired, world.current, DAY).blocked
    for one in asked:
        if one.program is not None:
            continue
        told = {(s.change, s.reason, s.could) for s in explain(world.desired, world.current, DAY, one).steps}
        expected = {
            (b.change, b.reason, b.could)
            for b in blocked
            if one.consultant in b.block.consultants and one.client in b.block.clients
        }
        assert {step for step in told if step[1] is not None} == expected


def rule(name, kind=RuleKind.ASSIGNMENT, standing=Standing.IN_FORCE, start=None, until=None):
    return Rule(name, kind, Position("a.yaml"), start, until, "", "", standing)


def said(rules, rows, ahead=(), **more):
    """A desired state with rules, and (consultant, client, mask, rule) for each that covers something."""
    denials = sum(one.kind is RuleKind.ASSIGNMENT for one in rules)

    def sources(of):
        columns = sorted((client * 3 + consultant, number, mask) for consultant, client, mask, number in of)
        keys, numbers, masks = ([row[i] for row in columns] for i in range(3))
        return Sources(
            np.array(keys, dtype=np.int64),
            np.array(masks, dtype=np.uint64),
            np.array(numbers, dtype=np.int64),
            denials,
        )

    return desired(
        REG,
        more.pop("state", access(REG)),
        rules=tuple(rules),
        sources=sources(rows),
        ahead=sources(ahead),
        **more,
    )


def test_every_rule_that_says_something_is_told_whatever_its_standing():
    rules = [
        rule("gives"),
        rule("gave", standing=Standing.ENDED),
        rule("elsewhere"),
        rule("will", standing=Standing.AHEAD),
        rule("forbids", RuleKind.DENIAL),
        rule("forbids-pay", RuleKind.DENIAL),
    ]
    rows = [(0, 0, 1, 0), (0, 0, 3, 1), (1, 0, 1, 2), (0, 0, 0, 4), (0, 0, 2, 5)]
    world = said(rules, rows, ahead=[(0, 0, 2, 3)])
    every = explain(world, current(REG, access(REG)), DAY, PAIR)
    assert [(rules[c.rule].name, c.programs) for c in every.coverings] == [
        ("gives", 1), ("gave", 3), ("will", 2), ("forbids", 0), ("forbids-pay", 2),
    ]  # fmt: skip
    pay = explain(world, current(REG, access(REG)), DAY, replace(PAIR, program=1))
    assert [rules[c.rule].name for c in pay.coverings] == ["gave", "will", "forbids", "forbids-pay"]


LASTING = {
    "one rule": ([(1, 5)], (1, 5)),
    "the longest of several": ([(2, 5), (1, 4), (3, 9)], (1, 9)),
    "one that does not end": ([(2, 5), (1, None)], (1, None)),
    "one that has no first day": ([(None, 5), (1, 4)], (None, 5)),
    "no rule": ([], (None, None)),
}


@pytest.mark.parametrize("name", LASTING)
def test_how_long_it_lasts(name):
    days, expected = LASTING[name]

    def day(number):
        return number and dt.date(2027, 1, number)

    rules = [rule(f"r{i}", start=day(start), until=day(until)) for i, (start, until) in enumerate(days)]
    assert lasting(rules) == tuple(map(day, expected))


def test_until_is_told_of_what_is_given_and_of_nothing_else():
    rules = [rule("a", until=DAY), rule("b", until=dt.date(2027, 3, 31))]
    state = access(REG, ("ann", "1", "books"), ("ann", "1", "pay"))
    world = said(rules, [(0, 0, 1, 0), (0, 0, 2, 1)], state=state)
    assert explain(world, current(REG, access(REG)), DAY, replace(PAIR, program=0)).until == DAY
    assert explain(world, current(REG, access(REG)), DAY, PAIR).until == dt.date(2027, 3, 31)
    assert explain(said(rules, []), current(REG, access(REG)), DAY, PAIR).until is None


def test_what_is_kept_without_a_word_is_told_where_somebody_asks():
    state = access(REG, ("ann", "1", "books"))
    world = desired(REG, access(REG), unlisted=Unlisted.KEEP)
    assert build(world, current(REG, state), DAY).unmanaged == ()
    assert explain(world, current(REG, state), DAY, PAIR).left.access


def test_what_goes_with_the_access_is_told_though_it_is_not_managed():
    state = access(REG, ("ann", "1", "books"), ("ann", "1", "zz"))
    world = desired(REG, access(REG), other_programs=True)
    (step,) = explain(world, current(REG, state), DAY, replace(PAIR, program=2)).steps
    assert (step.change, step.programs) == (Change.REMOVE_ACCESS, 1 << 2)


GROUNDS = {
    "given": (Asked(0, 0, 0), Ground.RULE),
    "the access of it": (Asked(0, 0), Ground.RULE),
    "by no rule": (Asked(0, 0, 1), Ground.NONE),
    "denied though": (Asked(1, 0), Ground.FORBIDDEN),
    "a program of a denied pair": (Asked(1, 0, 0), Ground.FORBIDDEN),
    "a denied program": (Asked(1, 1, 1), Ground.FORBIDDEN),
    "another program there": (Asked(1, 1, 0), Ground.NONE),
    "gone": (Asked(2, 0, 0), Ground.LEFT),
    "over": (Asked(0, 1, 1), Ground.ENDED),
    "the access of it is over": (Asked(0, 1), Ground.ENDED),
    "outside the package": (Asked(0, 0, 2), Ground.UNMANAGED),
}


@pytest.mark.parametrize("name", GROUNDS)
def test_the_ground(name):
    one, ground = GROUNDS[name]
    world = desired(
        REG,
        access(REG, ("ann", "1", "books")),
        denied_pairs=access(REG, ("bo", "1", None)),
        denied_programs=access(REG, ("bo", "2", "pay")),
        ended=access(REG, ("ann", "2", "pay"), ("cy", "1", "books")),
    )
    assert explain(world, current(REG, access(REG)), DAY, one).ground is ground


@given(st.integers(0, 2), st.integers(0, 1))
def test_the_rows_of_the_pair_alone_are_enough(consultant, client):
    cells = [(p, c, a) for p in ("ann", "bo", "cy") for c in ("1", "2") for a in ("books", "zz")]
    have, want = access(REG, *cells[::2]), access(REG, *(c for c in cells[::3] if c[2] == "books"))
    one = Asked(consultant, client)
    key = np.arange(3) == consultant, np.arange(2) == client
    part = desired(REG, want.restrict(*key))
    now = current(REG, have, operator(REG, system=["1"]), (operator(REG, "boss", system=["1", "2"]),))
    assert explain(part, now, DAY, one).steps == explain(desired(REG, want), now, DAY, one).steps
