"""A register cut down to who and what a plan mentions, in which everything is printed as in the whole one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Clients, Consultants, Register
from reconciler.grid.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.grid import Access, Block
    from reconciler.grid.arrays import Ids
    from reconciler.plan.values import Plan


def mentioned(plan: Plan) -> Register:
    """The register of a plan, with the consultants and clients that it mentions alone.

    Programs are few and all kept. A consultant whose name somebody else has too is told from them by the key;
    so one of those others is kept. Of teams, and of the tags of clients, those who are kept remain; the teams that
    somebody is missing from are marked, as nobody may be told of them as of all of the team.
    """
    whole = plan.register
    people, companies = whole.consultants, whole.clients
    consultants = _with_namesakes(_flagged(len(people.names), (ids for ids, _ in _ids(plan))), people.labels)
    clients = _flagged(len(companies.names), (ids for _, ids in _ids(plan)))
    teams, portfolios = _kept(people.teams, consultants), _kept(companies.teams, clients)
    return Register(
        bureau=whole.bureau,
        label=whole.label,
        timezone=whole.timezone,
        consultants=Consultants(
            names=Names(people.names.pick(consultants)),
            labels=tuple(people.labels[i] for i in consultants.tolist()),
            active=people.active[consultants],
            teams=teams,
            cut=people.cut | _cut(people.teams, teams),
        ),
        clients=Clients(
            names=Names(companies.names.pick(clients)),
            labels=tuple(companies.labels[i] for i in clients.tolist()),
            connected=companies.connected[clients],
            tags=_kept(companies.tags, clients),
            teams=portfolios,
            cut=companies.cut | _cut(companies.teams, portfolios),
        ),
        programs=whole.programs,
    )


def _ids(plan: Plan) -> Iterator[tuple[Sequence[int] | Ids, Sequence[int] | Ids]]:
    """Consultants and clients that a plan mentions, in parts."""
    blocks: list[Block] = [one.block for one in plan.operations]
    blocks += [one.block for one in plan.blocked]
    blocks += [one.block for one in plan.unmanaged]
    blocks += [block for violation in plan.violations for block in violation.blocks]
    yield from ((block.consultants, block.clients) for block in blocks)
    rows: list[Access] = list(plan.changes.allowed.values())
    yield from ((some.consultants, some.clients) for some in rows)


def _flagged(size: int, parts: Iterator[Sequence[int] | Ids]) -> Ids:
    """The numbers that occur, ascending."""
    flags = np.zeros(size, dtype=np.bool_)
    for part in parts:
        flags[np.asarray(part, dtype=np.int64)] = True
    return np.flatnonzero(flags)


def _with_namesakes(kept: Ids, labels: Sequence[str]) -> Ids:
    """The same, and of each name that one of them shares with nobody else of them, somebody else who has it."""
    bearers = defaultdict(list)
    for number, label in enumerate(labels):
        bearers[label].append(number)
    there = set(kept.tolist())
    for number in kept.tolist():
        others = bearers[labels[number]]
        if len(others) > 1 and len(there.intersection(others)) == 1:
            there.add(next(other for other in others if other != number))
    return np.array(sorted(there), dtype=np.int64)


def _kept(groups: Mapping[str, Ids], kept: Ids) -> dict[str, Ids]:
    """Of each group those who are kept, with their new numbers; groups of whom nobody is are left out."""
    if not len(kept):
        return {}
    places = {name: (np.searchsorted(kept, members), members) for name, members in groups.items()}
    parts = {
        name: at[kept[np.minimum(at, len(kept) - 1)] == members] for name, (at, members) in places.items()
    }
    return {name: part for name, part in parts.items() if len(part)}


def _cut(teams: Mapping[str, Ids], parts: Mapping[str, Ids]) -> frozenset[str]:
    """The teams that somebody is missing from."""
    return frozenset(team for team, part in parts.items() if len(part) < len(teams[team]))
