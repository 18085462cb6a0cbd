"""What rules must carry before they grant anything, against sets of triples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.guardrails import EVERY_PROGRAM
from reconciler.desired.values import Sources
from reconciler.grid import Access, Shape
from reconciler.grid.arrays import mask_of
from reconciler.guardrails.requirements import unfounded
from tests.grid.worlds import Triples, state_of, triples, triples_of
from tests.guardrails.worlds import PROGRAMS, waived_at

NAMES = ("ticket", "reason", "end")
RULES = 4


@dataclass(frozen=True)
class Demand:
    """What rules give, which of them gives at all, what each requirement is about and which rules lack it."""

    shape: Shape
    rules: tuple[Triples, ...]
    gives: tuple[bool, ...]
    about: dict[str, frozenset[int] | None]
    lacks: dict[str, tuple[bool, ...]]
    waivers: frozenset[tuple[str, int, int]]
    grants: Triples

    def sources(self) -> Sources:
        rows = sorted(
            (key, number, mask)
            for number, cells in enumerate(self.rules)
            for state in (state_of(self.shape, cells),)
            for key, mask in zip(state.keys.tolist(), state.masks.tolist(), strict=True)
        )
        return Sources(
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[2] for row in rows], dtype=np.uint64),
            np.array([row[1] for row in rows], dtype=np.int64),
            RULES,
        )

    def held(self, name: str, rule: int, cell: tuple[int, int, int | None]) -> bool:
        """Whether a requirement keeps a rule from granting a cell."""
        about = self.about[name]
        return (
            self.lacks[name][rule]
            and (name, *cell[:2]) not in self.waivers
            and (about is None or cell[2] in about)
        )


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    shape = Shape(draw(st.integers(1, 2)), draw(st.integers(1, 3)), PROGRAMS)
    flags = st.tuples(*[st.booleans()] * RULES)
    rules, gives = tuple(draw(triples(shape)) for _ in range(RULES)), draw(flags)
    names = draw(st.sets(st.sampled_from(NAMES)))
    programs = st.none() | st.frozensets(st.integers(0, PROGRAMS - 1), min_size=1)
    places = st.tuples(
        st.sampled_from(NAMES), st.integers(0, shape.consultants - 1), st.integers(0, shape.clients - 1)
    )
    wanted = set().union(*(cells for cells, on in zip(rules, gives, strict=True) if on))
    pairs = draw(st.sets(st.sampled_from(sorted({cell[:2] for cell in wanted})))) if wanted else set()
    return Demand(
        shape,
        rules,
        gives,
        {name: draw(programs) for name in sorted(names)},
        {name: draw(flags) for name in sorted(names)},
        draw(st.frozensets(places, max_size=3)),
        frozenset(cell for cell in wanted if cell[:2] in pairs),
    )


def found_of(world: Demand) -> dict[str, Access]:
    lacking = {
        name: (EVERY_PROGRAM if world.about[name] is None else mask_of(world.about[name]), np.array(lacks))
        for name, lacks in world.lacks.items()
    }
    return unfounded(
        state_of(world.shape, world.grants),
        world.sources(),
        np.array(world.gives),
        lacking,
        waived_at(world.shape, world.waivers),
    )


def giving(world: Demand, cell) -> list[int]:
    return [n for n, cells in enumerate(world.rules) if world.gives[n] and cell in cells]


@given(demands())
def test_a_program_is_held_where_every_rule_that_gives_it_lacks_something(world: Demand) -> None:
    expected = {}
    for name in world.about:
        held = {
            cell
            for cell in world.grants
            if cell[2] is not None
            and all(any(world.held(n, rule, cell) for n in world.about) for rule in giving(world, cell))
            and any(world.held(name, rule, cell) for rule in giving(world, cell))
        }
        if held:
            expected[name] = held
    found = {
        name: {cell for cell in triples_of(rows) if cell[2] is not None}
        for name, rows in found_of(world).items()
    }
    assert {name: cells for name, cells in found.items() if cells} == expected


@given(demands())
def test_access_without_programs_is_held_where_every_rule_that_gives_it_lacks_something(
    world: Demand,
) -> None:
    bare = {c for c in world.grants if not any((*c[:2], p) in world.grants for p in range(PROGRAMS))}
    for cell in bare:
        stopped = all(
            any(world.about[n] is None and world.held(n, rule, cell) for n in world.about)
            for rule in giving(world, cell)
        )
        rows = [rows for rows in found_of(world).values() if cell in triples_of(rows)]
        assert bool(rows) == stopped
