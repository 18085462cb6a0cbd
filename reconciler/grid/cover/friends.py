"""`Kernel`: the cells that are left to think about, and which of them may share a box.

Two cells are *friends* if the smallest box around both lies in the region. A set of cells of which no two are
friends needs a box each: a lower bound. With one slice a set of friends always fits one box, so covering is
covering a graph by cliques; with more it is necessary only, and `fits` decides.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconciler.grid.cover.bits import bitset, full, ones
from reconciler.grid.cover.table import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.grid.cover.table import Table

Cell = tuple[int, int, int]
"""Consultant, client, slice."""


class Kernel(NamedTuple):
    """Cells in a fixed order.

    Attributes:
        region: what boxes may touch.
        cells: what must be covered.
        friends: for each cell, the bitset of the cells that may share a box with it; itself among them.
    """

    region: Table
    cells: list[Cell]
    friends: list[int]

    def fits(self, box: Box, number: int) -> Box | None:
        """The box grown by one more cell, None where that would leave the region."""
        consultant, client, piece = self.cells[number]
        grown = Box(box.consultants | 1 << consultant, box.clients | 1 << client, box.slices | 1 << piece)
        region = self.region
        needed = region.spread_clients(grown.clients, grown.slices)
        if grown.clients == box.clients and grown.slices == box.slices:
            return grown if not needed & ~region.rows[consultant] else None
        return grown if all(not needed & ~region.rows[line] for line in ones(grown.consultants)) else None

    def box(self, number: int) -> Box:
        """The box of one cell."""
        consultant, client, piece = self.cells[number]
        return Box(1 << consultant, 1 << client, 1 << piece)

    def around(self, members: int) -> Box:
        """The smallest box around cells."""
        boxes = [self.box(number) for number in ones(members)]
        consultants = clients = slices = 0
        for box in boxes:
            consultants, clients, slices = (
                consultants | box.consultants,
                clients | box.clients,
                slices | box.slices,
            )
        return Box(consultants, clients, slices)

    @property
    def flat(self) -> bool:
        """Whether friends always fit one box."""
        return self.region.sizes.slices == 1


def kernel_of(region: Table, cells: list[Cell]) -> Kernel:
    """The kernel of these cells."""
    return Kernel(region, cells, _friends(region, cells))


def _friends(region: Table, cells: list[Cell]) -> list[int]:
    """For each cell the bitset of its friends.

    (u, c, p) and (v, d, q) are friends if the six mixed cells are allowed. Each of the six says something of
    two coordinates of the one cell and one of the other, or the other way round, so the cells for which it
    holds are looked up once for each coordinate or pair of coordinates, and intersected.
    """
    sizes = region.sizes
    used = [sorted({cell[axis] for cell in cells}) for axis in range(3)]
    by_consultant = _index(cells, lambda cell: cell[0])
    by_client = _index(cells, lambda cell: cell[1])
    by_slice = _index(cells, lambda cell: cell[2])
    by_column = _index(cells, lambda cell: cell[2] * sizes.clients + cell[1])
    if sizes.slices == 1:
        rows = {u: _any(by_client, region.rows[u]) for u in used[0]}
        columns = {c: _any(by_consultant, region.columns[c]) for c in used[1]}
        return [rows[u] & columns[c] for u, c, _ in cells]
    height = sizes.consultants
    by_row = _index(cells, lambda cell: cell[2] * height + cell[0])
    by_pair = _index(cells, lambda cell: cell[1] * height + cell[0])
    rows = {u: _any(by_column, region.rows[u]) for u in used[0]}
    columns = {c: _any(by_row, region.columns[c]) for c in used[1]}
    slices = _by_slices(by_pair, region)
    beside_row = {(u, p): _any(by_client, region.row(u, p)) for u, _, p in cells}
    beside_column = {(c, p): _any(by_consultant, region.column(c, p)) for _, c, p in cells}
    beside_pair = {(u, c): _any(by_slice, region.at(u, c)) for u, c, _ in cells}
    return [
        rows[u] & columns[c] & slices[p] & beside_row[u, p] & beside_column[c, p] & beside_pair[u, c]
        for u, c, p in cells
    ]


def _by_slices(index: dict[int, int], region: Table) -> dict[int, int]:
    """For each slice, the cells on pairs that the region allows in it."""
    found = dict.fromkeys(range(region.sizes.slices), 0)
    for pair, numbers in index.items():
        if pair >= 0:
            client, consultant = divmod(pair, region.sizes.consultants)
            for piece in ones(region.at(consultant, client)):
                found[piece] |= numbers
    return found


def _index(cells: list[Cell], key: Callable[[Cell], int]) -> dict[int, int]:
    """The cells of each name; under -1 all names, under -2 all cells."""
    members = defaultdict(list)
    for number, cell in enumerate(cells):
        members[key(cell)].append(number)
    names = bitset(list(members))
    return {**{name: bitset(numbers) for name, numbers in members.items()}, -1: names, -2: full(len(cells))}


def _any(index: dict[int, int], chosen: int) -> int:
    """The cells of all chosen names; by way of the others where those are fewer."""
    names = index[-1]
    inside, outside = names & chosen, names & ~chosen
    few = min(inside, outside, key=int.bit_count)
    found = 0
    for name in ones(few):
        found |= index[name]
    return found if few == inside else index[-2] & ~found


def parts(kernel: Kernel) -> list[list[int]]:
    """The cells divided so that no two of different parts are friends; each part ascending."""
    left, found = full(len(kernel.cells)), []
    while left:
        part, new = 0, left & -left
        while new:
            part |= new
            reached = 0
            for number in ones(new):
                reached |= kernel.friends[number]
            new = reached & ~part
        found.append(ones(part))
        left &= ~part
    return found


def strangers(friends: list[int]) -> list[int]:
    """A large set of cells no two of which are friends: the one with the fewest friends left, again and again."""
    left = full(len(friends))
    degrees = {number: one.bit_count() for number, one in enumerate(friends)}
    found = []
    while left:
        number = min(ones(left), key=degrees.__getitem__)
        found.append(number)
        gone = friends[number] & left
        left &= ~gone
        for lost in ones(gone):
            for other in ones(friends[lost] & left):
                degrees[other] -= 1
    return found


def apart(region: Table, cells: list[Cell]) -> list[int]:
    """Likewise for a kernel too large to know all friends: the cells with the least reach first."""
    sizes = region.sizes
    left: dict[int, int] = defaultdict(int)
    for consultant, client, piece in cells:
        left[consultant] |= 1 << piece * sizes.clients + client
    found = []
    for number in sorted(range(len(cells)), key=lambda number: _reach(region, cells[number])):
        consultant, client, piece = cells[number]
        if not left[consultant] >> piece * sizes.clients + client & 1:
            continue
        found.append(number)
        row, slices = region.row(consultant, piece), region.at(consultant, client)
        for other in ones(region.column(client, piece)):
            if left.get(other):
                shared = row & region.row(other, piece), slices & region.at(other, client)
                left[other] &= ~(region.rows[consultant] & region.spread_clients(*shared))
    return found


def _reach(region: Table, cell: Cell) -> int:
    consultant, client, piece = cell
    return region.row(consultant, piece).bit_count() * region.column(client, piece).bit_count()
