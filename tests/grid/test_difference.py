"""Laws of the difference: disjoint parts that turn the current state into the desired one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from reconciler.grid import Access, Difference, Shape, diff
from reconciler.grid import difference as module
from tests.grid.worlds import Triples, state_of, triples_of, two_states


def applied(current: Access, change: Difference) -> Access:
    """What becomes of a state when everything in a difference is done."""
    return current.outside(change.take).less(change.remove).union(change.give, change.add)


@given(two_states())
def test_doing_the_difference_gives_the_desired_state(world: tuple[Shape, Triples, Triples]) -> None:
    current, desired = (state_of(world[0], cells) for cells in world[1:])
    change = diff(current, desired)
    assert applied(current, change) == desired
    assert not diff(desired, applied(current, change))
    assert bool(change) == (current != desired)


@given(two_states())
def test_the_parts_are_the_set_differences(world: tuple[Shape, Triples, Triples]) -> None:
    shape, had, wants = world
    change = diff(state_of(shape, had), state_of(shape, wants))
    granted, removed = wants - had, had - wants
    new = {(u, c) for u, c, p in granted if p is None}
    gone = {(u, c) for u, c, p in removed if p is None}
    assert triples_of(change.give) == {cell for cell in granted if cell[:2] in new}
    assert triples_of(change.take) == {cell for cell in removed if cell[:2] in gone}
    # pairs that stay are rows of add and remove, but their access is no change
    assert {cell for cell in triples_of(change.add) if cell[2] is not None} == {
        cell for cell in granted if cell[:2] not in new
    }
    assert {cell for cell in triples_of(change.remove) if cell[2] is not None} == {
        cell for cell in removed if cell[:2] not in gone
    }
    assert change.grants == len(granted)
    assert change.removals == len(removed)
    assert change.add.masks.all()
    assert change.remove.masks.all()


@given(two_states())
def test_the_way_back_gives_what_was_taken(world: tuple[Shape, Triples, Triples]) -> None:
    one, other = (state_of(world[0], cells) for cells in world[1:])
    there, back = diff(one, other), diff(other, one)
    assert (there.give, there.add, there.remove, there.take) == (back.take, back.remove, back.add, back.give)


@given(two_states())
def test_packed_and_unpacked_rows_differ_alike(world: tuple[Shape, Triples, Triples]) -> None:
    """A grid of so many clients that key and mask no longer fit one number tells the same."""
    shape, one, other = world
    wide = Shape(shape.consultants, 1 << 60, shape.programs)
    narrow = diff(state_of(shape, one), state_of(shape, other))
    far = diff(state_of(wide, one), state_of(wide, other))
    assert [triples_of(part) for part in (narrow.give, narrow.add, narrow.remove, narrow.take)] == [
        triples_of(part) for part in (far.give, far.add, far.remove, far.take)
    ]


@pytest.mark.parametrize("programs", [6, 60])
def test_states_longer_than_one_range_of_keys(programs: int) -> None:
    shape, random = Shape(1_000, 1_000, programs), np.random.default_rng(1)
    size = 3 * module._STEP + 17
    keys = np.sort(random.choice(1_000_000, size, replace=False)).astype(np.int64)
    current = Access(shape, keys, random.integers(0, 64, size, dtype=np.uint64))
    masks = current.masks.copy()
    masks[:: size // 10] ^= np.uint64(3)
    desired = Access(shape, keys, masks).where(random.random(size) < 0.99)
    change = diff(current, desired)
    assert applied(current, change) == desired
    assert len(change.take) == size - len(desired)
    assert applied(desired, diff(desired, current)) == current


def test_states_of_other_shapes_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="one grid only"):
        diff(Access.empty(Shape(1, 1, 1)), Access.empty(Shape(1, 2, 1)))
