"""What is still to be covered, and what may be: the state of a search, aligned with the allowed pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from reconciler.adopt.found import Found
    from reconciler.adopt.gather import Wish
    from reconciler.grid.arrays import Flags, Keys, Masks


class Need:
    """The cells that no rule found so far covers.

    Args:
        wish: what there is to write.
        odd: consultants and clients, by id, whose keys cannot be written.
    """

    def __init__(self, wish: Wish, odd: tuple[Flags, Flags]) -> None:
        self.odd = odd
        self.allowed = wish.allowed
        self.shape = wish.allowed.shape
        self.gone = wish.gone
        at, _ = find(self.allowed.keys, wish.required.keys)
        self.masks: Masks = np.zeros(len(self.allowed), dtype=np.uint64)
        self.pairs: Flags = np.zeros(len(self.allowed), dtype=np.bool_)
        self.masks[at] = wish.required.masks
        self.pairs[at] = wish.new

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return bool(self.pairs.any() or self.masks.any())

    @property
    def size(self) -> int:
        """How many cells are left."""
        return int(np.bitwise_count(self.masks).sum(dtype=np.int64) + np.count_nonzero(self.pairs))

    def rest(self) -> Access:
        """What is left, as a state."""
        row = self.pairs | (self.masks != 0)
        return Access(self.shape, self.allowed.keys[row], self.masks[row])

    def gain(self, keys: Keys, masks: Masks) -> int:
        """How much of what is left a rule would cover."""
        at, found = find(self.allowed.keys, keys)
        at = at[found]
        cells = np.bitwise_count(self.masks[at] & masks[found]).sum(dtype=np.int64)
        return int(cells) + int(self.pairs[at].sum())

    def cover(self, rule: Found) -> None:
        """Take what a rule covers away from what is left."""
        at, found = find(self.allowed.keys, rule.keys)
        if not found.all() or (rule.masks & ~self.allowed.masks[at]).any():
            raise AssertionError("a rule would give what is not allowed")
        self.masks[at] &= ~rule.masks
        self.pairs[at] = False
