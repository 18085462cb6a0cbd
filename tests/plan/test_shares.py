"""Each change belongs to one block, and a block does not name a crowd to change a few."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Block, Shape, cover, only, outside
from reconciler.plan import Change
from reconciler.plan.shares import all_or_none, in_blocks, shares
from tests.grid.worlds import shapes, state_of, triples, triples_of


def cells_of(share) -> Counter:
    cells = Counter(cell for cell in triples_of(share.rows) if cell[2] is not None)
    for (u, c, _), access in zip(share.rows.rows(), share.accesses.tolist(), strict=True):
        cells[u, c, None] += access
    return +cells


@given(st.data(), st.sampled_from([Change.GIVE_ACCESS, Change.ADD_PROGRAMS]))
def test_every_change_has_a_share_in_one_block(data, change):
    shape = data.draw(shapes)
    rows = state_of(shape, data.draw(triples(shape)))
    found = list(shares(rows, cover(rows, only(rows)), all_or_none(change, rows)))
    changed = sum((cells_of(share) for _, share in found), Counter())
    wanted = {c for c in triples_of(rows) if c[2] is not None or change is Change.GIVE_ACCESS}
    assert changed == Counter(dict.fromkeys(wanted, 1))
    assert sum(share.cells for _, share in found) == len(wanted)


def test_removing_access_takes_the_programs_of_the_pair_along():
    rows = Access.from_triples(Shape(2, 1, 2), [(0, 0, 0), (0, 0, 1), (1, 0, None)])
    ((block, share),) = in_blocks(Change.REMOVE_ACCESS, rows, outside(Access.empty(rows.shape)))
    assert block == Block((0, 1), (0,), 0)
    assert share.rows == rows
    assert share.cells == 4


@pytest.mark.parametrize(("size", "blocks"), [(30, 1), (1_500, 1_500)])
def test_a_block_is_not_worth_any_number_of_pairs_without_a_change(size, blocks):
    keys = np.arange(size) * (size + 1)
    rows = Access(Shape(size, size, 1), keys, np.ones(size, dtype=np.uint64))
    found = list(in_blocks(Change.REMOVE_PROGRAMS, rows, outside(Access.empty(rows.shape))))
    assert len(found) == blocks
    assert sum(share.cells for _, share in found) == size
