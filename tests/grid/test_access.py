"""Laws of Access: every operation does what the same operation on sets of triples does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Block, Shape
from reconciler.grid.arrays import bits, mask_of, popcount
from tests.grid.worlds import (
    Triples,
    block_triples,
    blocks,
    shapes,
    state_of,
    triples,
    triples_of,
    two_states,
)


def pairs(cells: Triples) -> set[tuple[int, int]]:
    return {(u, c) for u, c, _ in cells}


@given(st.data())
def test_a_state_is_the_set_of_its_triples(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    cells = data.draw(triples(shape))
    state = state_of(shape, cells)
    assert triples_of(state) == cells
    assert len(state) == len(pairs(cells))
    assert state.cells == sum(p is not None for _, _, p in cells)
    assert np.all(np.diff(state.keys) > 0)
    assert state.keys.dtype == np.int64
    assert state.masks.dtype == np.uint64


@given(st.data())
def test_rows_in_any_order_and_in_pieces_make_the_same_state(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    state = state_of(shape, data.draw(triples(shape)))
    single = [
        (key, 1 << p)
        for key, mask in zip(state.keys.tolist(), state.masks.tolist(), strict=True)
        for p in bits(mask)
    ]
    rows = data.draw(st.permutations([*zip(state.keys.tolist(), state.masks.tolist(), strict=True), *single]))
    keys = np.array([key for key, _ in rows], dtype=np.int64)
    masks = np.array([mask for _, mask in rows], dtype=np.uint64)
    assert Access.from_rows(shape, keys, masks) == state


@given(st.data())
def test_blocks_make_the_union_of_what_they_span(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    some = data.draw(st.lists(blocks(shape), max_size=4))
    spanned = frozenset().union(*(block_triples(shape, block) for block in some))
    state = Access.from_blocks(shape, some)
    assert triples_of(state) == spanned
    assert [block.pairs for block in some] == [len(block.keys(shape)) for block in some]
    assert all(np.all(np.diff(block.keys(shape)) > 0) for block in some)
    assert Access.from_blocks(shape, data.draw(st.permutations(some))) == state


@given(two_states())
def test_union_is_union(world: tuple[Shape, Triples, Triples]) -> None:
    shape, one, other = world
    both = state_of(shape, one).union(state_of(shape, other))
    assert triples_of(both) == one | other
    assert both == state_of(shape, other).union(state_of(shape, one))
    assert state_of(shape, one).union(state_of(shape, other), both) == both


@given(two_states())
def test_less_takes_programs_and_leaves_pairs(world: tuple[Shape, Triples, Triples]) -> None:
    shape, one, other = world
    kept = {(u, c, p) for u, c, p in one if p is None or (u, c, p) not in other}
    assert triples_of(state_of(shape, one).less(state_of(shape, other))) == kept


@given(two_states())
def test_inside_and_outside_split_by_pair(world: tuple[Shape, Triples, Triples]) -> None:
    shape, one, other = world
    state, by = state_of(shape, one), state_of(shape, other)
    assert triples_of(state.inside(by)) == {cell for cell in one if cell[:2] in pairs(other)}
    assert triples_of(state.outside(by)) == {cell for cell in one if cell[:2] not in pairs(other)}


@given(two_states(), st.data())
def test_updated_has_the_new_rows_of_some_pairs(
    world: tuple[Shape, Triples, Triples], data: st.DataObject
) -> None:
    shape, one, other = world
    state, rows = state_of(shape, one), state_of(shape, other)
    flags = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
    held = np.array(flags, dtype=np.bool_)
    before = state.masks.copy()
    assert state.updated(rows, held) == state.outside(rows).union(rows.where(held))
    assert np.array_equal(state.masks, before)


@given(st.data())
def test_the_rows_at_some_clients(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    cells = data.draw(triples(shape))
    clients = data.draw(st.sets(st.integers(0, shape.clients - 1)))
    found = state_of(shape, cells).at_clients(np.array(sorted(clients), dtype=np.int64))
    assert found == state_of(shape, frozenset(cell for cell in cells if cell[1] in clients))


@given(st.data())
def test_restrict_keeps_what_lies_in_the_scope(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    cells = data.draw(triples(shape))
    consultants = data.draw(st.none() | st.sets(st.integers(0, shape.consultants - 1)))
    clients = data.draw(st.none() | st.sets(st.integers(0, shape.clients - 1)))
    programs = data.draw(st.none() | st.integers(0, (1 << shape.programs) - 1))
    kept = state_of(shape, cells).restrict(
        None if consultants is None else np.isin(np.arange(shape.consultants), list(consultants)),
        None if clients is None else np.isin(np.arange(shape.clients), list(clients)),
        programs,
    )
    assert triples_of(kept) == {
        (u, c, p)
        for u, c, p in cells
        if (consultants is None or u in consultants)
        and (clients is None or c in clients)
        and (programs is None or p is None or programs >> p & 1)
    }


@given(st.data())
def test_masks_at_tells_what_any_pair_holds(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    cells = data.draw(triples(shape))
    asked = data.draw(st.lists(st.integers(0, shape.consultants * shape.clients - 1)))
    masks, found = state_of(shape, cells).masks_at(np.array(asked, dtype=np.int64))
    for key, mask, has in zip(asked, masks.tolist(), found.tolist(), strict=True):
        client, consultant = divmod(key, shape.consultants)
        assert has == ((consultant, client) in pairs(cells))
        assert bits(mask) == sorted(
            p for u, c, p in cells if (u, c) == (consultant, client) and p is not None
        )


@given(st.data())
def test_parts_put_together_are_the_whole(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    state = state_of(shape, data.draw(triples(shape)))
    cut = data.draw(st.integers(0, len(state)))
    head, tail = state.part(0, cut), state.part(cut, len(state))
    assert head.union(tail) == state
    assert len(head) + len(tail) == len(state)


@given(st.sets(st.integers(0, 63)))
def test_a_mask_is_a_set_of_programs(programs: set[int]) -> None:
    mask = mask_of(programs)
    assert bits(mask) == sorted(programs)
    assert popcount(np.array([mask, mask], dtype=np.uint64)) == 2 * len(programs)


@pytest.mark.parametrize("programs", [-1, 65])
def test_a_grid_holds_at_most_64_programs(programs: int) -> None:
    with pytest.raises(ValueError, match="at most 64 programs"):
        Shape(1, 1, programs)


def test_states_of_other_shapes_are_not_equal() -> None:
    assert Access.empty(Shape(1, 1, 1)) != Access.empty(Shape(1, 1, 2))
    assert Access.from_blocks(Shape(2, 2, 1), [Block((0,), (1,), 1)]) != "a state"


def test_an_empty_bureau_has_an_empty_state() -> None:
    nobody = Access.empty(Shape(0, 0, 0))
    assert list(nobody.rows()) == []
    assert nobody.union(nobody) == nobody.outside(nobody) == nobody


@given(
    st.sets(st.integers(0, 499), max_size=40), st.sets(st.integers(0, 99), max_size=20), st.integers(0, 31)
)
def test_a_few_of_many_clients_are_found_as_all_are(keys: set[int], clients: set[int], people: int) -> None:
    ordered = np.array(sorted(keys), dtype=np.int64)
    state = Access(Shape(5, 100, 2), ordered, ordered.astype(np.uint64) % np.uint64(4))
    flags = np.isin(np.arange(100), list(clients))
    who = np.array([bool(people >> i & 1) for i in range(5)])
    kept = state.restrict(who, flags)
    assert list(kept.rows()) == [row for row in state.rows() if row[1] in clients and who[row[0]]]
