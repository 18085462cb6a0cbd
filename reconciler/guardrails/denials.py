"""Denials that the bureau breaks today: they win over every rule, and are shown before anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.values import Standing
from reconciler.errors import Message
from reconciler.grid import Access, Half
from reconciler.guardrails.case import Fate, Kind, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.grid.arrays import Flags, Ids
    from reconciler.guardrails.case import Case


def broken_denials(case: Case) -> Iterator[Violation]:
    """What somebody has although a denial in force forbids it: by rule, and by what becomes of it."""
    rows, whole, rules = _broken(case)
    for number in np.unique(rules).tolist():
        rule, mine = case.desired.rules[number], rules == number
        message = Message("the rule “{name}” forbids it", name=rule.name)
        for fate, part in _by_fate(case, rows.where(mine), whole[mine]):
            yield Violation.of(Kind.DENIAL, rule.name, fate, message, part, reason=rule.reason)


def _broken(case: Case) -> tuple[Access, Flags, Ids]:
    """A row for each pair and denial: what is held and forbidden, whether access itself is, and the rule."""
    desired = case.desired
    sources, scope = desired.sources, desired.scope
    in_force = [rule.standing is Standing.IN_FORCE for rule in desired.rules[sources.denials :]]
    at = np.flatnonzero(sources.rules >= sources.denials)
    at = at[np.array(in_force, dtype=np.bool_)[sources.rules[at] - sources.denials]]
    at = at[scope.forbids(sources.keys[at], case.register.shape)]
    held, there = case.have.masks_at(sources.keys[at])
    held &= np.uint64(scope.programs)
    whole = sources.masks[at] == 0
    masks = np.where(whole, held, held & sources.masks[at])
    hit = there & (whole | (masks != 0))
    rows = Access(case.register.shape, sources.keys[at][hit], masks[hit])
    return rows, whole[hit], sources.rules[at][hit]


def _by_fate(case: Case, rows: Access, whole: Flags) -> Iterator[tuple[Fate, Access]]:
    """Divide what breaks a denial into what the plan ends and what it does not."""
    taken = case.take.masks_at(rows.keys)[1]
    gone = np.where(taken, rows.masks, rows.masks & case.remove.masks_at(rows.keys)[0])
    left = rows.masks & ~gone
    ends, stays = taken | (gone != 0), ~taken & (whole | (left != 0))
    if ends.any():
        yield Fate.REMOVED, Access(rows.shape, rows.keys, gone).where(ends)
    if stays.any():
        fate = Fate.LEFT if case.half is Half.GRANTS else Fate.BLOCKED
        yield fate, Access(rows.shape, rows.keys, left).where(stays)
