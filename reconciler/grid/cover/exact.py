"""Exact search for small parts: put each cell into a group that is there, or into a new one, and backtrack.

Branch and bound as for colouring: next comes the cell that the fewest groups can take; strangers, no two of
which fit together, start with a group each. The steps are counted, so the search ends the same way every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.grid.cover.bits import full, ones

if TYPE_CHECKING:
    from reconciler.grid.cover.friends import Kernel
    from reconciler.grid.cover.table import Box


@dataclass(slots=True)
class Exact:
    """A search in a kernel.

    Attributes:
        kernel: what is to be covered.
        best: the fewest groups known.
        steps: how many more cells may be tried in groups; below 0 the answer is only the best so far.
    """

    kernel: Kernel
    best: list[int]
    steps: int

    def run(self, apart: list[int], goal: int) -> list[int]:
        """The fewest groups, or the fewest found.

        Args:
            apart: cells no two of which fit one box.
            goal: the search ends when it gets there.
        """
        groups = [1 << number for number in apart]
        boxes = [self.kernel.box(number) for number in apart]
        self._place(groups, boxes, full(len(self.kernel.cells)) & ~sum(groups), goal)
        return self.best

    def _place(self, groups: list[int], boxes: list[Box], left: int, goal: int) -> None:
        if not left:
            self.best = list(groups)
            return
        number, places = self._hardest(groups, boxes, left)
        rest = left & ~(1 << number)
        for place, grown in places:
            if self._over(len(groups), goal):
                return
            before = groups[place], boxes[place]
            groups[place], boxes[place] = groups[place] | 1 << number, grown
            self._place(groups, boxes, rest, goal)
            groups[place], boxes[place] = before
        if not self._over(len(groups) + 1, goal):
            groups.append(1 << number)
            boxes.append(self.kernel.box(number))
            self._place(groups, boxes, rest, goal)
            groups.pop()
            boxes.pop()

    def _over(self, count: int, goal: int) -> bool:
        return self.steps < 0 or count >= len(self.best) or len(self.best) <= goal

    def _hardest(self, groups: list[int], boxes: list[Box], left: int) -> tuple[int, list[tuple[int, Box]]]:
        """The cell that the fewest groups can take, and those groups' places with their boxes then."""
        found: tuple[int, list[tuple[int, Box]]] | None = None
        for number in ones(left):
            friends = self.kernel.friends[number]
            self.steps -= len(groups)
            places = []
            for place, group in enumerate(groups):
                grown = None if group & ~friends else self.kernel.fits(boxes[place], number)
                if grown is not None:
                    places.append((place, grown))
            if found is None or len(places) < len(found[1]):
                found = number, places
                if not places:
                    break
        assert found is not None
        return found
