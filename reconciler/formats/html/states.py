"""The access matrix as arrays: what each pair has, and what becomes of it.

A pair is in one of a few hundred states: what it holds now, what it gets and loses, what it would get and lose were it
not blocked, and what no rule mentions. So a matrix is a table of the states that occur, and for each pair the
number of its own. Pairs without access to which nothing happens are in no row.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.grid import Access
from reconciler.plan import Change, Half

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.grid.arrays import Ids, Keys, Masks
    from reconciler.plan import Current, Plan


class Pair(IntFlag):
    """What is true of the access itself."""

    HAS = 1
    """Has access now."""
    GETS = 2
    LOSES = 4
    WOULD_GET = 8
    """Blocked."""
    WOULD_LOSE = 16
    """Blocked."""
    LEFT = 32
    """No rule mentions it, or something in it, and it is left as it is."""


class State(NamedTuple):
    """What one pair has, and what becomes of it.

    Attributes:
        pair: about the access itself.
        holds: the mask of the programs now.
        gets: those that are added.
        loses: those that are removed, or go with the access.
        would_get: those that would be added, and are blocked.
        would_lose: those that would be removed, and are blocked.
        left: those that no rule mentions and that are left.
    """

    pair: int
    holds: int
    gets: int
    loses: int
    would_get: int
    would_lose: int
    left: int


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """The states of all pairs that have one.

    Attributes:
        keys: of the pairs, sorted.
        numbers: beside them, which state.
        states: those that occur.
        known: whether all access is in it; else only what the plan mentions.
    """

    keys: Keys
    numbers: Ids
    states: tuple[State, ...]
    known: bool


def matrix(plan: Plan, current: Current | None) -> Matrix:
    """The matrix of a plan.

    Args:
        plan: what would be done, and what is blocked.
        current: what the bureau has now, with the register of the plan; None where nobody knows.
    """
    layers = _layers(plan)
    keys = np.unique(
        np.concatenate([rows.keys for rows in layers] + ([current.access.keys] if current else []))
    )
    gets, loses, would_get, would_lose, left = (rows.masks_at(keys)[0] for rows in layers)
    pair = _pairs(plan, keys)
    if current is None:
        # what is lost is held, and whoever loses something or gets a program alone has access
        holds = loses | would_lose | left
        has = (pair & np.uint64(Pair.GETS | Pair.WOULD_GET)) == 0
    else:
        holds, has = current.access.masks_at(keys)
    pair |= np.where(has, np.uint64(Pair.HAS), np.uint64(0))
    numbers, states = _distinct((pair, holds, gets, loses, would_get, would_lose, left))
    return Matrix(keys, numbers, states, known=current is not None)


def _layers(plan: Plan) -> list[Access]:
    """What is got, lost, would be got and lost, and left; pairs with the programs."""
    changes, shape = plan.changes, plan.register.shape

    def union(parts: Iterable[Access]) -> Access:
        return Access.empty(shape).union(*parts)

    def of(half: Half) -> tuple[Access, Access]:
        allowed = [rows for change, rows in changes.allowed.items() if change.half is half]
        blocked = [rows for why, rows in changes.blocked.items() if why.change.half is half]
        if half is Half.REMOVALS:
            allowed.append(changes.goes_along())
        return union(allowed), union(blocked)

    (gets, would_get), (loses, would_lose) = of(Half.GRANTS), of(Half.REMOVALS)
    return [gets, loses, would_get, would_lose, changes.unmanaged]


def _pairs(plan: Plan, keys: Keys) -> Masks:
    """What becomes of the access of each pair."""
    changes, found = plan.changes, np.zeros(len(keys), dtype=np.uint64)
    flagged = [
        *((rows, _DONE.get(change)) for change, rows in changes.allowed.items()),
        *((rows, _BLOCKED.get(why.change)) for why, rows in changes.blocked.items()),
        (changes.unmanaged, Pair.LEFT),
    ]
    for rows, flag in flagged:
        if flag is not None:
            found[np.searchsorted(keys, rows.keys)] |= np.uint64(flag)
    return found


_DONE = {Change.GIVE_ACCESS: Pair.GETS, Change.REMOVE_ACCESS: Pair.LOSES}
_BLOCKED = {Change.GIVE_ACCESS: Pair.WOULD_GET, Change.REMOVE_ACCESS: Pair.WOULD_LOSE}


def _distinct(columns: tuple[Masks, ...]) -> tuple[Ids, tuple[State, ...]]:
    """The number of each row's state, and the states in order; column by column, as rows of columns sort slowly."""
    numbers = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        values, places = np.unique(column, return_inverse=True)
        _, numbers = np.unique(numbers * len(values) + places, return_inverse=True)
    first = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.int64)
    first[numbers] = np.arange(len(numbers))
    picked = zip(*(column[first].tolist() for column in columns), strict=True)
    return numbers, tuple(State(*values) for values in picked)
