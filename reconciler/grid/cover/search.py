"""Improvement: a cover as groups of cells, each of which fits one box; try to do with one group fewer.

First *reordering* (Culberson's iterated greedy, for covering by cliques): fill new groups one after the other, taking
the old groups in some order; whatever the order, no more groups are needed than before. Then *ejection*
(as in PartialCol of Blöchliger and Zufferey): dissolve one group, and put its cells into others, where
they push out the cells that they do not fit with, until none is left outside or the steps are used up. A cell
that was pushed out may not go straight back.

Chance comes from a fixed sequence, and the budget counts steps: the result is the same every time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.grid.cover.bits import full, ones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.grid.cover.effort import Limits
    from reconciler.grid.cover.friends import Kernel


@dataclass(slots=True)
class Chance:
    """A fixed sequence of numbers without pattern (Knuth's MMIX generator)."""

    state: int = 1

    def below(self, limit: int) -> int:
        """The next number, at least 0 and below a limit."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        return (self.state >> 33) % limit

    def shuffled(self, items: Sequence[int]) -> list[int]:
        """Items in another order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


def regroup(kernel: Kernel, groups: Sequence[int]) -> list[int]:
    """Fill groups one after the other with all that fits, from old groups in this order; never more groups.

    Each old group fits one box, so when its first cell left opens a new group, all its others left follow.
    """
    left = full(len(kernel.cells))
    old = list(groups)
    found = []
    while left:
        while not old[0] & left:
            old.pop(0)
        group, may, box = 0, left, None
        for source in old:
            candidates = may & source
            while candidates:
                low = candidates & -candidates
                number = low.bit_length() - 1
                grown = kernel.box(number) if box is None or kernel.flat else kernel.fits(box, number)
                if grown is None:
                    may ^= low
                    candidates ^= low
                    continue
                box = grown
                group |= low
                may &= kernel.friends[number] & ~low
                candidates &= may
            if not may:
                break
        found.append(group)
        left &= ~group
    return found


def reorder(kernel: Kernel, groups: list[int], limits: Limits, goal: int, chance: Chance) -> list[int]:
    """Regroup in several orders: reversed, largest first, mixed."""
    cost = (len(kernel.cells) + len(groups) * len(groups) // 2) * _weight(kernel)
    for turn in range(min(limits.rounds, limits.steps // cost)):
        if len(groups) <= goal:
            break
        match turn % 3:
            case 0:
                order = groups[::-1]
            case 1:
                order = sorted(groups, key=int.bit_count, reverse=True)
            case _:
                order = chance.shuffled(groups)
        groups = regroup(kernel, order)
    return groups


def _weight(kernel: Kernel) -> int:
    """What one operation on sets of cells costs."""
    return 1 + len(kernel.cells) // 2_000


@dataclass(slots=True)
class Ejection:
    """One attempt to do with one group fewer."""

    kernel: Kernel
    groups: list[int]
    homeless: int
    chance: Chance
    tabu: dict[tuple[int, int], int] = field(default_factory=dict)

    def run(self, steps: int) -> tuple[bool, int]:
        """Whether nothing is homeless after about so many steps, and the steps that are left."""
        turn, weight = 0, _weight(self.kernel)
        while self.homeless and steps > 0:
            steps -= self.homeless.bit_count() * len(self.groups) * weight + 1
            self._move(turn)
            turn += 1
        return not self.homeless, steps

    def _move(self, turn: int) -> None:
        best: tuple[int, int] | None = None
        fewest, ties = 1 << 60, 1
        for number in ones(self.homeless):
            strange = ~self.kernel.friends[number]
            for place, group in enumerate(self.groups):
                out = (group & strange).bit_count()
                if out > fewest or self.tabu.get((number, place), -1) > turn:
                    continue
                ties = 1 if out < fewest else ties + 1
                if ties == 1 or self.chance.below(ties) == 0:
                    best, fewest = (number, place), out
        if best is not None:
            self._put(*best, turn)

    def _put(self, number: int, place: int, turn: int) -> None:
        group = self.groups[place]
        kept = group & self.kernel.friends[number]
        if not self.kernel.flat:
            kept = self._that_fit(number, kept)
        self.groups[place] = kept | 1 << number
        out = group & ~kept & ~(1 << number)
        self.homeless = (self.homeless & ~(1 << number)) | out
        until = turn + 4 + self.homeless.bit_count() + self.chance.below(10)
        for cell in ones(out):
            self.tabu[cell, place] = until

    def _that_fit(self, number: int, members: int) -> int:
        kernel = self.kernel
        box, kept = kernel.box(number), 0
        for member in ones(members):
            grown = kernel.fits(box, member)
            if grown is not None:
                box, kept = grown, kept | 1 << member
        return kept


def eject(kernel: Kernel, groups: list[int], steps: int, goal: int, chance: Chance) -> list[int]:
    """Dissolve a group and settle its cells elsewhere, as often as that succeeds within the steps."""
    while steps > 0 and len(groups) > goal:
        order = sorted(groups, key=int.bit_count)
        attempt = Ejection(kernel, order[1:], order[0], chance)
        done, steps = attempt.run(steps)
        if done:
            groups = attempt.groups
    return groups
