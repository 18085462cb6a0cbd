"""From allowed changes to operations: the blocks, and what must wait for what.

Grants come before removals, so that a client is never left without anybody in between. Where somebody swaps one
program of a set that nobody may hold together for another, it is the other way round: that removal comes first,
and those grants are only sent when it is done.

    grants ─ removals of swaps ─ grants that wait for them ─ the other removals
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid import Access, Change, Half, Region, only, outside
from reconciler.grid.arrays import find
from reconciler.guardrails.together import in_order
from reconciler.plan.grounds import Ground, speaks
from reconciler.plan.shares import in_blocks
from reconciler.plan.values import Operation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.desired import Desired
    from reconciler.grid.arrays import Masks
    from reconciler.guardrails import Case


class _Step(NamedTuple):
    """Changes of one kind that are done together.

    Attributes:
        change: what happens.
        rows: the pairs that change, with the programs that do.
        grants: of a step that grants, all that its blocks may grant; None where it removes.
        waits: whether each block waits for those of the step before that change a pair of it.
    """

    change: Change
    rows: Access
    grants: Access | None = None
    waits: bool = False


def operations(case: Case) -> tuple[Operation, ...]:
    """The operations of a plan, in the order of apply.

    Args:
        case: what will really be done, and what there is.
    """
    found: list[Operation] = []
    rules = {half: Rules(case.desired, half) for half in Half}
    before: list[tuple[int, Access]] = []
    for step in _steps(case):
        made: list[tuple[int, Access]] = []
        for block, share in in_blocks(step.change, step.rows, _region(step, case)):
            made.append((len(found), share.rows))
            found.append(
                Operation(
                    change=step.change,
                    block=block,
                    pairs=len(share.rows),
                    cells=share.cells,
                    programs=_all_of(share.rows.masks),
                    rules=rules[step.change.half].of(share.rows),
                    after=_changing(share.rows, before) if step.waits else (),
                )
            )
        before = made
    return tuple(found)


def _steps(case: Case) -> Iterator[_Step]:
    """What is done, in order; no step is empty."""
    swaps = in_order(case)
    add, remove = _without(case.add, swaps.then), _without(case.remove, swaps.first)
    for step in (
        _Step(Change.GIVE_ACCESS, case.give, case.give.union(add)),
        _Step(Change.ADD_PROGRAMS, add, add),
        _Step(Change.REMOVE_PROGRAMS, swaps.first),
        _Step(Change.ADD_PROGRAMS, swaps.then, swaps.then, waits=True),
        _Step(Change.REMOVE_PROGRAMS, remove),
        _Step(Change.REMOVE_ACCESS, case.take),
    ):
        if len(step.rows):
            yield step


def _without(rows: Access, others: Access) -> Access:
    """The rows that are left without the programs of others."""
    if not len(others):
        return rows
    less = rows.less(others)
    return less.where(less.masks != 0)


def _region(step: _Step, case: Case) -> Region:
    """What the blocks of a step may touch: what it changes, and where it would change nothing.

    Nothing desired is ever removed and nothing undesired granted, whatever blocks are formed (law 1), and nothing
    that another step does. A block is of clients at which something changes, so the states there are all that counts.
    """
    clients = np.unique(step.rows.clients)
    have, want = case.have.at_clients(clients), case.desired.access.at_clients(clients)
    if step.grants is not None:
        return only(_already(have, want).union(step.grants))
    if step.change is Change.REMOVE_PROGRAMS:
        stays = have.less(step.rows).union(want)
        return outside(stays.where(stays.masks != 0))
    return outside(have.outside(step.rows).union(want).without_programs())


def _already(have: Access, want: Access) -> Access:
    """The desired cells that are there."""
    pairs = want.inside(have)
    return Access(pairs.shape, pairs.keys, pairs.masks & have.masks_at(pairs.keys)[0])


def _changing(rows: Access, made: Sequence[tuple[int, Access]]) -> tuple[int, ...]:
    """The numbers of the operations that change any of these pairs."""
    return tuple(number for number, changed in made if find(changed.keys, rows.keys)[1].any())


def _all_of(masks: Masks) -> int:
    return int(np.bitwise_or.reduce(masks)) if len(masks) else 0


class Rules:
    """Which rules say so.

    What gives is a rule in force. What removes is a denial in force, or a rule that gave and has ended; a
    rule of another standing may cover the same cells and says nothing about the change.
    """

    def __init__(self, desired: Desired, half: Half) -> None:
        grounds = (Ground.RULE,) if half is Half.GRANTS else (Ground.FORBIDDEN, Ground.ENDED)
        self._all, self._grounds, self._sources = desired.rules, grounds, desired.sources

    def of(self, rows: Access) -> tuple[int, ...]:
        """The numbers of the rules that say so of any of these rows, ascending."""
        covering = sorted(set[int]().union(*self._sources.rules_at(rows.keys, rows.masks)))
        return tuple(n for n in covering if any(speaks(self._all[n], ground) for ground in self._grounds))
