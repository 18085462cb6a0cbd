"""Sets of programs that nobody may hold together, against sets of triples."""

from __future__ import annotations

from hypothesis import given

from reconciler.guardrails.duties import complete, completing, swaps
from tests.grid.worlds import triples_of
from tests.guardrails.worlds import Duty, duties


def holds_all(cells, pair, programs) -> bool:
    return all((*pair, program) in cells for program in programs)


def held(world: Duty) -> dict[str, set]:
    """The oracle: by set the grants of its programs where it would be complete and grants bring it about."""
    end = world.after(world.grants)
    found: dict[str, set] = {}
    for name, programs in world.sets.items():
        for pair in {cell[:2] for cell in world.grants}:
            mine = {cell for cell in world.grants if cell[:2] == pair and cell[2] in programs}
            if mine and holds_all(end, pair, programs) and (name, *pair) not in world.waivers:
                found[name] = found.get(name, set()) | mine
    return found


def programs_of(state) -> set:
    return {cell for cell in triples_of(state) if cell[2] is not None}


@given(duties())
def test_a_grant_that_would_complete_a_set_is_held_and_no_other(world: Duty) -> None:
    current, removals, grants = world.states()
    removals = removals.union(current.inside(world.takes()))
    found = completing(current, removals, grants, world.masks(), world.waived())
    assert {name: programs_of(rows) for name, rows in found.items()} == held(world)


@given(duties())
def test_nothing_that_is_left_of_the_grants_completes_a_set(world: Duty) -> None:
    allowed = world.grants - set().union(*held(world).values())
    before, end = world.after(frozenset()), world.after(allowed)
    for name, programs in world.sets.items():
        for pair in {cell[:2] for cell in end}:
            new = holds_all(end, pair, programs) and not holds_all(before, pair, programs)
            assert not new or (name, *pair) in world.waivers


@given(duties())
def test_complete_are_the_sets_that_somebody_holds_in_the_end(world: Duty) -> None:
    current, removals, grants = world.states()
    end = world.after(world.grants)
    for programs, mask in zip(world.sets.values(), world.masks().values(), strict=True):
        rows = complete(current, removals, world.takes(), grants, mask)
        assert {(u, c) for u, c, _ in rows.rows()} == {
            cell[:2] for cell in end if holds_all(end, cell[:2], programs)
        }
        assert set(rows.masks.tolist()) <= {mask}


@given(duties())
def test_in_the_order_of_swaps_no_set_is_complete_at_any_time(world: Duty) -> None:
    current, removals, grants = world.states()
    allowed = world.grants - set().union(*held(world).values())
    grants = world.of_programs(frozenset(allowed))
    found = swaps(current, removals, grants, world.masks(), world.waived())
    first, then = programs_of(found.first), programs_of(found.then)
    assert first <= world.removals
    assert then <= allowed
    for state in (
        set(world.current),
        world.current | (allowed - then),
        (world.current | (allowed - then)) - first,
        (world.current | allowed) - first,
        (world.current | allowed) - world.removals,
    ):
        for name, programs in world.sets.items():
            for pair in {cell[:2] for cell in state}:
                new = holds_all(state, pair, programs) and not holds_all(world.current, pair, programs)
                assert not new or (name, *pair) in world.waivers


@given(duties())
def test_only_where_a_set_is_at_stake_is_the_order_another(world: Duty) -> None:
    current, removals, grants = world.states()
    found = swaps(current, removals, grants, world.masks(), world.waived())
    for u, c, program in programs_of(found.first) | programs_of(found.then):
        assert any(
            program in programs and holds_all(world.current | world.grants, (u, c), programs)
            for programs in world.sets.values()
        )
