"""Shares: which block of a cover brings about which change, each change exactly once.

Blocks may overlap, and may span pairs where nothing changes. A change belongs to the first block that has it,
so the figures of the operations add up to those of the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid import PAIR_CHANGES, Access, Change, cover, only
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.grid import Block, Region
    from reconciler.grid.arrays import Flags, Ids

_WORTH = 100
"""So many pairs without a change are worth one operation less: the bureau looks at each, and so may a reader."""


class Share(NamedTuple):
    """What one block changes.

    Attributes:
        rows: the pairs that change, with the programs that do.
        accesses: for each row, whether access itself changes.
    """

    rows: Access
    accesses: Flags

    @property
    def cells(self) -> int:
        """How many cells change."""
        return self.rows.cells + int(np.count_nonzero(self.accesses))


def shares(
    rows: Access, blocks: Sequence[Block], accesses: Flags, *, whole: bool = False
) -> Iterator[tuple[Block, Share]]:
    """Each block with its share of the rows, in the order of the blocks.

    Args:
        rows: what changes.
        blocks: that cover it.
        accesses: for each row, whether access itself changes.
        whole: whether a block takes all programs of a row, as it does where it removes access.
    """
    left, fresh = rows.masks.copy(), accesses.copy()
    for block in blocks:
        at = _inside(block, rows)
        masks = left[at] if whole else left[at] & np.uint64(block.mask)
        new = fresh[at]
        left[at] ^= masks
        fresh[at] = False
        some = (masks != 0) | new
        yield block, Share(Access(rows.shape, rows.keys[at[some]], masks[some]), new[some])


def in_blocks(change: Change, rows: Access, region: Region) -> list[tuple[Block, Share]]:
    """Few blocks for a change, with their shares.

    Blocks that span so many pairs without a change that several smaller operations are less work give way to
    those: fewest is not best when one operation names a million pairs to change ten.
    """
    whole = change is Change.REMOVE_ACCESS
    found = list(shares(rows, _covered(rows, region, whole), all_or_none(change, rows), whole=whole))
    wide = [one for one in found if one[0].pairs - len(one[1].rows) > _WORTH]
    if not wide:
        return found
    crowd = Access.empty(rows.shape).union(*(share.rows for _, share in wide))
    smaller = _covered(crowd, only(crowd.without_programs() if whole else crowd), whole)
    idle = sum(block.pairs for block, _ in wide) - sum(block.pairs for block in smaller)
    if (len(smaller) - len(wide)) * _WORTH >= idle:
        return found
    given = np.concatenate([share.rows.keys[share.accesses] for _, share in wide])
    close = [one for one in found if one[0].pairs - len(one[1].rows) <= _WORTH]
    return close + list(shares(crowd, smaller, np.isin(crowd.keys, given), whole=whole))


def _covered(rows: Access, region: Region, whole: bool) -> tuple[Block, ...]:
    return cover(rows.without_programs() if whole else rows, region)


def all_or_none(change: Change, rows: Access) -> Flags:
    """For each row, whether access itself changes: that is so for all or none."""
    return np.full(len(rows), change in PAIR_CHANGES, dtype=np.bool_)


def _inside(block: Block, rows: Access) -> Ids:
    """The numbers of the rows that lie in a block, whichever of the two is the smaller to walk through."""
    if block.pairs <= len(rows):
        at, found = find(rows.keys, block.keys(rows.shape))
        return at[found]
    consultants = np.zeros(rows.shape.consultants, dtype=np.bool_)
    clients = np.zeros(rows.shape.clients, dtype=np.bool_)
    consultants[list(block.consultants)] = True
    clients[list(block.clients)] = True
    return np.flatnonzero(consultants[rows.consultants] & clients[rows.clients])
