"""What is reviewed each by itself: the clients of a team, by its lead; or every client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.side import NOBODY
from reconciler.desired.world import world_of
from reconciler.review.values import Scope, ScopeKind

if TYPE_CHECKING:
    from reconciler.desired import Policy
    from reconciler.grid import Register
    from reconciler.grid.arrays import Ids


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What one review is of, in a register.

    Attributes:
        scope: its name.
        clients: their ids, ascending.
        leads: keys of those who lead the team; empty for a client.
    """

    scope: Scope
    clients: Ids
    leads: tuple[str, ...] = ()


def units(policy: Policy, register: Register, by: ScopeKind) -> list[Unit]:
    """All of them, by name; a client that is of no team is one by itself.

    Args:
        policy: for the teams that it adds or changes.
        register: who and what there is.
        by: whether the clients of a team are reviewed together.
    """
    names, people = register.clients.names, register.consultants.names
    alone = np.ones(len(names), dtype=np.bool_)
    found = []
    if by is ScopeKind.TEAM:
        world = world_of(policy, register, [])
        for team in world.teams:
            clients = np.unique(world.clients.teams[team])
            if len(clients):
                leads = world.consultants.leads.get(team, NOBODY)
                found.append(Unit(Scope(by, team), clients, people.pick(leads)))
                alone[clients] = False
    return found + [
        Unit(Scope(ScopeKind.CLIENT, names[number]), np.array([number], dtype=np.int64))
        for number in np.flatnonzero(alone).tolist()
    ]
