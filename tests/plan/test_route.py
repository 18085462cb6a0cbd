"""Routes: each change to exactly one operator who may make it, and as few operators as there can be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Change
from reconciler.plan import build
from reconciler.plan.route import route
from reconciler.rights import Operator, together
from tests.plan.guarded import guarded_worlds
from tests.support.naive import administers, system
from tests.support.worlds import World, access, operator, register, triples

DAY = dt.date(2026, 11, 24)
PAIRS = (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)


@st.composite
def teams(draw: st.DrawFn) -> tuple[World, tuple[Operator, ...]]:
    """A world, and one to five operators with any rights in it."""
    world = draw(guarded_worlds())
    reg = world.register
    companies, package = list(reg.clients.names), [name for name in reg.programs.names if name != "zz"]
    operators = tuple(
        operator(
            reg,
            f"o{number}",
            system=draw(st.sets(st.sampled_from(companies))),
            programs={company: draw(st.sets(st.sampled_from(package))) for company in companies},
        )
        for number in range(draw(st.integers(1, 5)))
    )
    return replace(world, current=replace(world.current, operator=together(operators))), operators


def cells(world: World, allowed, *changes: Change) -> list:
    """The cells of changes; a pair is one where access itself changes."""
    return [
        (change, cell)
        for change in changes
        for cell in triples(world.register, allowed[change])
        if cell[2] is not None or change in PAIRS
    ]


def may(world: World, one: Operator, change: Change, cell) -> bool:
    """Whether an operator may change a cell, by the table; the programs of a new access belong to it."""
    if system(one, world, cell[1]):
        return True
    return change not in PAIRS and administers(one, world, cell[1], cell[2])


@given(teams())
def test_each_cell_that_anybody_may_change_goes_to_exactly_one_who_may(made):
    world, operators = made
    allowed = build(world.desired, world.current, DAY).changes.allowed
    parts = route(allowed, operators)
    routed = [
        (change, cell, operators[part.operator])
        for part in parts
        for change, cell in cells(world, part.allowed, *Change)
    ]
    assert sorted((change, str(cell)) for change, cell, _ in routed) == sorted(
        (change, str(cell)) for change, cell in cells(world, allowed, *Change)
    )
    assert all(may(world, one, change, cell) for change, cell, one in routed)
    # what any of them may do alone is in what they may do together
    for one in operators:
        alone = build(world.desired, replace(world.current, operator=one), DAY).changes.allowed
        grants = cells(world, alone, Change.GIVE_ACCESS, Change.ADD_PROGRAMS)
        assert set(grants) <= {(change, cell) for change, cell, _ in routed}


@given(teams())
def test_there_are_as_few_operators_as_there_can_be(made):
    world, operators = made
    allowed = build(world.desired, world.current, DAY).changes.allowed
    wanted = cells(world, allowed, *Change)

    def enough(chosen) -> bool:
        return all(any(may(world, one, change, cell) for one in chosen) for change, cell in wanted)

    fewest = next(n for n in range(6) if any(enough(chosen) for chosen in combinations(operators, n)))
    parts = route(allowed, operators)
    assert len(parts) == fewest
    assert [part.operator for part in parts] == sorted({part.operator for part in parts})
    assert all(any(len(rows) for rows in part.allowed.values()) for part in parts)


@given(teams())
def test_a_new_access_and_all_that_happens_there_is_of_one_part(made):
    world, operators = made
    allowed = build(world.desired, world.current, DAY).changes.allowed
    owners: dict[str, set[int]] = {}
    changed = set()
    for part in route(allowed, operators):
        for change, cell in cells(world, part.allowed, *Change):
            owners.setdefault(cell[1], set()).add(part.operator)
            if change in PAIRS:
                changed.add(cell[1])
    assert all(len(owners[company]) == 1 for company in changed)


@given(teams())
def test_it_is_the_same_again(made):
    world, operators = made
    allowed = build(world.desired, world.current, DAY).changes.allowed
    first, second = route(allowed, operators), route(dict(reversed(allowed.items())), operators)
    assert [
        (one.operator, {c: rows.keys.tolist() for c, rows in sorted(one.allowed.items())}) for one in first
    ] == [
        (one.operator, {c: rows.keys.tolist() for c, rows in sorted(one.allowed.items())}) for one in second
    ]


def test_who_is_alone_in_a_right_is_taken_and_does_what_it_can():
    """Three programs: one operator for two of them and one for the third, not three."""
    reg = register(["p"], ["1", "2"], ["a", "b", "c"])
    everywhere = dict.fromkeys(["1", "2"])
    operators = [
        operator(reg, "a", programs={c: ["a"] for c in everywhere}),
        operator(reg, "ab", programs={c: ["a", "b"] for c in everywhere}),
        operator(reg, "bc", programs={c: ["b", "c"] for c in everywhere}),
    ]
    rows = Access(reg.shape, np.array([0, 1]), np.array([0b111, 0b111], dtype=np.uint64))
    parts = route({Change.ADD_PROGRAMS: rows}, operators)
    assert [part.operator for part in parts] == [0, 2]
    assert [part.allowed[Change.ADD_PROGRAMS].masks.tolist() for part in parts] == [[1, 1], [6, 6]]


def test_where_one_of_them_is_system_administrator_it_does_everything_there():
    """Although another, who comes first and is needed elsewhere, could do some of it."""
    reg = register(["p", "q"], ["1", "2"], ["a"])
    operators = [
        operator(reg, "pay", programs={"1": ["a"], "2": ["a"]}),
        operator(reg, "boss", system=("1",)),
    ]
    wanted = {
        Change.GIVE_ACCESS: access(reg, ("p", "1", "a")),
        Change.ADD_PROGRAMS: access(reg, ("q", "1", "a"), ("q", "2", "a")),
    }
    pay, boss = route(wanted, operators)
    assert triples(reg, pay.allowed[Change.ADD_PROGRAMS]) == {("q", "2", None), ("q", "2", "a")}
    assert triples(reg, boss.allowed[Change.ADD_PROGRAMS]) == {("q", "1", None), ("q", "1", "a")}
    assert triples(reg, boss.allowed[Change.GIVE_ACCESS]) == {("p", "1", None), ("p", "1", "a")}


def test_nothing_needs_nobody():
    reg = register(["p"], ["1"], ["a"])
    assert route({Change.GIVE_ACCESS: Access.empty(reg.shape)}, [operator(reg)]) == ()
    assert route({}, []) == ()


def test_what_nobody_may_do_has_no_route():
    reg = register(["p"], ["1"], ["a"])
    rows = Access(reg.shape, np.array([0]), np.array([1], dtype=np.uint64))
    with pytest.raises(ValueError, match="nobody"):
        route({Change.GIVE_ACCESS: rows}, [operator(reg, programs={"1": ["a"]})])
