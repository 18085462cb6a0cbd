"""Segregation of duties: sets of programs of which nobody may hold all at one client.

What counts is the state that a plan leaves, not what it changes: otherwise two plans after each other, or one
plan after somebody's work by hand, would slip past. All sets are held against the same state, so that their
order makes no difference; where two sets share a program, each speaks for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.grid.arrays import Flags, Keys, Masks

    Waived = Callable[[str, Keys], Flags]
    """For the name of a guardrail and pairs, whether it is waived at each pair."""


@dataclass(frozen=True, slots=True, eq=False)
class Swaps:
    """Where a plan takes one program of a set and grants another.

    Attributes:
        first: the removals that must be done before; pairs with programs.
        then: the grants that must wait for them.
    """

    first: Access
    then: Access


def completing(
    current: Access, removals: Access, grants: Access, sets: Mapping[str, int], waived: Waived
) -> dict[str, Access]:
    """Grants that would complete a set.

    Args:
        current: all that there is, managed or not.
        removals: the programs that a plan removes at pairs that keep their access.
        grants: what it would grant: programs, at pairs with access and at new ones.
        sets: by name, the mask of a set.
        waived: where a set does not count.

    Returns:
        By name of a set the pairs with all those programs of the set that would be granted there; only sets
        with any.
    """
    held = _left(current, removals, grants.keys)
    found = {}
    for name, programs in sets.items():
        mask = np.uint64(programs)
        at = ((held | grants.masks) & mask == mask) & (grants.masks & mask != 0)
        rows = _not_waived(grants.where(at), name, waived)
        if len(rows):
            found[name] = Access(rows.shape, rows.keys, rows.masks & mask)
    return found


def complete(current: Access, removals: Access, taken: Access, grants: Access, programs: int) -> Access:
    """The pairs that hold all of a set when a plan is done.

    Args:
        current: all that there is, managed or not.
        removals: the programs that the plan removes at pairs that keep their access.
        taken: the pairs that lose their access.
        grants: what the plan grants, new accesses too.
        programs: the mask of the set.
    """
    mask = np.uint64(programs)
    there = current.where(current.masks & mask == mask).outside(taken)
    gone = removals.masks_at(there.keys)[0]
    stays = there.where((there.masks & ~gone) & mask == mask)
    after = _left(current, removals, grants.keys) | grants.masks
    added = grants.where(after & mask == mask)
    both = stays.union(added)
    return Access(both.shape, both.keys, np.full(len(both), mask, dtype=np.uint64))


def swaps(
    current: Access, removals: Access, grants: Access, sets: Mapping[str, int], waived: Waived
) -> Swaps:
    """What must be done in this order, so that no set is complete at any time between.

    Args:
        current: all that there is, managed or not.
        removals: the programs that a plan removes at pairs that keep their access.
        grants: the programs that it grants; none of them completes a set in the end.
        sets: by name, the mask of a set.
        waived: where a set does not count.
    """
    now, gone = current.masks_at(grants.keys)[0], removals.masks_at(grants.keys)[0]
    first, then = np.zeros_like(grants.masks), np.zeros_like(grants.masks)
    for name, programs in sets.items():
        mask = np.uint64(programs)
        at = ((now | grants.masks) & mask == mask) & (grants.masks & mask != 0)
        at[at] = ~waived(name, grants.keys[at])
        first[at] |= gone[at] & mask
        then[at] |= grants.masks[at] & mask
    return Swaps(_rows(grants, first), _rows(grants, then))


def _left(current: Access, removals: Access, keys: Keys) -> Masks:
    """What these pairs hold after the removals."""
    return current.masks_at(keys)[0] & ~removals.masks_at(keys)[0]


def _not_waived(rows: Access, name: str, waived: Waived) -> Access:
    return rows.where(~waived(name, rows.keys)) if len(rows) else rows


def _rows(of: Access, masks: Masks) -> Access:
    return Access(of.shape, of.keys, masks).where(masks != 0)
