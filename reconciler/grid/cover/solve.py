"""The way from a problem to its boxes: reduce in rounds, cover the kernel, and go back the same way.

Each round merges lines that have become alike, takes out what is dominated or forced, and drops lines on which
nothing is left. Going back, boxes are made maximal in every round, for a dominated cell is covered by a
*maximal* box around the cell that dominates it.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid.cover.bits import ones
from reconciler.grid.cover.greedy import grow
from reconciler.grid.cover.improve import Improved, improve
from reconciler.grid.cover.problem import Cells, Origin, Problem, condense
from reconciler.grid.cover.reduce import reduce
from reconciler.grid.cover.table import Box, Table, lift, region_table, table_of

if TYPE_CHECKING:
    from reconciler.grid.cover.effort import Limits
    from reconciler.grid.cover.friends import Cell


_MANY = 4_000
"""Cells for which another round must pay."""


_MOST_BITS = 400_000_000
"""Of one table; it is kept for both kinds of lines, and for what is needed and what is allowed."""


class _Round(NamedTuple):
    origin: Origin
    region: Table
    forced: list[Box]


def solve(problem: Problem, limits: Limits, *, bounded: bool) -> Improved:
    """Boxes that cover what a problem requires, and how many there must be.

    Args:
        problem: any; where its tables would be too large, it is solved in halves.
        limits: of the work.
        bounded: whether the bound is wanted; if not, it may be low.
    """
    if prod(problem.sizes) <= _MOST_BITS or problem.sizes.clients == 1:
        return _solve(problem, limits, bounded=bounded)
    halves = []
    for upper in (False, True):
        half = problem.where((problem.required.clients >= problem.sizes.clients // 2) == upper)
        smaller, origin = condense(half, exactly=True)
        solved = solve(smaller, limits, bounded=bounded)
        halves.append(Improved([lift(box, origin) for box in solved.boxes], solved.bound))
    return Improved([box for half in halves for box in half.boxes], max(half.bound for half in halves))


def _solve(problem: Problem, limits: Limits, *, bounded: bool) -> Improved:
    rounds: list[_Round] = []
    cells: list[Cell] = []
    before, reach = 0, limits.reach
    while True:
        merged, origin = condense(problem, exactly=False)
        region, need = region_table(merged), table_of(merged.sizes, merged.required)
        forced, reach = reduce(merged, region, need, reach)
        rounds.append(_Round(origin, region, forced))
        cells = _cells(need)
        worth = not before or len(cells) < before * (0.9 if len(cells) > _MANY else 0.99)
        if not cells or not worth:
            break
        before = len(cells)
        problem = merged.requiring(_required(merged, cells))
    boxes = grow(region, need) if cells else []
    kernel = improve(region, cells, boxes, limits, bounded=bounded) if cells else Improved([], 0)
    boxes = kernel.boxes
    for origin, region, forced in reversed(rounds):
        boxes = [lift(box, origin) for box in dict.fromkeys(region.extend(box) for box in [*forced, *boxes])]
    return Improved(boxes, kernel.bound + sum(len(one.forced) for one in rounds))


def _cells(need: Table) -> list[Cell]:
    size = need.sizes.clients
    return [
        (consultant, place % size, place // size)
        for consultant, row in enumerate(need.rows)
        if row
        for place in ones(row)
    ]


def _required(problem: Problem, cells: list[Cell]) -> Cells:
    consultants, clients, slices = np.array(cells, dtype=np.int64).T
    return Cells.united(
        consultants, clients, np.uint64(1) << slices.astype(np.uint64), problem.sizes.consultants
    )
