"""From boxes over a kernel to fewer: each independent part reordered, ejected, searched; and a lower bound."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from reconciler.grid.cover.bits import bitset, ones
from reconciler.grid.cover.exact import Exact
from reconciler.grid.cover.friends import Cell, Kernel, apart, kernel_of, parts, strangers
from reconciler.grid.cover.search import Chance, eject, reorder

if TYPE_CHECKING:
    from reconciler.grid.cover.effort import Limits
    from reconciler.grid.cover.table import Box, Table


_EXACT = 150
"""Parts with more cells are not searched exactly."""


class Improved(NamedTuple):
    """What an improvement came to.

    Attributes:
        boxes: that cover the kernel.
        bound: no cover of it has fewer.
    """

    boxes: list[Box]
    bound: int


def improve(region: Table, cells: list[Cell], boxes: list[Box], limits: Limits, *, bounded: bool) -> Improved:
    """Cover cells with as many boxes as given or fewer.

    Args:
        region: what boxes may touch.
        cells: what is to be covered.
        boxes: that cover them.
        limits: of the work.
        bounded: whether the bound is wanted even where there is nothing to improve.
    """
    if len(cells) > limits.cells:
        return Improved(boxes, len(apart(region, cells)) if bounded else 0)
    whole = kernel_of(region, cells)
    groups = _grouped(region, cells, boxes)
    found: list[Box] = []
    chance, bound = Chance(), 0
    for numbers in parts(whole):
        part = kernel_of(region, [cells[number] for number in numbers])
        members: dict[int, list[int]] = defaultdict(list)
        for at, number in enumerate(numbers):
            members[groups[number]].append(at)
        old = [bitset(members[group]) for group in sorted(members)]
        share = limits._replace(steps=limits.steps * len(numbers) // len(cells))
        fewer, least = _fewer(part, old, share, chance)
        found += [part.around(group) for group in fewer]
        bound += least
    return Improved(found if len(found) < len(boxes) else boxes, bound)


def _grouped(region: Table, cells: list[Cell], boxes: list[Box]) -> list[int]:
    """For each cell the number of the first box that has it."""
    size = region.sizes.clients
    left: dict[int, int] = defaultdict(int)
    numbers = {}
    for number, (consultant, client, piece) in enumerate(cells):
        place = piece * size + client
        left[consultant] |= 1 << place
        numbers[consultant, place] = number
    groups, waiting = [0] * len(cells), bitset(list(left))
    for group, box in enumerate(boxes):
        covered = region.spread_clients(box.clients, box.slices)
        for consultant in ones(box.consultants & waiting):
            for place in ones(left[consultant] & covered):
                groups[numbers[consultant, place]] = group
            left[consultant] &= ~covered
            if not left[consultant]:
                waiting ^= 1 << consultant
    return groups


def _fewer(part: Kernel, groups: list[int], limits: Limits, chance: Chance) -> tuple[list[int], int]:
    """Fewer groups, and how many there must be."""
    alone = strangers(part.friends)
    goal = len(alone)
    groups = reorder(part, groups, limits, goal, chance)
    if len(groups) > goal and len(part.cells) <= _EXACT:
        search = Exact(part, groups, limits.exact)
        groups = search.run(alone, goal)
        if search.steps >= 0:
            return groups, len(groups)
    return eject(part, groups, limits.steps, goal, chance), goal
