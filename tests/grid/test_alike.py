"""Blocks in no time: exactly the rows, each pair once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Block, Shape, alike
from tests.grid.worlds import Triples, block_triples, shapes, state_of, triples


@given(st.data())
def test_the_blocks_are_the_rows_and_share_no_pair(data: st.DataObject) -> None:
    shape: Shape = data.draw(shapes)
    cells: Triples = data.draw(triples(shape))
    blocks = alike(state_of(shape, cells))
    parts = [block_triples(shape, block) for block in blocks]
    assert frozenset().union(*parts) == cells
    assert sum(map(len, parts)) == len(cells)
    assert list(blocks) == sorted(blocks, key=lambda one: (one.clients, one.consultants, one.mask))


def test_clients_with_the_same_people_are_one_block() -> None:
    shape = Shape(3, 4, 2)
    rows = Access.from_triples(shape, [(0, 0, 1), (2, 0, 1), (0, 1, 1), (2, 3, 1), (0, 3, 1), (1, 2, None)])
    assert alike(rows) == (Block((0, 2), (0, 3), 2), Block((0,), (1,), 2), Block((1,), (2,), 0))
    assert alike(Access.empty(shape)) == ()
