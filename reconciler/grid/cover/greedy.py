"""The first cover: always go on where the least choice is left.

The known recipe (Ene et al. 2008): take the line with the fewest cells uncovered, make a box of these cells
and of all lines that may stand beside them, and make it maximal.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from reconciler.grid.cover.bits import bitset, ones
from reconciler.grid.cover.table import Box, Table

if TYPE_CHECKING:
    from collections.abc import Iterator


def grow(region: Table, need: Table) -> list[Box]:
    """Maximal boxes that cover all that is needed; `need` is used up."""
    heap = [(row.bit_count(), 0, line) for line, row in enumerate(need.rows) if row]
    heap += [(column.bit_count(), 1, line) for line, column in enumerate(need.columns) if column]
    heapq.heapify(heap)
    boxes = []
    alive = Box(
        bitset([i for i, row in enumerate(need.rows) if row]),
        bitset([i for i, one in enumerate(need.columns) if one]),
        0,
    )
    while heap:
        count, axis, line = heapq.heappop(heap)
        left = (need.columns if axis else need.rows)[line].bit_count()
        if left != count:
            if left:
                heapq.heappush(heap, (left, axis, line))
            continue
        candidates = _around(region, need, axis, line)
        box = candidates[0] if len(candidates) == 1 else _best(need, candidates, alive)
        boxes.append(box)
        alive = _take(need, box, alive)
        left = (need.columns if axis else need.rows)[line].bit_count()
        if left:
            heapq.heappush(heap, (left, axis, line))
    return boxes


def _around(region: Table, need: Table, axis: int, line: int) -> list[Box]:
    """Maximal boxes from the uncovered cells of a line: slice by slice, and for each two ways to grow."""
    sizes = region.sizes
    size = sizes.consultants if axis else sizes.clients
    cells = (need.columns if axis else need.rows)[line]
    pieces: dict[int, int] = {}
    for piece in range(sizes.slices):
        crossing = cells >> piece * size & ((1 << size) - 1)
        if crossing:
            pieces[crossing] = pieces.get(crossing, 0) | 1 << piece
    grown = (_grown(region, axis, line, crossing, slices) for crossing, slices in pieces.items())
    return list(dict.fromkeys(box for boxes in grown for box in boxes))


def _grown(region: Table, axis: int, line: int, crossing: int, slices: int) -> Iterator[Box]:
    """From cells that are the same in some slices: with all slices that these allow, and with those alone."""
    consultants, clients = (crossing, 1 << line) if axis else (1 << line, crossing)
    more = region.slices_for(consultants, clients)
    yield _wide(region, consultants, clients, more, axis)
    if more != slices:
        yield _wide(region, consultants, clients, slices, axis)


def _wide(region: Table, consultants: int, clients: int, slices: int, axis: int) -> Box:
    if axis:
        clients = region.clients_for(consultants, slices)
        consultants = region.consultants_for(clients, slices)
    else:
        consultants = region.consultants_for(clients, slices)
        clients = region.clients_for(consultants, slices)
    return Box(consultants, clients, region.slices_for(consultants, clients))


def _best(need: Table, boxes: list[Box], alive: Box) -> Box:
    """The box that covers most; of equals the first."""
    gains = [_gain(need, box, alive) for box in boxes]
    return boxes[gains.index(max(gains))]


def _gain(need: Table, box: Box, alive: Box) -> int:
    cells = need.spread_clients(box.clients, box.slices)
    return sum((need.rows[line] & cells).bit_count() for line in ones(box.consultants & alive.consultants))


def _take(need: Table, box: Box, alive: Box) -> Box:
    """Take a box's cells out of what is needed; return the lines on which something still is."""
    cells = need.spread_clients(box.clients, box.slices)
    consultants = _clear(need.rows, box.consultants & alive.consultants, cells)
    cells = need.spread_consultants(box.consultants, box.slices)
    clients = _clear(need.columns, box.clients & alive.clients, cells)
    return Box(alive.consultants & ~consultants, alive.clients & ~clients, 0)


def _clear(lines: list[int], chosen: int, cells: int) -> int:
    """Take cells out of lines; return those that are empty now."""
    empty = []
    for line in ones(chosen):
        lines[line] &= ~cells
        if not lines[line]:
            empty.append(line)
    return bitset(empty)
