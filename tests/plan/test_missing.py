"""The rights that are missing: enough, none of them too many, in few lines that are exact."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Half
from reconciler.grid.arrays import bits
from reconciler.plan import build
from reconciler.plan.missing import grouped, missing_rights, select
from reconciler.rights import Rights
from tests.plan.guarded import apart, guarded_worlds
from tests.support.worlds import (
    World,
    access,
    current,
    desired,
    operator,
    register,
    rights,
    worlds,
)

DAY = dt.date(2026, 11, 24)
HALVES = st.sampled_from([None, *Half])


def lacking(world: World, extra: Rights, half: Half | None) -> int:
    """How many blocks of a plan are blocked for lack of a right, with these rights on top."""
    me = world.current.operator
    now = replace(world.current, operator=replace(me, rights=me.rights.union(extra)))
    return sum(one.reason.startswith("needs-") for one in build(world.desired, now, DAY, half=half).blocked)


def one_less(missing: Rights):
    """The same rights without one of them, each in turn."""
    for client in np.flatnonzero(missing.system):
        system = missing.system.copy()
        system[client] = False
        yield Rights(system, missing.programs)
    for client in np.flatnonzero(missing.programs):
        for program in bits(int(missing.programs[client])):
            programs = missing.programs.copy()
            programs[client] ^= np.uint64(1 << program)
            yield Rights(missing.system, programs)


@given(guarded_worlds(), HALVES)
def test_with_these_rights_nothing_is_blocked_for_lack_of_a_right(world, half):
    found = missing_rights(world.desired, world.current, DAY, half)
    assert lacking(world, found.rights, half) == 0
    before = build(world.desired, world.current, DAY, half=half)
    assert bool(found.blocked) == any(one.reason.startswith("needs-") for one in before.blocked)


@given(guarded_worlds(), HALVES)
def test_without_any_one_of_them_something_is(world, half):
    missing = missing_rights(world.desired, world.current, DAY, half).rights
    assert all(lacking(world, less, half) for less in one_less(missing))


@given(worlds())
def test_the_lines_say_all_of_it_once(world):
    found = missing_rights(world.desired, world.current, DAY)
    again = Rights.none(len(world.register.clients.names))
    for line in grouped(found):
        clients = list(line.clients)
        assert not again.system[clients].any()
        assert not again.programs[clients].any()
        assert line.system != bool(line.programs)
        again.system[clients] = line.system
        again.programs[clients] = line.programs
        assert (line.have is None) == (world.current.others is None)
        for other in world.current.others or ():
            able = other.rights.system[clients] | (
                (not line.system)
                & ((other.rights.programs[clients] & np.uint64(line.programs)) == line.programs)
            )
            assert (other.key in line.have) == all(able)
    assert np.array_equal(again.system, found.rights.system)
    assert np.array_equal(again.programs, found.rights.programs)


@given(st.data())
def test_a_selection_is_exact(data):
    """What teams and tags say, and the rest, is what was asked for, and nothing else."""
    import tests.support.worlds as support
    from reconciler.grid import Clients
    from reconciler.grid.register import Client

    rows = [
        Client(
            str(number),
            "",
            tags=tuple(sorted(data.draw(st.sets(st.sampled_from(["x", "y"]))))),
            team=data.draw(st.sampled_from(["t", "u", None])),
        )
        for number in range(8)
    ]
    reg = replace(support.register(["p"], ["1"], ["a"]), clients=Clients.build(rows))
    wanted = data.draw(st.sets(st.integers(0, 7), min_size=1))
    found = select(reg, sorted(wanted))
    said = set(range(8)) if found.whole else set(found.rest)
    for team in found.teams:
        said |= set(reg.clients.teams[team].tolist())
    for tag in found.tags:
        said |= set(reg.clients.tags[tag].tolist())
    assert said == wanted
    assert not set(found.rest) & {
        client for name in found.teams for client in reg.clients.teams[name].tolist()
    }


def test_a_system_administrator_is_asked_for_only_where_access_changes():
    reg = register(["p", "q"], ["1", "2", "3"], ["a", "b"])
    have = access(reg, ("p", "1", None), ("p", "3", "a"))
    want = access(reg, ("p", "1", "a"), ("p", "1", "b"), ("p", "2", "a"), ("q", "3", "a"), ("p", "3", "b"))
    others = (operator(reg, "boss", system=("2", "3")), operator(reg, "pay", programs={"1": ["a", "b"]}))
    world = World(desired(reg, want), current(reg, have, operator(reg), others))
    found = missing_rights(world.desired, world.current, DAY)
    expected = rights(reg, system=("2", "3"), programs={"1": ["a", "b"]})
    assert np.array_equal(found.rights.system, expected.system)
    assert np.array_equal(found.rights.programs, expected.programs)
    assert [(line.system, line.programs, line.clients, line.have) for line in grouped(found)] == [
        (True, 0, (1, 2), ("boss",)),
        (False, 3, (0,), ("pay",)),
    ]
    assert (found.blocked, found.otherwise) == (8, 0)


def test_what_is_blocked_for_another_reason_needs_no_right():
    reg = register(["p"], ["1"], ["a"], disconnected=["1"])
    world = World(desired(reg, access(reg, ("p", "1", "a"))), current(reg, access(reg), operator(reg)))
    found = missing_rights(world.desired, world.current, DAY)
    assert grouped(found) == ()
    assert (found.blocked, found.otherwise) == (0, 2)


def test_a_right_may_bring_up_the_need_of_another():
    """The grant waits for the removal, which is not done without a right: so nobody asked whether it may be made."""
    reg = register(["p"], ["1"], ["a", "b"])
    have, want = access(reg, ("p", "1", "a")), access(reg, ("p", "1", "b"))
    world = apart(World(desired(reg, want), current(reg, have, operator(reg))), 0, 1)
    plan = build(world.desired, world.current, DAY)
    assert {(one.reason.value, one.block.mask) for one in plan.blocked} == {
        ("needs-program-administrator", 1),
        ("never-together", 2),
    }
    found = missing_rights(world.desired, world.current, DAY)
    assert [line.programs for line in grouped(found)] == [3]
    assert lacking(world, found.rights, None) == 0
