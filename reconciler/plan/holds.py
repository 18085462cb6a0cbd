"""Take out of a difference what guardrails hold back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access, Change, Difference
from reconciler.plan.values import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.guardrails import Case, Hold, Holding

Blocks = dict[Why, Access]
"""What is blocked, by kind, reason and guardrail."""


def hold_back(case: Case, guardrails: Sequence[Holding]) -> tuple[Case, Blocks]:
    """Ask guardrails in their order, each about what those before it left.

    Returns:
        The case without what they hold back, and that.
    """
    blocked: Blocks = {}
    for guardrail in guardrails:
        held = [one for one in guardrail(case) if len(one.rows)]
        if held:
            left, more = without(Difference(case.give, case.add, case.remove, case.take), held)
            unjudged = (*case.unjudged, *(one for one in held if one.why is not None))
            case = replace(
                case, give=left.give, add=left.add, remove=left.remove, take=left.take, unjudged=unjudged
            )
            for why, rows in more.items():
                _add(blocked, why, rows)
    return case, blocked


def without(difference: Difference, holds: Iterable[Hold]) -> tuple[Difference, Blocks]:
    """A difference less what is held back; a change that is held back twice is so for the first reason."""
    blocked: Blocks = {}
    for one in holds:
        difference, held = _without(difference, one)
        for change, rows in held.items():
            if len(rows):
                _add(blocked, Why(change, one.reason, one.guardrail), rows)
    return difference, blocked


def _add(blocked: Blocks, why: Why, rows: Access) -> None:
    blocked[why] = blocked[why].union(rows) if why in blocked else rows


def _without(difference: Difference, hold: Hold) -> tuple[Difference, dict[Change, Access]]:
    """A difference less what one guardrail holds back, and that by kind."""
    match hold.change:
        case Change.GIVE_ACCESS:
            return _give(difference, hold.rows)
        case Change.ADD_PROGRAMS:
            add, rows = _programs(difference.add, hold.rows)
            return replace(difference, add=add), {Change.ADD_PROGRAMS: rows}
        case Change.REMOVE_PROGRAMS:
            remove, rows = _programs(difference.remove, hold.rows)
            return replace(difference, remove=remove), {Change.REMOVE_PROGRAMS: rows}
        case Change.REMOVE_ACCESS:
            return _take(difference, hold.rows)


def _programs(rows: Access, held: Access) -> tuple[Access, Access]:
    """Rows without the programs that are held there, and those."""
    masks = rows.masks & held.masks_at(rows.keys)[0]
    less = rows.masks & ~masks
    return (
        Access(rows.shape, rows.keys, less).where(less != 0),
        Access(rows.shape, rows.keys, masks).where(masks != 0),
    )


def _give(difference: Difference, held: Access) -> tuple[Difference, dict[Change, Access]]:
    """Where all programs are held, so is the access; else only those programs, once access is there."""
    give = difference.give
    masks, there = held.masks_at(give.keys)
    masks &= give.masks
    whole = there & (masks == give.masks)
    some = Access(give.shape, give.keys, np.where(whole, np.uint64(0), masks))
    left = Access(give.shape, give.keys, give.masks & ~some.masks).where(~whole)
    held_back = {Change.GIVE_ACCESS: give.where(whole), Change.ADD_PROGRAMS: some.where(some.masks != 0)}
    return replace(difference, give=left), held_back


def _take(difference: Difference, held: Access) -> tuple[Difference, dict[Change, Access]]:
    """The access stays with the programs that are held, and the other programs go."""
    take = difference.take
    masks, there = held.masks_at(take.keys)
    stays = Access(take.shape, take.keys, take.masks & masks).where(there)
    others = take.masks & ~masks
    goes = Access(take.shape, take.keys, others).where(there & (others != 0))
    left = replace(difference, take=take.where(~there), remove=difference.remove.union(goes))
    return left, {Change.REMOVE_ACCESS: stays}
