"""Last touch: drop boxes that the others cover, and shrink each to what only it covers.

So a cell that nothing asks for stays in a block only where it saves one, and cells in several blocks are few.
Small boxes give way first, and those with few programs: large ones keep the shape in which people think of
them, and the programs of a pair stay together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid.cover.bits import bitset, flags_of, ones
from reconciler.grid.cover.table import Box, flat, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from reconciler.grid.arrays import Ids
    from reconciler.grid.cover.problem import Problem


class _Cells(NamedTuple):
    """Required cells by consultant: their places, `slice × clients + client`, and where each consultant starts."""

    places: Ids
    consultants: Ids
    bounds: Ids
    clients: int
    width: int

    def inside(self, box: Box) -> Ids:
        """The numbers of the cells in a box."""
        lines = np.array(ones(box.consultants), dtype=np.int64)
        starts = self.bounds[lines]
        counts = self.bounds[lines + 1] - starts
        ends = np.cumsum(counts)
        numbers = np.arange(int(ends[-1])) + np.repeat(starts - ends + counts, counts)
        flags = flags_of(spread(box.clients, box.slices, self.clients), self.width)
        found: Ids = numbers[flags[self.places[numbers]]]
        return found

    def around(self, numbers: Ids) -> Box:
        """The smallest box around cells."""
        places = self.places[numbers]
        return Box(
            bitset(np.unique(self.consultants[numbers])),
            bitset(np.unique(places % self.clients)),
            bitset(np.unique(places // self.clients)),
        )


def trim(problem: Problem, boxes: Sequence[Box]) -> list[Box]:
    """Fewer or as many boxes, each within one of these, that cover the same.

    Of what comes back, no box can lose a consultant, a client or a program.
    """
    sizes = problem.sizes
    places, lines = flat(
        sizes.clients, problem.required.consultants, problem.required.clients, problem.required
    )
    bounds = np.searchsorted(lines, np.arange(sizes.consultants + 1))
    cells = _Cells(places, lines, bounds, sizes.clients, sizes.clients * sizes.slices)
    access = 0 if problem.access is None else 1 << problem.access
    whole = [box._replace(slices=box.slices | access) for box in boxes]
    inside = [cells.inside(box) for box in whole]
    times: NDArray[np.int64] = np.zeros(len(places), dtype=np.int64)
    for numbers in inside:
        times[numbers] += 1
    kept = []
    for box, numbers in sorted(zip(whole, inside, strict=True), key=_weight):
        own = numbers[times[numbers] == 1]
        times[numbers] -= 1
        if len(own):
            smaller = cells.around(own)
            if smaller.slices & ~access:
                smaller = smaller._replace(slices=smaller.slices | access)
            times[numbers if smaller == box else cells.inside(smaller)] += 1
            kept.append(smaller)
    return kept


def _weight(one: tuple[Box, Ids]) -> tuple[int, int, Box]:
    box, numbers = one
    return len(numbers), box.slices.bit_count(), box
