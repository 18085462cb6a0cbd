"""`Table`: a small grid as bitsets, for both kinds of lines, and `Box`: a block in it.

A consultant's bitset has the bit `slice × clients + client` for each cell, a client's `slice × consultants
+ consultant`: what several lines have in common, in all slices at once, is one `&` for each line.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid.cover.bits import bitset, full, ones

if TYPE_CHECKING:
    from reconciler.grid.arrays import Ids
    from reconciler.grid.cover.problem import Cells, Origin, Problem, Sizes


class Box(NamedTuple):
    """Consultants × clients × slices, each a bitset."""

    consultants: int
    clients: int
    slices: int


class Table(NamedTuple):
    """Cells of a grid, for each line a bitset.

    Attributes:
        sizes: of the grid.
        rows: for each consultant, its cells.
        columns: for each client, its cells.
        everybody: all consultants.
        everywhere: all clients.
    """

    sizes: Sizes
    rows: list[int]
    columns: list[int]
    everybody: int
    everywhere: int

    def row(self, consultant: int, piece: int) -> int:
        """The clients of a consultant in one slice."""
        return self.rows[consultant] >> piece * self.sizes.clients & self.everywhere

    def column(self, client: int, piece: int) -> int:
        """The consultants of a client in one slice."""
        return self.columns[client] >> piece * self.sizes.consultants & self.everybody

    def at(self, consultant: int, client: int) -> int:
        """The slices of a pair."""
        row, clients = self.rows[consultant] >> client, self.sizes.clients
        return sum((row >> piece * clients & 1) << piece for piece in range(self.sizes.slices))

    def spread_clients(self, clients: int, slices: int) -> int:
        """Clients × slices, as a consultant's bitset."""
        return spread(clients, slices, self.sizes.clients)

    def spread_consultants(self, consultants: int, slices: int) -> int:
        """Consultants × slices, as a client's bitset."""
        return spread(consultants, slices, self.sizes.consultants)

    def consultants_for(self, clients: int, slices: int) -> int:
        """All consultants that have these clients in these slices."""
        return _common(self.columns, clients, slices, self.everybody, self.sizes.consultants)

    def clients_for(self, consultants: int, slices: int) -> int:
        """All clients that these consultants have in these slices."""
        return _common(self.rows, consultants, slices, self.everywhere, self.sizes.clients)

    def slices_for(self, consultants: int, clients: int) -> int:
        """All slices in which these consultants have these clients."""
        size = self.sizes.clients
        if self.sizes.slices == 1:
            return 1
        common = -1
        for consultant in ones(consultants):
            common &= self.rows[consultant]
        found = 0
        for piece in range(self.sizes.slices):
            if common & clients == clients:
                found |= 1 << piece
            common >>= size
        return found

    def extend(self, box: Box) -> Box:
        """Make a box maximal: more consultants, then more clients, then more slices.

        Whoever could not be added before a step cannot be after it, so one round is enough.
        """
        consultants = self.consultants_for(box.clients, box.slices)
        clients = self.clients_for(consultants, box.slices)
        return Box(consultants, clients, self.slices_for(consultants, clients))


def spread(members: int, slices: int, size: int) -> int:
    """A set of lines repeated in each of some slices."""
    found = 0
    for piece in ones(slices):
        found |= members << piece * size
    return found


def _common(lines: list[int], chosen: int, slices: int, shared: int, size: int) -> int:
    common = -1
    for line in ones(chosen):
        common &= lines[line]
    for piece in ones(slices):
        shared &= common >> piece * size
    return shared


def table_of(sizes: Sizes, cells: Cells, *, inverted: bool = False) -> Table:
    """The bitsets of cells, or of all other cells."""
    places, order = flat(sizes.clients, cells.consultants, cells.clients, cells)
    rows = _bitsets(sizes.consultants, order, places, sizes.clients * sizes.slices)
    places, order = flat(sizes.consultants, cells.clients, cells.consultants, cells)
    columns = _bitsets(sizes.clients, order, places, sizes.consultants * sizes.slices)
    if inverted:
        rows = [row ^ full(sizes.clients * sizes.slices) for row in rows]
        columns = [column ^ full(sizes.consultants * sizes.slices) for column in columns]
    return Table(sizes, rows, columns, full(sizes.consultants), full(sizes.clients))


def region_table(problem: Problem) -> Table:
    """What may be touched, as bitsets."""
    return table_of(problem.sizes, problem.region, inverted=problem.inverted)


def flat(size: int, lines: Ids, others: Ids, cells: Cells) -> tuple[Ids, Ids]:
    """One entry per cell: its place `slice × size + other line`, and its line; sorted by line."""
    pieces = range(int(np.bitwise_or.reduce(cells.masks)).bit_length() if len(cells.masks) else 0)
    flags = [(cells.masks >> np.uint64(piece) & np.uint64(1)).astype(np.bool_) for piece in pieces]
    places = [others[flag] + piece * size for piece, flag in zip(pieces, flags, strict=True)]
    where = [lines[flag] for flag in flags]
    empty = np.empty(0, dtype=np.int64)
    place, line = np.concatenate([*places, empty]), np.concatenate([*where, empty])
    order = np.argsort(line, kind="stable")
    return place[order], line[order]


def _bitsets(count: int, lines: Ids, places: Ids, width: int) -> list[int]:
    bounds = np.searchsorted(lines, np.arange(count + 1)).tolist()
    flags = np.zeros(width, dtype=np.bool_)
    found = []
    for start, stop in pairwise(bounds):
        mine = places[start:stop]
        flags[mine] = True
        found.append(int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little"))
        flags[mine] = False
    return found


def lift(box: Box, origin: Origin) -> Box:
    """A box of merged lines as one of the problem before."""
    return Box(
        bitset(np.concatenate([origin.consultants[line] for line in ones(box.consultants)])),
        bitset(np.concatenate([origin.clients[line] for line in ones(box.clients)])),
        sum(1 << origin.slices[piece] for piece in ones(box.slices)),
    )
