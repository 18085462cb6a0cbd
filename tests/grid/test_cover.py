"""Laws of covering: exactly what is required, nothing outside what is allowed, the same whatever the order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Block, Region, Shape, cover, only, outside
from tests.grid.worlds import Triples, block_triples, shapes, state_of, triples, triples_of, two_states


def region_triples(shape: Shape, region: Region) -> Triples:
    """Every cell of a region, one by one."""
    held = triples_of(region.cells)
    if not region.inverted:
        return held
    cells = [(u, c) for u in range(shape.consultants) for c in range(shape.clients)]
    bare = {
        (u, c) for u, c in cells if (u, c, None) in held and not any((u, c, p) in held for p in range(64))
    }
    return frozenset(
        (u, c, p)
        for u, c in cells
        if (u, c) not in bare
        for p in (None, *range(shape.programs))
        if p is None or (u, c, p) not in held
    )


@given(st.data())
def test_what_is_covered_is_what_is_required(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    required = state_of(shape, data.draw(triples(shape)))
    blocks = cover(required, only(required))
    assert Access.from_blocks(shape, blocks) == required


@given(st.data())
def test_no_block_leaves_the_region(data: st.DataObject) -> None:
    shape, one, other = data.draw(two_states())
    state = state_of(shape, other)
    region = data.draw(st.sampled_from([only(state.union(state_of(shape, one))), outside(state)]))
    inside = region_triples(shape, region)
    required = state_of(shape, one)
    if not triples_of(required) <= inside:
        with pytest.raises(ValueError, match="not allowed"):
            cover(required, region)
        return
    spanned: Triples = frozenset().union(*(block_triples(shape, block) for block in cover(required, region)))
    assert one <= spanned <= inside


@given(st.data())
def test_the_blocks_do_not_depend_on_the_order_of_rows(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    cells = data.draw(triples(shape))
    shuffled = Access.from_triples(shape, data.draw(st.permutations(sorted(cells, key=repr))))
    required = state_of(shape, cells)
    assert cover(shuffled, only(required)) == cover(required, only(required))


@given(st.data())
def test_a_region_contains_a_pair_only_with_all_it_is_asked_for(data: st.DataObject) -> None:
    shape = data.draw(shapes)
    state = state_of(shape, data.draw(triples(shape)))
    region = data.draw(st.sampled_from([only(state), outside(state)]))
    mask = data.draw(st.integers(0, (1 << shape.programs) - 1))
    inside = region_triples(shape, region)
    keys = np.arange(shape.consultants * shape.clients)
    for key, held in zip(keys.tolist(), region.contains(keys, mask).tolist(), strict=True):
        client, consultant = divmod(key, shape.consultants)
        assert held == (block_triples(shape, Block((consultant,), (client,), mask)) <= inside)


@pytest.mark.parametrize(
    ("pairs", "blocks"),
    [
        ([], []),
        ([(0, 0)], [Block((0,), (0,), 1)]),
        ([(0, 0), (1, 0), (0, 1), (1, 1)], [Block((0, 1), (0, 1), 1)]),
        ([(0, 0), (1, 0), (2, 1), (3, 1)], [Block((0, 1), (0,), 1), Block((2, 3), (1,), 1)]),
        # the same two clients for one, three others for another: two blocks by consultant, five by client
        ([(0, 0), (0, 1), (1, 1), (1, 2)], [Block((0,), (0, 1), 1), Block((1,), (1, 2), 1)]),
    ],
)
def test_equal_rows_become_one_block(pairs: list[tuple[int, int]], blocks: list[Block]) -> None:
    required = Access.from_triples(Shape(4, 3, 1), [(u, c, 0) for u, c in pairs])
    assert list(cover(required, only(required))) == blocks
