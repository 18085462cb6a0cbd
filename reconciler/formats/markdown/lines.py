"""What a plan does, cut into lines of a table: blocks, also those of some clients or some programs alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid import PAIR_CHANGES, Access, Change, Half, alike

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.grid import Block
    from reconciler.grid.arrays import Flags, Ids, Masks
    from reconciler.plan import Operation, Plan


class Line(NamedTuple):
    """A line of a table.

    Attributes:
        change: what happens.
        block: to whom, where, and with which programs; of these everybody and every client has a part in it.
        rules: numbers of the rules that say so.
        along: the programs that are not managed and go along.
        waits: whether it is only done when a removal is that it is swapped for.
    """

    change: Change
    block: Block
    rules: tuple[int, ...]
    along: int
    waits: bool


def lines(
    plan: Plan,
    operation: Operation,
    rows: Access | None = None,
    clients: frozenset[int] | None = None,
    programs: int = 0,
) -> Iterator[Line]:
    """What an operation really changes, in lines that are true of everybody and everything in them.

    Args:
        plan: that the operation is of.
        operation: of which; its block may hold what is so already.
        rows: of these changes of its kind alone; None for all.
        clients: at these clients alone; None for all.
        programs: of the programs in this mask alone; 0 for all, and access itself.
    """
    rows = plan.changes.allowed[operation.change] if rows is None else rows
    block = operation.block
    if clients is not None:
        block = replace(block, clients=tuple(one for one in block.clients if one in clients))
    keys = block.keys(rows.shape)
    masks, there = rows.masks_at(keys)
    masks &= np.uint64(operation.programs & (programs or operation.programs))
    if programs or operation.change not in PAIR_CHANGES:
        there &= masks != 0
    if not there.any():
        return
    along = plan.changes.along if operation.change is Change.REMOVE_ACCESS else None
    for real in alike(Access(rows.shape, keys[there], masks[there])):
        gone = 0 if along is None else _union(along.masks_at(real.keys(rows.shape))[0])
        yield Line(operation.change, real, operation.rules, gone, bool(operation.after))


def _union(masks: Masks) -> int:
    return reduce(or_, np.unique(masks).tolist(), 0)


def people(rows: Sequence[Access]) -> int:
    """How many consultants rows are about."""
    return len(np.unique(np.concatenate([some.consultants for some in rows]))) if rows else 0


@dataclass(frozen=True, slots=True)
class Group:
    """Clients that changes are told of together.

    Attributes:
        name: the team; "" for clients without one, and where each group is one client.
        clients: those of them that change.
        operations: numbers of the operations that change something there.
        grants: how many cells are granted there.
        removals: how many are removed.
    """

    name: str
    clients: tuple[int, ...]
    operations: tuple[int, ...]
    grants: int
    removals: int


FEW = 12
"""So many clients are told of one by one, more of them by the team that is responsible for them."""


def groups(plan: Plan) -> tuple[bool, list[Group]]:
    """Whether each group is one client, and the groups: those that lose most first, then by name."""
    counts = {half: _cells(plan, half) for half in Half}
    changed = np.flatnonzero(counts[Half.GRANTS] + counts[Half.REMOVALS])
    single = len(changed) <= FEW or not plan.register.clients.teams
    names, of = _one_each(changed, plan) if single else _by_team(plan, changed)
    members: Mapping[int, list[int]] = {number: [] for number in range(len(names))}
    for client in changed.tolist():
        members[int(of[client])].append(client)
    found = [
        Group(
            names[number],
            tuple(clients),
            tuple(operations),
            int(counts[Half.GRANTS][clients].sum()),
            int(counts[Half.REMOVALS][clients].sum()),
        )
        for (number, clients), operations in zip(
            members.items(), _operations(plan, of, len(names)), strict=True
        )
        if clients
    ]
    return single, sorted(found, key=lambda one: (-one.removals, not one.name, one.name, one.clients))


def _cells(plan: Plan, half: Half) -> Ids:
    """For each client how many cells change there."""
    cells = np.zeros(plan.register.shape.clients, dtype=np.int64)
    for change, rows in plan.changes.allowed.items():
        if change.half is half:
            weights = np.bitwise_count(rows.masks).astype(np.int64) + (change in PAIR_CHANGES)
            np.add.at(cells, rows.clients, weights)
    return cells


def _one_each(changed: Ids, plan: Plan) -> tuple[list[str], Ids]:
    of = np.full(plan.register.shape.clients, -1, dtype=np.int64)
    of[changed] = np.arange(len(changed))
    return [""] * len(changed), of


def _by_team(plan: Plan, changed: Ids) -> tuple[list[str], Ids]:
    """Each client with the first of its teams, and those without one together."""
    names = sorted(plan.register.clients.teams)
    of = np.full(plan.register.shape.clients, -1, dtype=np.int64)
    for number, name in reversed(list(enumerate(names))):
        of[plan.register.clients.teams[name]] = number
    of[changed] = np.where(of[changed] < 0, len(names), of[changed])
    return [*names, ""], of


def _operations(plan: Plan, of: Ids, count: int) -> list[list[int]]:
    """For each group the numbers of the operations that are about one of its clients."""
    found: list[list[int]] = [[] for _ in range(count)]
    for number, operation in enumerate(plan.operations):
        for group in np.unique(of[list(operation.block.clients)]).tolist():
            if group >= 0:
                found[group].append(number)
    return found


def strangers(plan: Plan) -> dict[Change, Access]:
    """What is granted at clients of teams that the consultant is not in, though in some team; by kind."""
    shape, teams = plan.register.shape, plan.register.consultants.teams
    portfolios = plan.register.clients.teams
    grouped = _flags(teams.values(), shape.consultants), _flags(portfolios.values(), shape.clients)
    found = {}
    for change, rows in plan.changes.allowed.items():
        if change.half is Half.GRANTS:
            own = [
                rows.at_clients(portfolios[team]).restrict(_flags((members,), shape.consultants))
                for team, members in teams.items()
                if team in portfolios
            ]
            found[change] = rows.restrict(*grouped).outside(Access.empty(shape).union(*own))
    return found


def _flags(members: Iterable[Ids], count: int) -> Flags:
    flags = np.zeros(count, dtype=np.bool_)
    for some in members:
        flags[some] = True
    return flags
