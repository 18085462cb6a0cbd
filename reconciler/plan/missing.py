"""Which rights an operator lacks: the smallest set with which nothing is blocked for lack of a right any more.

Where access itself would change at a client, only a system administrator will do; elsewhere each program has its
own administrator, and no more power than that is asked for. A right may bring up the need of another one: a grant
that waits for a removal is not judged before the removal may be made. So rights are added until nothing new comes up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid import PAIR_CHANGES
from reconciler.plan.changes import changes
from reconciler.plan.values import count_cells
from reconciler.rights import Reason, Rights

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.desired import Desired
    from reconciler.grid import Access, Half, Register
    from reconciler.grid.arrays import Ids
    from reconciler.plan.current import Current
    from reconciler.plan.values import Changes, Why
    from reconciler.rights import Operator

_RIGHTS = (Reason.NEEDS_SYSTEM_ADMINISTRATOR, Reason.NEEDS_PROGRAM_ADMINISTRATOR)


@dataclass(frozen=True, slots=True, eq=False)
class MissingRights:
    """The answer.

    Attributes:
        register: the names behind the ids.
        date: the day that the rules are read for.
        revision: of the state.
        operator: who lacks them.
        others: the other operators, None where the backend does not tell.
        rights: what is missing; no program where system administrator is.
        blocked: how many cells are blocked for lack of a right.
        otherwise: how many cells are blocked for other reasons, and stay so.
    """

    register: Register
    date: dt.date
    revision: str
    operator: Operator
    others: tuple[Operator, ...] | None
    rights: Rights
    blocked: int
    otherwise: int


class MissingRight(NamedTuple):
    """The same right, missing at several clients.

    Attributes:
        system: whether it is system administrator.
        programs: the mask of the programs of which it is administrator; 0 for a system administrator.
        clients: ids, ascending.
        have: keys of the other operators who have all of it at all of these clients; None where the backend does
            not tell.
    """

    system: bool
    programs: int
    clients: tuple[int, ...]
    have: tuple[str, ...] | None


class Selection(NamedTuple):
    """Clients by what they have in common.

    Attributes:
        whole: whether they are all that there are.
        teams: whose clients are all among them.
        tags: likewise.
        rest: ids of those that are in none of these.
    """

    whole: bool
    teams: tuple[str, ...]
    tags: tuple[str, ...]
    rest: tuple[int, ...]


def missing_rights(
    desired: Desired, current: Current, date: dt.date, half: Half | None = None
) -> MissingRights:
    """What the operator would have to be, to get everything done that a plan shows as blocked for lack of a right.

    Args:
        desired: what the YAML says on the date, for the register of the current state.
        current: what the backend says.
        date: the day that the plan is for.
        half: the grants or the removals alone; None for both.
    """
    found, _ = changes(desired, current, date, half)
    missing, more = Rights.none(len(current.register.clients.names)), _lacking(found, current.register)
    blocked = _count(found.blocked, lacking=True)
    while more.system.any() or more.programs.any():
        missing = _normal(missing.union(more))
        operator = replace(current.operator, rights=current.operator.rights.union(missing))
        found, _ = changes(desired, replace(current, operator=operator), date, half)
        more = _lacking(found, current.register)
    return MissingRights(
        register=current.register,
        date=date,
        revision=current.revision,
        operator=current.operator,
        others=current.others,
        rights=missing,
        blocked=blocked,
        otherwise=_count(found.blocked, lacking=False),
    )


def _lacking(found: Changes, register: Register) -> Rights:
    """The rights that what is blocked for lack of one needs."""
    needed = Rights.none(len(register.clients.names))
    for why, rows in found.blocked.items():
        if why.reason not in _RIGHTS:
            continue
        if why.change in PAIR_CHANGES:
            needed.system[rows.clients] = True
        else:
            np.bitwise_or.at(needed.programs, rows.clients, rows.masks)
    return _normal(needed)


def _normal(rights: Rights) -> Rights:
    """The same power in fewer rights: a system administrator needs no program."""
    return Rights(rights.system, np.where(rights.system, np.uint64(0), rights.programs))


def _count(blocked: Mapping[Why, Access], *, lacking: bool) -> int:
    return sum(
        count_cells(why.change, rows) for why, rows in blocked.items() if (why.reason in _RIGHTS) is lacking
    )


def grouped(found: MissingRights) -> tuple[MissingRight, ...]:
    """What is missing in few lines: clients with the same right, and the same others who have it, stand together."""
    groups: dict[tuple[bool, int, tuple[str, ...] | None], list[int]] = {}
    rights = found.rights
    for client in np.flatnonzero(rights.system | (rights.programs != 0)).tolist():
        system, programs = bool(rights.system[client]), int(rights.programs[client])
        key = (system, programs, _who_has(found.others, client, programs))
        groups.setdefault(key, []).append(client)
    lines = (MissingRight(*key[:2], tuple(clients), key[2]) for key, clients in groups.items())
    return tuple(sorted(lines, key=lambda line: (not line.system, line.clients, line.programs)))


def _who_has(others: Sequence[Operator] | None, client: int, programs: int) -> tuple[str, ...] | None:
    """Who else is system administrator of a client, or administrator of all these programs there."""
    if others is None:
        return None
    return tuple(
        other.key
        for other in others
        if other.rights.system[client]
        or (programs and int(other.rights.programs[client]) & programs == programs)
    )


def select(register: Register, clients: Sequence[int]) -> Selection:
    """Clients as teams and tags where those fit exactly, the largest first, and the rest one by one."""
    named = register.clients
    wanted, left = set(clients), set(clients)
    if len(wanted) == len(named.names):
        return Selection(whole=True, teams=(), tags=(), rest=())
    teams: list[str] = []
    tags: list[str] = []
    fitting = [
        (kind, name, members)
        for kind, groups in ((teams, named.teams), (tags, named.tags))
        for name, members in _inside(groups, wanted)
    ]
    while left:
        best = max(fitting, key=lambda one: len(one[2] & left), default=None)
        if best is None or len(best[2] & left) < 2:  # one client is better said by its number
            break
        best[0].append(best[1])
        left -= best[2]
    return Selection(
        whole=False, teams=tuple(sorted(teams)), tags=tuple(sorted(tags)), rest=tuple(sorted(left))
    )


def _inside(groups: Mapping[str, Ids], wanted: set[int]) -> Iterator[tuple[str, set[int]]]:
    """The groups all of whose members are wanted."""
    for name, ids in groups.items():
        members: Iterable[int] = ids.tolist()
        if wanted.issuperset(members):
            yield name, set(members)
