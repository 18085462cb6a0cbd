"""The difference of two states: what to give and what to take, so that one becomes the other.

States in key order are two sorted runs, so concatenating them and sorting stably is a merge, and a row that
both hold alike stands beside its twin. Where key, side and mask fit one int64 together, a row is one number
and that is all there is to it. A range of keys at a time keeps the work in the processor's cache. Only the
few rows without a twin are taken apart again, and what follows is set algebra on two small states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.access import Access
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.grid.arrays import Flags, Keys

_STEP = 1 << 17
"""Rows of the current state that are compared at a time: 2 MB with their counterparts."""


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
    had, wants = _changed(current, desired)
    stays, stood = find(wants.keys, had.keys)[1], find(had.keys, wants.keys)[1]
    before, after = had.where(stays), wants.where(stood)
    return Difference(
        give=wants.where(~stood),
        add=_lacking(after, before),
        remove=_lacking(before, after),
        take=had.where(~stays),
    )


def _lacking(these: Access, those: Access) -> Access:
    """The programs that these pairs hold and those, the same pairs, do not."""
    masks = these.masks & ~those.masks
    return Access(these.shape, these.keys, masks).where(masks != 0)


def _changed(one: Access, other: Access) -> tuple[Access, Access]:
    """The rows of each state that the other does not hold alike."""
    shape = one.shape
    if (shape.consultants * shape.clients).bit_length() + 1 + shape.programs > 63:
        return one.where(~_held(one, other)), other.where(~_held(other, one))
    rows = np.concatenate([_without_twin(_pack(*part), shape.programs) for part in _ranges(one, other)])
    second = (rows >> shape.programs & 1).astype(np.bool_)
    keys = rows >> (shape.programs + 1)
    masks = (rows & ((1 << shape.programs) - 1)).view(np.uint64)
    return Access(shape, keys[~second], masks[~second]), Access(shape, keys[second], masks[second])


def _held(rows: Access, state: Access) -> Flags:
    """For each row, whether the state holds it alike."""
    at, found = find(state.keys, rows.keys)
    found[found] = rows.masks[found] == state.masks[at[found]]
    return found


def _ranges(one: Access, other: Access) -> Iterator[tuple[Access, Access]]:
    """The two states, cut at the same keys."""
    cuts = np.arange(_STEP, len(one), _STEP)
    ends = zip([*cuts, len(one)], [*np.searchsorted(other.keys, one.keys[cuts]), len(other)], strict=True)
    start, begin = 0, 0
    for stop, end in ends:
        yield one.part(start, stop), other.part(begin, end)
        start, begin = stop, end


def _pack(one: Access, other: Access) -> Keys:
    """Rows as one number each: the key above, then which of the two it is of, the mask below."""
    programs = one.shape.programs
    rows = np.empty(len(one) + len(other), dtype=np.int64)
    for state, into in ((one, rows[: len(one)]), (other, rows[len(one) :])):
        np.left_shift(state.keys, programs + 1, out=into)
        np.bitwise_or(into, state.masks.view(np.int64), out=into)
    rows[len(one) :] |= 1 << programs
    return rows


def _without_twin(rows: Keys, programs: int) -> Keys:
    """The rows, sorted, but for those that both states hold: they differ in the bit of the side alone."""
    rows.sort(kind="stable")
    alone = np.ones(len(rows) + 1, dtype=np.bool_)
    np.not_equal(rows[1:] ^ rows[:-1], 1 << programs, out=alone[1:-1])
    return rows[alone[1:] & alone[:-1]]
