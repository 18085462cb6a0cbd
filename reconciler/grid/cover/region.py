"""`Region`: what blocks may touch. A region may be nearly everything, so it is never written out cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reconciler.grid.access import Access
    from reconciler.grid.arrays import Flags, Keys, Masks


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
        return self.contains_rows(keys, np.full(len(keys), mask, dtype=np.uint64))

    def contains_rows(self, keys: Keys, wanted: Masks) -> Flags:
        """For each pair, whether the region holds it with all programs of the mask beside it."""
        masks, found = self.cells.masks_at(keys)
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
