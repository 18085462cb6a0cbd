"""The fewest that are enough: of several sets, choose so few members that each set has one of them.

It is the hitting set problem, which is set cover seen from the other side, and NP-hard; but rights are given out
in few patterns, and most of them decide themselves. Sets are ints with a bit for each member.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from reconciler.grid.arrays import bits, mask_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 16
"""Members in question up to which every choice is tried; 2^16 choices are at most a second."""


def fewest(sets: Iterable[int]) -> tuple[int, ...]:
    """Members so that each set has one of them.

    Args:
        sets: what must be hit; none is empty.

    Returns:
        The numbers of the members, ascending: as few as there can be while no more than _MOST are in question
        after reduction, few beyond. The same for the same sets; of members that are alike the first.

    Raises:
        ValueError: where a set is empty.
    """
    left = set(sets)
    if 0 in left:
        raise ValueError("nobody is in one of the sets")
    forced, left = _reduced(left)
    asked = bits(_all_of(left))
    chosen = _exact(left, asked) if len(asked) <= _MOST else _greedy(left, asked)
    return tuple(sorted((*forced, *chosen)))


def _reduced(left: set[int]) -> tuple[list[int], set[int]]:
    """Members that must be chosen, and what is left to decide among the others.

    A set that holds another one is hit with it. A member that is only in sets that another one is in too is not
    needed. A set of one member forces it. Each makes room for the others.
    """
    while True:
        smallest = _smallest(left)
        kept = mask_of(_useful(smallest))
        reduced = {one & kept for one in smallest}
        if reduced == left:
            break
        left = reduced
    single = {one for one in left if one & (one - 1) == 0}
    # no other set holds a member that is forced: it would hold a smaller one
    return [bits(one)[0] for one in single], left - single


def _smallest(sets: set[int]) -> set[int]:
    kept: list[int] = []
    for one in sorted(sets, key=lambda one: (one.bit_count(), one)):
        if not any(other & ~one == 0 for other in kept):
            kept.append(one)
    return set(kept)


def _useful(sets: set[int]) -> list[int]:
    """The members that no other member replaces; of members in the same sets the first."""
    ordered = sorted(sets)
    members = bits(_all_of(sets))
    where = {one: mask_of(at for at, held in enumerate(ordered) if held >> one & 1) for one in members}
    return [
        one
        for one in members
        if not any(
            where[one] & ~where[other] == 0 and (where[one] != where[other] or other < one)
            for other in members
            if other != one
        )
    ]


def _exact(sets: set[int], members: list[int]) -> tuple[int, ...]:
    """The first of the smallest choices, in the order of the members."""
    for size in range(len(members) + 1):
        for chosen in combinations(members, size):
            mask = mask_of(chosen)
            if all(one & mask for one in sets):
                return chosen
    raise AssertionError("all members together are in every set")


def _greedy(sets: set[int], members: list[int]) -> list[int]:
    """Each time the member that is in most of what is left; then without those that turn out not to be needed."""
    chosen: list[int] = []
    left = set(sets)
    while left:
        best = max(members, key=lambda one: (sum(held >> one & 1 for held in left), -one))
        chosen.append(best)
        left = {held for held in left if not held >> best & 1}
    for one in list(chosen):
        without = mask_of(other for other in chosen if other != one)
        if all(held & without for held in sets):
            chosen.remove(one)
    return chosen


def _all_of(sets: Iterable[int]) -> int:
    mask = 0
    for one in sets:
        mask |= one
    return mask
