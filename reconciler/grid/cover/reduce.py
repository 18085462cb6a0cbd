"""Reduction: cells that need no thought, and blocks that any cover must have.

Ene et al. (SACMAT 2008) call a cell *dominated* by another if every maximal block that holds the other
holds it too: then covering the other is enough. Write A(x) for what the region allows on a line x. In a grid
of merged lines it follows from A(v) ⊆ A(u) and A(d) ⊆ A(c) that (v, d) dominates (u, c), for in any block u
may stand beside v, and c beside d; the same for slices. That is `_dominate`, one pass over the lines.

With more than one slice, what a block around a given cell can reach is less than the whole lines, so more
cells are dominated: `_close_in` looks at the reach of each cell that is left. Where all of that reach may
stand beside the cell, it is the only maximal block there, and every cover has it: it is *forced*.

Neither loses an optimum. Both stop early on work limits that count steps, never time.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import bits
from reconciler.grid.cover.bits import bitset, full, ones
from reconciler.grid.cover.table import Box, spread

if TYPE_CHECKING:
    from reconciler.grid.arrays import Ids
    from reconciler.grid.cover.problem import Cells, Problem
    from reconciler.grid.cover.table import Table

_MOST_STEPS = 4_000_000
"""Set operations that one pass may take before it leaves the remaining lines or cells as they are."""

_GLANCE = 40
"""Steps that looking at one cell takes at least."""


def reduce(problem: Problem, region: Table, need: Table, budget: int) -> tuple[list[Box], int]:
    """Take out of `need` what is dominated or lies in a forced box.

    Args:
        problem: of merged lines.
        region: what may be touched.
        need: what is to be covered; its lists are changed.
        budget: steps for looking at what single cells can reach.

    Returns:
        The forced boxes, maximal, and what is left of the budget.
    """
    wider = _dominate(problem, region, need)
    if problem.sizes.slices == 1:
        forced = _forced(region, need, wider)
    else:
        forced, budget = _close_in(region, need, budget)
    need.columns[:] = _transposed(need.rows, problem)
    return forced, budget


def _dominate(problem: Problem, region: Table, need: Table) -> list[list[int]]:
    """Take dominated cells out; return for each consultant those that are wider."""
    sizes = problem.sizes
    wider = _wider(
        problem, problem.region.consultants, problem.region.clients, region.columns, sizes.consultants
    )
    beside = _wider(problem, problem.region.clients, problem.region.consultants, region.rows, sizes.clients)
    clients = {client: bitset(others) for client, others in enumerate(beside) if others}
    several = bitset(list(clients))
    slices = _wider_slices(problem)
    rows = list(need.rows)
    for consultant, row in enumerate(rows):
        within, across = _shadow(region, row, clients, several, slices)
        need.rows[consultant] &= ~within
        for other in wider[consultant]:
            need.rows[other] &= ~across
    return wider


def _forced(region: Table, need: Table, wider: list[list[int]]) -> list[Box]:
    """With one slice: a box is forced where all consultants of a cell's client are as wide as the cell's."""
    found = []
    for consultant, row in enumerate(need.rows):
        beside = None
        for client in ones(row):
            if not need.rows[consultant] >> client & 1:
                continue
            if beside is None:
                beside = ~bitset([consultant, *wider[consultant]])
            consultants, clients = region.columns[client], region.rows[consultant]
            if consultants & beside:
                continue
            found.append(Box(consultants, clients, 1))
            for other in ones(consultants):
                need.rows[other] &= ~clients
    return found


def _shadow(
    region: Table, row: int, wider: dict[int, int], several: int, slices: list[int]
) -> tuple[int, int]:
    """What a consultant's cells dominate on its own row, and on the rows of wider consultants.

    Args:
        region: for its sizes.
        row: the cells.
        wider: for a client, the wider ones, where there are any.
        several: the clients that have wider ones.
        slices: for each slice, itself and those that are wider.
    """
    size, within, across = region.sizes.clients, 0, 0
    for piece, reach in enumerate(slices):
        mine = row >> piece * size & region.everywhere
        if mine:
            others = 0
            for client in ones(mine & several):
                others |= wider[client]
            within |= spread(others, reach, size) | spread(mine, reach & ~(1 << piece), size)
            across |= spread(mine | others, reach, size)
    return within, across


def _wider(problem: Problem, lines: Ids, others: Ids, crossing: list[int], count: int) -> list[list[int]]:
    """For each line, the other lines that are allowed all that it is allowed, and more.

    Those are what all its cells' crossing lines have in common. Where the region is told by what lies
    outside, it is the other way round: a line is inside all lines that lack all that it lacks.
    """
    size = len(crossing)
    places, owners = _places(problem.region, lines, others, size)
    bounds = np.searchsorted(owners, np.arange(count + 1)).tolist()
    width = full(count)
    pieces = [crossing]
    if problem.sizes.slices > 1 or problem.inverted:
        flip = width if problem.inverted else 0
        pieces = [
            [(line >> piece * count & width) ^ flip for line in crossing]
            for piece in range(problem.sizes.slices)
        ]
    found: list[list[int]] = [[] for _ in range(count)]
    steps = 0
    for line, (start, stop) in enumerate(pairwise(bounds)):
        if steps > _MOST_STEPS:
            break
        mine, common = 1 << line, width
        for place in places[start:stop]:
            piece, other = divmod(place, size)
            common &= pieces[piece][other]
            steps += 1
            if common == mine:
                break
        others_in = ones(common ^ mine)
        steps += len(others_in)
        if problem.inverted:
            for other in others_in:
                found[other].append(line)
        else:
            found[line] = others_in
    return found


def _places(cells: Cells, lines: Ids, others: Ids, size: int) -> tuple[list[int], Ids]:
    from reconciler.grid.cover.table import flat

    places, owners = flat(size, lines, others, cells)
    return places.tolist(), owners


def _wider_slices(problem: Problem) -> list[int]:
    """For each slice, itself and the slices that are allowed wherever it is; of equal ones the first leads."""
    count, masks = problem.sizes.slices, problem.region.masks
    everything = np.uint64((1 << count) - 1)
    wider = [0] * count
    for piece in range(count):
        has = masks[(masks >> np.uint64(piece) & np.uint64(1)).astype(np.bool_)]
        common = int(np.bitwise_and.reduce(has)) if len(has) else int(everything)
        for other in bits(common):
            if problem.inverted:
                wider[other] |= 1 << piece
            else:
                wider[piece] |= 1 << other
    return [
        sum(1 << other for other in bits(mask) if other >= piece or not wider[other] >> piece & 1)
        for piece, mask in enumerate(wider)
    ]


def _close_in(region: Table, need: Table, budget: int) -> tuple[list[Box], int]:
    """Domination and forced boxes within the reach of each cell that is left, if the budget may do for half of them."""
    forced: list[Box] = []
    if sum(row.bit_count() for row in need.rows) * _GLANCE > 2 * budget:
        return forced, budget
    weight = 1 + max(region.sizes.clients, region.sizes.consultants) * region.sizes.slices // 4_000
    for consultant in range(region.sizes.consultants):
        for cell in ones(need.rows[consultant]):
            if not need.rows[consultant] >> cell & 1:
                continue
            if budget <= 0:
                return forced, 0
            piece, client = divmod(cell, region.sizes.clients)
            reach = Box(
                region.column(client, piece), region.row(consultant, piece), region.at(consultant, client)
            )
            always = _always(region, consultant, client, piece, reach)
            lines = reach.consultants.bit_count() + reach.clients.bit_count()
            budget -= _GLANCE + lines * weight
            covered = region.spread_clients(always.clients, always.slices)
            for other in ones(always.consultants):
                need.rows[other] &= ~covered
            if always == reach:
                forced.append(reach)
            else:
                need.rows[consultant] |= 1 << cell
    return forced, budget


def _always(region: Table, consultant: int, client: int, piece: int, reach: Box) -> Box:
    """What stands in every maximal box around a cell: what may stand beside all of its reach."""
    row = region.spread_clients(reach.clients, reach.slices) & region.rows[consultant]
    column = region.spread_consultants(reach.consultants, reach.slices) & region.columns[client]
    consultants = bitset([other for other in ones(reach.consultants) if not row & ~region.rows[other]])
    clients = bitset([other for other in ones(reach.clients) if not column & ~region.columns[other]])
    slices = 1 << piece
    for other in ones(reach.slices & ~slices):
        if all(
            not region.row(line, piece) & reach.clients & ~region.row(line, other)
            for line in ones(reach.consultants)
        ):
            slices |= 1 << other
    return Box(consultants, clients, slices)


def _transposed(rows: list[int], problem: Problem) -> list[int]:
    sizes = problem.sizes
    members: list[list[int]] = [[] for _ in range(sizes.clients)]
    for consultant, row in enumerate(rows):
        for cell in ones(row):
            piece, client = divmod(cell, sizes.clients)
            members[client].append(piece * sizes.consultants + consultant)
    return [bitset(places) for places in members]
