"""Route changes to operators: each change to one that may make it, with the fewest operators.

    what each client needs ─ who may do that ─ the fewest that are enough ─ whose is what

Where one of the chosen is system administrator of a client, it does everything there: a new access and its
programs then never depend on two operators, and a client where one person goes and another comes is never left
without anybody in between (grants come before removals inside a part). Elsewhere access does not change, and each
program goes to the first of the chosen who administers it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid import PAIR_CHANGES, Access, Change
from reconciler.grid.arrays import bits, mask_of
from reconciler.plan.fewest import fewest
from reconciler.rights import allows_access, allows_programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.grid.arrays import Flags, Ids, Masks
    from reconciler.rights import Operator


class Route(NamedTuple):
    """What one operator is to do.

    Attributes:
        operator: its place among those that were asked about.
        allowed: by kind, the pairs with the programs that change.
    """

    operator: int
    allowed: Mapping[Change, Access]


def route(allowed: Mapping[Change, Access], operators: Sequence[Operator]) -> tuple[Route, ...]:
    """Divide changes among operators.

    Args:
        allowed: by kind, changes each of which at least one of the operators may make: where access changes, all
            of the row.
        operators: in the order in which they are preferred where that makes no difference otherwise.

    Returns:
        A part for each operator that is needed, in their order; together they are all the changes, and each
        change is in one part. As few parts as there can be (see `fewest`).

    Raises:
        ValueError: where nobody may make one of the changes.
    """
    clients = np.unique(np.concatenate([np.empty(0, np.int64), *(rows.clients for rows in allowed.values())]))
    access, programs = _needs(allowed, clients)
    system = np.array([allows_access(one.rights, clients) for one in operators], dtype=np.bool_)
    able = np.array([allows_programs(one.rights, clients) for one in operators], dtype=np.uint64)
    chosen = fewest(_sets(access, programs, system.T, able.T)) if len(clients) else ()
    lead = _first(system[list(chosen)])
    left = dict(allowed)
    routes = []
    for place, number in enumerate(chosen):
        mine = np.where(lead == place, _EVERYTHING, np.where(lead < 0, able[number], np.uint64(0)))
        part, left = _divided(left, clients, lead == place, mine)
        routes.append(Route(number, part))
    return tuple(routes)


_EVERYTHING = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


def _needs(allowed: Mapping[Change, Access], clients: Ids) -> tuple[Flags, Masks]:
    """For each client, whether access changes there, and which programs do at pairs that have access."""
    access = np.zeros(len(clients), dtype=np.bool_)
    programs = np.zeros(len(clients), dtype=np.uint64)
    for change, rows in allowed.items():
        at = np.searchsorted(clients, rows.clients)
        if change in PAIR_CHANGES:
            access[at] = True
        else:
            np.bitwise_or.at(programs, at, rows.masks)
    return access, programs


def _sets(access: Flags, programs: Masks, system: Flags, able: Masks) -> Iterator[int]:
    """For each thing that is needed somewhere, the operators who may do it; each combination of rights once.

    Args:
        access: for each client, whether access changes there.
        programs: for each client, the programs that do.
        system: for each client and operator, whether it may change access there.
        able: for each client and operator, the programs that it may change there.
    """
    alike = np.column_stack((access.astype(np.uint64), programs, system.astype(np.uint64), able))
    count = system.shape[1]
    for row in np.unique(alike, axis=0).tolist():
        whole, mask, may, programs_of = row[0], row[1], row[2 : 2 + count], row[2 + count :]
        if whole:
            yield mask_of(number for number, flag in enumerate(may) if flag)
        for program in bits(mask):
            yield mask_of(number for number, held in enumerate(programs_of) if held >> program & 1)


def _first(system: Flags) -> Ids:
    """For each client, the place of the first operator who is system administrator there; -1 for none."""
    if not len(system):
        return np.empty(0, dtype=np.int64)
    return np.where(system.any(axis=0), system.argmax(axis=0), -1)


def _divided(
    rows_of: Mapping[Change, Access], clients: Ids, leads: Flags, mine: Masks
) -> tuple[dict[Change, Access], dict[Change, Access]]:
    """What one operator takes of changes, and what is left of them.

    Args:
        rows_of: changes by kind.
        clients: ids, ascending; the flags and masks are beside them.
        leads: whether the operator does everything there.
        mine: the programs that it takes there.
    """
    part, left = {}, {}
    for change, rows in rows_of.items():
        at = np.searchsorted(clients, rows.clients)
        if change in PAIR_CHANGES:
            part[change], left[change] = rows.where(leads[at]), rows.where(~leads[at])
        else:
            taken = rows.masks & mine[at]
            rest = rows.masks & ~taken
            part[change] = Access(rows.shape, rows.keys, taken).where(taken != 0)
            left[change] = Access(rows.shape, rows.keys, rest).where(rest != 0)
    return part, left
