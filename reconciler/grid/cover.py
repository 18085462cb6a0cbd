"""Few blocks for many cells: `cover(required, allowed) → blocks`.

Every required cell is in some block, and no block touches a cell outside `allowed`: required cells plus
those where the operation changes nothing. A plain grouping forms the blocks: pairs with the same programs,
then clients with the same consultants, or consultants with the same clients, whichever gives fewer.
It never leaves the required cells, so it is exact by construction.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.block import Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.grid.access import Access, Shape
    from reconciler.grid.arrays import Flags, Keys


@dataclass(frozen=True, slots=True)
class Region:
    """A set of cells that may be huge: what a state holds, or everything but what it holds.

    Attributes:
        cells: the state.
        inverted: whether the region is what lies outside the state. A pair of an inverted region's state
            is outside with the programs of its mask only; with mask 0 the pair itself is outside.
    """

    cells: Access
    inverted: bool

    def contains(self, keys: Keys, mask: int) -> Flags:
        """For each pair, whether the region holds it with all programs of the mask."""
        masks, found = self.cells.masks_at(keys)
        wanted = np.uint64(mask)
        inside: Flags = found & (masks & wanted == wanted)
        if self.inverted:
            inside = ~found | ((masks & wanted == 0) & (masks != 0))
        return inside


def only(cells: Access) -> Region:
    """The region of what a state holds."""
    return Region(cells, inverted=False)


def outside(cells: Access) -> Region:
    """The region of everything but what a state holds."""
    return Region(cells, inverted=True)


def cover(required: Access, allowed: Region) -> tuple[Block, ...]:
    """Blocks that together hold every required row and touch nothing outside the region.

    Args:
        required: the pairs, each with the programs, that must be covered.
        allowed: what blocks may touch; it holds all that is required.

    Returns:
        Blocks in ascending order of their first client, consultants, then mask: the same for the same input.

    Raises:
        ValueError: where something required is not allowed.
    """
    by_mask: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for consultant, client, mask in required.rows():
        by_mask[mask].append((consultant, client))
    blocks: list[Block] = []
    for mask, pairs in by_mask.items():
        by_client = _group([(client, consultant) for consultant, client in pairs])
        by_consultant = _group(pairs)
        if len(by_client) <= len(by_consultant):
            blocks += [Block(consultants, clients, mask) for clients, consultants in by_client]
        else:
            blocks += [Block(consultants, clients, mask) for consultants, clients in by_consultant]
    _check(required.shape, blocks, allowed)
    return tuple(sorted(blocks, key=lambda block: (block.clients, block.consultants, block.mask)))


def _group(pairs: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Lefts that have the same rights, together: [(lefts, rights)]."""
    rights: dict[int, list[int]] = defaultdict(list)
    for left, right in pairs:
        rights[left].append(right)
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for left in sorted(rights):
        groups[tuple(sorted(rights[left]))].append(left)
    return [(tuple(lefts), right) for right, lefts in groups.items()]


def _check(shape: Shape, blocks: Sequence[Block], allowed: Region) -> None:
    for block in blocks:
        if not allowed.contains(block.keys(shape), block.mask).all():
            raise ValueError("something required is not allowed")
