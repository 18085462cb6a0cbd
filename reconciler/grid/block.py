"""`Block`: consultants × clients × programs, what one operation, one plan line and one rule have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reconciler.grid.access import Shape
    from reconciler.grid.arrays import Keys


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """Everything that these consultants, these clients and these programs span.

    Attributes:
        consultants: ids, ascending, unique.
        clients: ids, ascending, unique.
        mask: programs; 0 means access to the client and nothing more.
    """

    consultants: tuple[int, ...]
    clients: tuple[int, ...]
    mask: int

    @property
    def pairs(self) -> int:
        """How many pairs it spans."""
        return len(self.consultants) * len(self.clients)

    def keys(self, shape: Shape) -> Keys:
        """The keys of its pairs, sorted."""
        consultants = np.array(self.consultants, dtype=np.int64)
        clients = np.array(self.clients, dtype=np.int64)
        return shape.keys(consultants[None, :], clients[:, None]).ravel()
