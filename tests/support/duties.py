"""Random worlds with sets of programs, requirements and waivers, and what the YAML says about them, cell by cell."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from reconciler.desired import Rule, RuleKind, Sources, Standing, Unlisted
from reconciler.desired.guardrails import EVERY_PROGRAM, Requirement, Together, Waiver
from reconciler.errors import Position
from reconciler.grid import Access
from reconciler.grid.arrays import bits, mask_of
from tests.support.naive import Cells, verdicts
from tests.support.worlds import (
    Triple,
    World,
    access,
    current,
    desired,
    operator,
    register,
    triples,
    worlds,
)

DAY = dt.date(2026, 11, 24)
SETS, ASKED = ("both", "three", "outer"), ("ticket", "reason", "end", "large")
RULES = 4
ENDED = RULES - 1
"""The last rule has ended, and gives nothing."""

TICKET = "BYR-[0-9]+"


@st.composite
def guarded_worlds(draw: st.DrawFn) -> World:
    """Any world, its desired state given by several rules, which carry more or less, under guardrails."""
    world = draw(st.one_of(worlds(), busy_worlds(), busy_worlds()))
    reg, want = world.register, world.desired.access
    sources = draw(_sources(want))
    programs = range(reg.shape.programs)
    sets = st.sets(st.sampled_from(list(programs)), min_size=2, max_size=draw(st.integers(2, 3)))
    together = draw(st.dictionaries(st.sampled_from(SETS), sets, min_size=1)) if len(programs) > 1 else {}
    if len(programs) > 1 and draw(st.booleans()):
        together["both"] = {0, 1}
    demands = draw(st.sets(st.sampled_from(ASKED)))
    about = st.none() | st.sets(st.sampled_from(list(programs)), min_size=1)
    guardrails = replace(
        world.desired.guardrails,
        never_together=tuple(
            Together(name, mask_of(numbers), "", Position("g.yaml"))
            for name, numbers in sorted(together.items())
        ),
        require=tuple(_requirement(name, draw(about), draw(st.integers(0, 3))) for name in sorted(demands)),
        waivers=tuple(draw(_waiver(world, number)) for number in range(draw(st.integers(0, 2)))),
    )
    rules = tuple(draw(_rule(number)) for number in range(RULES))
    said = replace(world.desired, rules=rules, sources=sources, guardrails=guardrails)
    return World(said, world.current)


@st.composite
def busy_worlds(draw: st.DrawFn) -> World:
    """Worlds where nearly every pair has and wants something, and the operator may do it: sets are at stake."""
    reg = register(["p0", "p1"], ["0", "1"], ["a0", "a1", "a2"], outside=["zz"])
    pairs = [(who, where) for who in reg.consultants.names for where in reg.clients.names]
    # drawn evenly: hypothesis alone draws small states, in which nothing is swapped
    chance = draw(st.randoms(use_true_random=False))

    def state(most: int, first: int) -> Access:
        masks = [chance.choice([None, *range(most + 1)]) for _ in pairs]
        # the first of the pairs swaps one program for another
        masks[0] = (masks[0] or 0) & ~3 | first
        names = reg.programs.names
        return access(
            reg,
            *(
                (*pair, program)
                for pair, mask in zip(pairs, masks, strict=True)
                if mask is not None
                for program in (None, *(names[i] for i in bits(mask)))
            ),
        )

    me = operator(reg, system=["0", "1"])
    if draw(st.integers(0, 3)) == 0:
        me = operator(reg, system=["0"], programs={"1": draw(st.sets(st.sampled_from(["a0", "a1", "a2"])))})
    want, have = state(7, first=2), state(15, first=1)
    return World(
        desired(reg, want, unlisted=chance.choice([*Unlisted, *[Unlisted.REMOVE] * 3])),
        current(reg, have, me),
    )


@st.composite
def _sources(draw: st.DrawFn, want: Access) -> Sources:
    """Rules that together give exactly the desired state; each may give less than all of it at a pair."""
    rows = []
    for key, mask in zip(want.keys.tolist(), want.masks.tolist(), strict=True):
        covering = sorted(draw(st.sets(st.integers(0, ENDED - 1), min_size=1)))
        parts = [draw(st.sampled_from([mask, mask, 0, mask & 1, mask & 6])) for _ in covering]
        parts[draw(st.integers(0, len(parts) - 1))] |= mask & ~_union(parts)
        rows += [(key, number, part) for number, part in zip(covering, parts, strict=True)]
        rows += [(key, ENDED, mask)] if draw(st.booleans()) else []
    columns = list(zip(*rows, strict=True)) or [(), (), ()]
    return Sources(
        np.array(columns[0], dtype=np.int64),
        np.array(columns[2], dtype=np.uint64),
        np.array(columns[1], dtype=np.int64),
        RULES,
    )


def _union(masks) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


@st.composite
def _rule(draw: st.DrawFn, number: int) -> Rule:
    ended = number == ENDED
    until = DAY - dt.timedelta(days=3) if ended else draw(st.sampled_from([None, *_days(0, 30, 90)]))
    return Rule(
        name=f"r{number}",
        kind=RuleKind.ASSIGNMENT,
        position=Position("access.yaml", number + 1),
        start=draw(st.none() | st.just(DAY - dt.timedelta(days=9))),
        until=until,
        reason=draw(st.sampled_from(["", " ", "cover"])),
        previously="",
        standing=Standing.ENDED if ended else Standing.IN_FORCE,
        ticket=draw(st.sampled_from(["", "BYR-7", "BYR-x", "see BYR-7"])),
    )


def _days(*ahead: int) -> list[dt.date]:
    return [DAY + dt.timedelta(days=days) for days in ahead]


def _requirement(name: str, about: set[int] | None, above: int) -> Requirement:
    return Requirement(
        name=name,
        programs=EVERY_PROGRAM if about is None else mask_of(about),
        above=above if name == "large" else None,
        reason=name in {"reason", "large"},
        ticket=TICKET if name == "ticket" else "",
        until_within=30 if name == "end" else None,
        position=Position("g.yaml", 9),
    )


@st.composite
def _waiver(draw: st.DrawFn, world: World, number: int) -> Waiver:
    shape = world.register.shape

    def flags(size: int) -> np.ndarray:
        return np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)

    return Waiver(
        name=f"w{number}",
        guardrail=draw(st.sampled_from([*SETS, *ASKED])),
        consultants=flags(shape.consultants),
        clients=flags(shape.clients),
        reason="agreed",
        approved_by="partner",
        until=draw(st.sampled_from(_days(0, 14, 15))),
        position=Position("w.yaml", number + 1),
    )


def waived(world: World, guardrail: str, pair: tuple[str, str]) -> bool:
    """Whether a guardrail does not count at a pair."""
    who, where = world.register.consultants.names.id(pair[0]), world.register.clients.names.id(pair[1])
    waivers = world.desired.guardrails.waivers
    return any(w.guardrail == guardrail and w.consultants[who] and w.clients[where] for w in waivers)


def complete_sets(world: World, cells: Cells) -> set[tuple[str, str, str]]:
    """Set, consultant and client, wherever somebody holds all of a set and no waiver accepts it."""
    names = world.register.programs.names
    found = set()
    for one in world.desired.guardrails.never_together:
        for pair in {cell[:2] for cell in cells}:
            if all((*pair, names[i]) in cells for i in bits(one.programs)) and not waived(
                world, one.name, pair
            ):
                found.add((one.name, *pair))
    return found


def everything(world: World) -> Cells:
    """All that there is."""
    return triples(world.register, world.current.access)


def removed(world: World) -> Cells:
    """The cells that really go: those of the table, and all that goes with an access."""
    gone = verdicts(world).removals
    whole = {cell[:2] for cell in gone if cell[2] is None}
    return gone | {cell for cell in everything(world) if cell[:2] in whole}


def held(world: World) -> tuple[Cells, Cells]:
    """The grants that a set holds back, and of the others those that a requirement does."""
    scope = world.desired.scope
    have = triples(
        world.register, world.current.access.restrict(scope.consultants, scope.clients, scope.programs)
    )
    wanted = triples(world.register, world.desired.access) - have
    end = (everything(world) - removed(world)) | wanted
    by_sets = {cell for cell in wanted if _in_set(world, cell, complete_sets(world, end))}
    by_sets |= _alone(wanted, by_sets)
    left = wanted - by_sets
    by_rules = {cell for cell in left if cell[2] is not None and _unfounded(world, cell)}
    bare = {c for c in left if c[2] is None and not any(o[:2] == c[:2] and o[2] is not None for o in left)}
    by_rules |= {cell for cell in bare if _unfounded(world, cell)}
    return by_sets, by_rules | _alone(left, by_rules)


def _in_set(world: World, cell: Triple, complete: set[tuple[str, str, str]]) -> bool:
    names = world.register.programs.names
    return cell[2] is not None and any(
        (one.name, *cell[:2]) in complete and one.programs >> names.id(cell[2]) & 1
        for one in world.desired.guardrails.never_together
    )


def _alone(wanted: Cells, gone: Cells) -> Cells:
    """New accesses of which every program is held back."""
    found = set()
    for cell in wanted:
        programs = {other for other in wanted if other[:2] == cell[:2] and other[2] is not None}
        if cell[2] is None and programs and programs <= gone:
            found.add(cell)
    return found


def _unfounded(world: World, cell: Triple) -> bool:
    """Whether every rule in force that gives a cell lacks something that is asked of it."""
    reg, sources = world.register, world.desired.sources
    key = reg.clients.names.id(cell[1]) * reg.shape.consultants + reg.consultants.names.id(cell[0])
    bit = 0 if cell[2] is None else 1 << reg.programs.names.id(cell[2])
    giving = [
        (int(rule), int(mask))
        for k, mask, rule in zip(sources.keys, sources.masks, sources.rules, strict=True)
        if k == key and rule != ENDED and (int(mask) & bit or not bit)
    ]
    return all(_lacks(world, rule, cell, bit) for rule, _ in giving)


def _lacks(world: World, number: int, cell: Triple, bit: int) -> bool:
    rule = world.desired.rules[number]
    pairs = int((world.desired.sources.rules == number).sum())
    for one in world.desired.guardrails.require:
        about = one.programs == EVERY_PROGRAM or one.programs & bit
        lacks = (
            (one.reason and not rule.reason.strip())
            or (one.ticket and rule.ticket != "BYR-7")
            or (
                one.until_within is not None
                and (rule.until is None or (rule.until - DAY).days > one.until_within)
            )
        )
        if (
            about
            and lacks
            and (one.above is None or pairs > one.above)
            and not waived(world, one.name, cell[:2])
        ):
            return True
    return False


def after_step(world: World, cells: Cells) -> World:
    """The world with another state."""
    state = access(world.register, *cells)
    return World(world.desired, replace(world.current, access=state, revision="2"))
