"""`Effort`: how much work an improvement may be worth. It counts steps, so the result never depends on the clock."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Effort(IntEnum):
    """How long to look for fewer blocks; each may be some ten times the work of the one before."""

    LEAST = 0
    NORMAL = 1
    HIGH = 2
    MOST = 3

    @property
    def limits(self) -> Limits:
        """What it allows."""
        return _LIMITS[self]


class Limits(NamedTuple):
    """What an effort allows.

    Attributes:
        reach: steps of looking at what each cell can reach, in all rounds of reduction.
        cells: a kernel with more cells is not improved.
        rounds: of reordering, for each independent part of a kernel.
        steps: set operations, for a whole kernel.
        exact: steps of the exact search, for each independent part.
    """

    reach: int
    cells: int
    rounds: int
    steps: int
    exact: int


_LIMITS = {
    Effort.LEAST: Limits(500_000, 0, 0, 0, 0),
    Effort.NORMAL: Limits(800_000, 12_000, 100, 1_000_000, 20_000),
    Effort.HIGH: Limits(30_000_000, 20_000, 300, 15_000_000, 1_000_000),
    Effort.MOST: Limits(300_000_000, 40_000, 1_000, 60_000_000, 4_000_000),
}
