"""The difference of two states: what to give and what to take, so that one becomes the other.

States in key order are two sorted runs, so concatenating them and sorting stably is a merge (timsort and
radix sort both see the runs); a row that stands on both sides alike falls out as a pair of equal
neighbours. Where key and mask fit one int64 together, a row is one number and that is all there is to it;
only the few rows that stand alone are taken apart again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reconciler.grid.access import Access
from reconciler.grid.arrays import Flags, Keys, Masks, find


@dataclass(frozen=True, slots=True)
class Difference:
    """From a current to a desired state; all four are disjoint in cells.

    Attributes:
        give: pairs to be given access, with the programs that they get.
        add: pairs that have access, with the programs to add; no mask is 0.
        remove: pairs that keep access, with the programs to remove; no mask is 0.
        take: pairs to lose access, with the programs that go with it.
    """

    give: Access
    add: Access
    remove: Access
    take: Access

    @property
    def grants(self) -> int:
        """How many cells are granted: access to a client counts as one, each program as one."""
        return len(self.give) + self.give.cells + self.add.cells

    @property
    def removals(self) -> int:
        """How many cells are removed, counted likewise."""
        return len(self.take) + self.take.cells + self.remove.cells

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return any(len(part) for part in (self.give, self.add, self.remove, self.take))


def diff(current: Access, desired: Access) -> Difference:
    """What to give and take so that current becomes desired; both of the same shape."""
    if current.shape != desired.shape:
        raise ValueError("two states can be compared in one grid only")
    keys = changed_keys(current, desired)
    had, was = current.masks_at(keys)
    wants, will = desired.masks_at(keys)
    added, removed = wants & ~had, had & ~wants
    shape, stays = current.shape, was & will

    def part(rows: Flags, masks: Masks) -> Access:
        return Access(shape, keys[rows], masks[rows])

    return Difference(
        give=part(will & ~was, wants),
        add=part(stays & (added != 0), added),
        remove=part(stays & (removed != 0), removed),
        take=part(was & ~will, had),
    )


def changed_keys(one: Access, other: Access) -> Keys:
    """The keys of pairs that the two states do not hold alike, sorted."""
    shape = one.shape
    pairs = max(shape.consultants * shape.clients, 1)
    if pairs.bit_length() + shape.programs <= 63:
        alone = _alone(np.concatenate((_pack(one), _pack(other))))
        keys = alone >> shape.programs
        # a pair that both hold, with other programs, stands there twice
        return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys
    at, found = find(other.keys, one.keys)
    alike = found.copy()
    alike[found] = one.masks[found] == other.masks[at[found]]
    extra = other.keys[~find(one.keys, other.keys)[1]]
    return np.sort(np.concatenate((one.keys[~alike], extra)), kind="stable")


def _pack(state: Access) -> Keys:
    """A row as one number: the key above, the mask below."""
    return (state.keys << state.shape.programs) | state.masks.view(np.int64)


def _alone(rows: Keys) -> Keys:
    """The numbers that occur once; each occurs at most twice."""
    if len(rows) == 0:
        return rows
    rows.sort(kind="stable")
    same = rows[1:] == rows[:-1]
    single = np.ones(len(rows), dtype=np.bool_)
    single[1:] &= ~same
    single[:-1] &= ~same
    return rows[single]
