"""States with sets of programs, requirements and what is waived, for properties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from reconciler.grid import Access, Shape
from reconciler.grid.arrays import mask_of
from tests.grid.worlds import Triples, state_of, triples

PROGRAMS = 5

NAMES = ("four-eyes", "both-books", "never-all")


@dataclass(frozen=True)
class Duty:
    """What is there, what a plan would take and grant, and the sets."""

    shape: Shape
    current: Triples
    removals: Triples
    taken: frozenset[tuple[int, int]]
    grants: Triples
    sets: dict[str, frozenset[int]]
    waivers: frozenset[tuple[str, int, int]]

    def masks(self) -> dict[str, int]:
        return {name: mask_of(programs) for name, programs in self.sets.items()}

    def states(self) -> tuple[Access, Access, Access]:
        """Current, removals, grants."""
        pairs = [self.of_programs(cells) for cells in (self.removals, self.grants)]
        return state_of(self.shape, self.current), *pairs

    def of_programs(self, cells: Triples) -> Access:
        state = state_of(self.shape, cells)
        return state.where(state.masks != 0)

    def takes(self) -> Access:
        return state_of(self.shape, frozenset((u, c, None) for u, c in self.taken))

    def waived(self) -> Callable[[str, np.ndarray], np.ndarray]:
        return waived_at(self.shape, self.waivers)

    def after(self, grants: Triples) -> Triples:
        """What there is when all removals and these grants are done."""
        left = {cell for cell in self.current - self.removals if cell[:2] not in self.taken}
        return frozenset(left | grants)


def waived_at(shape: Shape, waivers: frozenset[tuple[str, int, int]]):
    def at(name: str, keys: np.ndarray) -> np.ndarray:
        pairs = [divmod(key, shape.consultants) for key in keys.tolist()]
        return np.array([(name, u, c) in waivers for c, u in pairs], dtype=np.bool_)

    return at


@st.composite
def duties(draw: st.DrawFn) -> Duty:
    """Any of them; removals are of what is there, grants of what is not, and no pair loses what it gets."""
    shape = Shape(draw(st.integers(1, 3)), draw(st.integers(1, 3)), PROGRAMS)
    current, wanted = draw(triples(shape)), draw(triples(shape))
    pairs = {cell[:2] for cell in current}
    gone = draw(st.sets(st.sampled_from(sorted(current, key=repr)))) if current else set()
    grants = {cell for cell in wanted - current if cell[2] is not None}
    lost = draw(st.sets(st.sampled_from(sorted(pairs)))) if pairs else set()
    taken = lost - {cell[:2] for cell in grants}
    programs = st.frozensets(st.integers(0, PROGRAMS - 1), min_size=2)
    names = st.sampled_from(NAMES)
    places = st.tuples(names, st.integers(0, shape.consultants - 1), st.integers(0, shape.clients - 1))
    return Duty(
        shape,
        current,
        frozenset(cell for cell in gone if cell[2] is not None and cell[:2] not in taken),
        frozenset(taken),
        frozenset(grants),
        draw(st.dictionaries(names, programs)),
        draw(st.frozensets(places, max_size=4)),
    )
