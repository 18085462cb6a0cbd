"""Build a plan: the one function that tells the story from desired and current state to operations.

changes (guardrails, rights) ─ who could do what is blocked ─ cover ─ figures ─ limits, violations
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import PAIR_CHANGES, Access, Change, Half, Region, cover, only, outside
from reconciler.guardrails import FINDINGS, check_limits
from reconciler.plan.changes import changes, managed
from reconciler.plan.grounds import Ground, speaks
from reconciler.plan.shares import all_or_none, in_blocks, shares
from reconciler.plan.values import (
    Blocked,
    Changes,
    Ending,
    Operation,
    Plan,
    Unmanaged,
    summarise,
)
from reconciler.rights import Reason, allows_access, allows_programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired import Desired
    from reconciler.grid.arrays import Flags, Masks
    from reconciler.plan.current import Current
    from reconciler.rights import Operator

AHEAD = 14
"""Days within which the plan names what ends, unless told otherwise."""


def build(
    desired: Desired,
    current: Current,
    date: dt.date,
    *,
    half: Half | None = None,
    ahead: int = AHEAD,
    allow: Mapping[str, int] | None = None,
) -> Plan:
    """Plan how the current state becomes the desired one.

    Args:
        desired: what the YAML says on the date, for the register of the current state.
        current: what the backend says.
        date: the day that the plan is made for.
        half: the grants or the removals alone; None for both.
        ahead: name the assignments that end within so many days.
        allow: by name of a limit the figure that is meant, although it is over the limit.

    Returns:
        The plan; the same for the same input.
    """
    found, case = changes(desired, current, date, half)
    operations = tuple(_operations(found, desired, current))
    blocked = tuple(_blocked(found, desired, current))
    left = found.unmanaged
    unmanaged = tuple(Unmanaged(block) for block in cover(left, only(left)))
    plan = Plan(
        register=current.register,
        date=date,
        revision=current.revision,
        operator=current.operator,
        others=current.others,
        rules=desired.rules,
        changes=found,
        operations=operations,
        blocked=blocked,
        unmanaged=unmanaged,
        ending=_ending(desired, date, ahead),
        violations=tuple(violation for find in FINDINGS for violation in find(case)),
        refusals=(),
        findings=desired.findings,
        summary=summarise(found),
        other_programs_too=desired.other_programs,
        messages={one.name: one.message for one in desired.guardrails.expressions},
    ).only(half)
    return plan.refused(check_limits(case, len(operations), managed(desired, current.access), allow or {}))


def _operations(found: Changes, desired: Desired, current: Current) -> Iterator[Operation]:
    for change, required in found.allowed.items():
        if not len(required):
            continue
        rules = _Rules(desired, change)
        region = _region(change, found, desired, current)
        for block, share in in_blocks(change, required, region):
            yield Operation(
                change=change,
                block=block,
                pairs=len(share.rows),
                cells=share.cells,
                programs=_all_of(share.rows.masks),
                rules=rules.of(share.rows),
            )


def _region(change: Change, found: Changes, desired: Desired, current: Current) -> Region:
    """What the blocks of a change may touch: what it changes, and where it would change nothing.

    Nothing desired is ever removed and nothing undesired granted, whatever blocks are formed (law 1). A block
    is of clients at which something changes, so the states there are all that counts.
    """
    clients = np.unique(found.allowed[change].clients)
    have, want = current.access.at_clients(clients), desired.access.at_clients(clients)
    removed = found.allowed[Change.REMOVE_PROGRAMS]
    match change:
        case Change.GIVE_ACCESS:
            given = found.allowed[Change.GIVE_ACCESS]
            return only(_already(have, want).union(given, found.allowed[Change.ADD_PROGRAMS]))
        case Change.ADD_PROGRAMS:
            return only(_already(have, want).union(found.allowed[Change.ADD_PROGRAMS]))
        case Change.REMOVE_PROGRAMS:
            stays = have.less(removed).union(want)
            return outside(stays.where(stays.masks != 0))
        case Change.REMOVE_ACCESS:
            stays = have.outside(found.allowed[Change.REMOVE_ACCESS]).union(want)
            return outside(stays.without_programs())


def _already(have: Access, want: Access) -> Access:
    """The desired cells that are there."""
    pairs = want.inside(have)
    return Access(pairs.shape, pairs.keys, pairs.masks & have.masks_at(pairs.keys)[0])


def _all_of(masks: Masks) -> int:
    return int(np.bitwise_or.reduce(masks)) if len(masks) else 0


class _Rules:
    """Which rules say so.

    What gives is a rule in force. What removes is a denial in force, or a rule that gave and has ended; a
    rule of another standing may cover the same cells and says nothing about the change.
    """

    def __init__(self, desired: Desired, change: Change) -> None:
        grounds = (Ground.RULE,) if change.half is Half.GRANTS else (Ground.FORBIDDEN, Ground.ENDED)
        self._all, self._grounds, self._sources = desired.rules, grounds, desired.sources

    def of(self, rows: Access) -> tuple[int, ...]:
        covering = sorted(set[int]().union(*self._sources.rules_at(rows.keys, rows.masks)))
        return tuple(n for n in covering if any(speaks(self._all[n], ground) for ground in self._grounds))


def _blocked(found: Changes, desired: Desired, current: Current) -> Iterator[Blocked]:
    """Blocked changes as blocks: alike are those with the same kind, reason and who could do it."""
    for (change, reason, guardrail), rows in found.blocked.items():
        rules = _Rules(desired, change)
        for could, group in _by_who_could(change, reason, rows, current.others):
            blocks = cover(group, only(group))
            for block, share in shares(group, blocks, all_or_none(change, group)):
                yield Blocked(change, reason, guardrail, block, share.cells, could, rules.of(share.rows))


def _by_who_could(
    change: Change, reason: Reason, rows: Access, others: tuple[Operator, ...] | None
) -> Iterator[tuple[tuple[str, ...] | None, Access]]:
    """Divide rows by the operators who could make all of the change there."""
    if others is None:
        yield None, rows
    elif reason not in (Reason.NEEDS_SYSTEM_ADMINISTRATOR, Reason.NEEDS_PROGRAM_ADMINISTRATOR) or not others:
        yield (), rows
    else:
        able = np.stack([_able(change, rows, operator) for operator in others])
        kinds, kind = np.unique(able, axis=1, return_inverse=True)
        for number in range(kinds.shape[1]):
            could = tuple(o.key for o, can in zip(others, kinds[:, number], strict=True) if can)
            yield could, rows.where(kind.ravel() == number)


def _able(change: Change, rows: Access, operator: Operator) -> Flags:
    """For each row, whether an operator could make all of the change."""
    if change in PAIR_CHANGES:
        return allows_access(operator.rights, rows.clients)
    able: Flags = rows.masks & ~allows_programs(operator.rights, rows.clients) == 0
    return able


def _ending(desired: Desired, date: dt.date, ahead: int) -> tuple[Ending, ...]:
    last = date + dt.timedelta(days=ahead)
    return tuple(
        Ending(number, rule.until)
        for number, rule in enumerate(desired.rules)
        if rule.until is not None and date <= rule.until <= last
    )
