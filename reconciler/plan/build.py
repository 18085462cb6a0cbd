"""Build a plan: the one function that tells the story from desired and current state to operations.

changes (guardrails, rights) ─ who could do what is blocked ─ cover ─ figures ─ limits, violations
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.findings import in_order
from reconciler.desired.values import Unlisted
from reconciler.grid import PAIR_CHANGES, Access, Change, Half, cover, only
from reconciler.guardrails import FINDINGS, check_limits
from reconciler.guardrails.idle import idle_waivers
from reconciler.guardrails.review import review
from reconciler.plan.changes import changes, managed
from reconciler.plan.operations import Rules, operations
from reconciler.plan.places import mentioned_places
from reconciler.plan.shares import all_or_none, shares
from reconciler.plan.values import (
    Blocked,
    Changes,
    Ending,
    EndingWaiver,
    Plan,
    Unmanaged,
    summarise,
)
from reconciler.rights import Reason, allows_access, allows_programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired import Desired
    from reconciler.grid.arrays import Flags
    from reconciler.guardrails import Case
    from reconciler.plan.current import Current
    from reconciler.plan.values import Operation
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
    return assemble(found, case, operations(case), current, ahead=ahead, allow=allow or {})


def assemble(
    found: Changes,
    case: Case,
    todo: tuple[Operation, ...],
    current: Current,
    *,
    ahead: int,
    allow: Mapping[str, int],
) -> Plan:
    """Put a plan together when it is decided what is done, and in which operations.

    Args:
        found: every change with its verdict.
        case: what will really be done, as guardrails see it.
        todo: the operations that do it, in the order of apply.
        current: what the backend says.
        ahead: as for `build`.
        allow: as for `build`.
    """
    desired, date = case.desired, case.date
    if desired.unlisted is Unlisted.KEEP:  # without a word
        found = replace(found, unmanaged=Access.empty(found.unmanaged.shape))
    violations = tuple(violation for find in FINDINGS for violation in find(case))
    warnings = (*desired.findings, *review(desired, date), *idle_waivers(case, violations))
    left = found.unmanaged
    plan = Plan(
        register=current.register,
        date=date,
        revision=current.revision,
        operator=current.operator,
        others=current.others,
        rules=desired.rules,
        changes=found,
        operations=todo,
        blocked=tuple(_blocked(found, desired, current)),
        unmanaged=tuple(Unmanaged(block) for block in cover(left, only(left))),
        ending=_ending(desired, date, ahead),
        violations=violations,
        refusals=check_limits(case, len(todo), managed(desired, current.access), allow),
        findings=tuple(in_order(warnings)),
        summary=summarise(found),
        other_programs_too=desired.other_programs,
        messages={one.name: one.message for one in desired.guardrails.expressions},
        ending_waivers=_ending_waivers(desired, date, ahead),
        sensitive=desired.sensitive,
    )
    return replace(plan, places=mentioned_places(plan, desired)).only(case.half)


def _blocked(found: Changes, desired: Desired, current: Current) -> Iterator[Blocked]:
    """Blocked changes as blocks: alike are those with the same kind, reason and who could do it."""
    for (change, reason, guardrail), rows in found.blocked.items():
        rules = Rules(desired, change.half)
        for could, group in _by_who_could(change, reason, rows, current):
            blocks = cover(group, only(group))
            for block, share in shares(group, blocks, all_or_none(change, group)):
                yield Blocked(change, reason, guardrail, block, share.cells, could, rules.of(share.rows))


def _by_who_could(
    change: Change, reason: Reason, rows: Access, current: Current
) -> Iterator[tuple[tuple[str, ...] | None, Access]]:
    """Divide rows by the operators who could make all of the change there."""
    others = current.others
    if others is None:
        yield None, rows
    elif reason not in (Reason.NEEDS_SYSTEM_ADMINISTRATOR, Reason.NEEDS_PROGRAM_ADMINISTRATOR) or not others:
        yield (), rows
    else:
        able = np.stack([_able(change, rows, operator, current) for operator in others])
        kinds, kind = np.unique(able, axis=1, return_inverse=True)
        for number in range(kinds.shape[1]):
            could = tuple(o.key for o, can in zip(others, kinds[:, number], strict=True) if can)
            yield could, rows.where(kind.ravel() == number)


def _able(change: Change, rows: Access, operator: Operator, current: Current) -> Flags:
    """For each row, whether an operator could make all of the change; nobody removes their own access."""
    if change in PAIR_CHANGES:
        able = allows_access(operator.rights, rows.clients)
    else:
        able = rows.masks & ~allows_programs(operator.rights, rows.clients) == 0
    key = operator.consultant if change.half is Half.REMOVALS else None
    own = None if key is None else current.register.consultants.names.find(key)
    return able if own is None else able & (rows.consultants != own)


def _ending(desired: Desired, date: dt.date, ahead: int) -> tuple[Ending, ...]:
    last = date + dt.timedelta(days=ahead)
    return tuple(
        Ending(number, rule.until)
        for number, rule in enumerate(desired.rules)
        if rule.until is not None and date <= rule.until <= last
    )


def _ending_waivers(desired: Desired, date: dt.date, ahead: int) -> tuple[EndingWaiver, ...]:
    last = date + dt.timedelta(days=ahead)
    return tuple(
        EndingWaiver(one.name, one.guardrail, one.until, one.approved_by)
        for one in desired.guardrails.waivers
        if one.until <= last
    )
