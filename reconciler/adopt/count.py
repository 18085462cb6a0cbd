"""How many cells of a state lie in each product of two sets: two small matrix products instead of a search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.grid import Access
    from reconciler.grid.arrays import Flags, Ids

Counts = NDArray[np.float32]
"""For each set of consultants and set of clients, how many cells of a layer are in their product."""

_STEP = 1 << 18
"""Rows that are counted at a time."""


class Counter:
    """Counts rows by consultant and set of clients.

    Args:
        rows: the pairs.
        sets: of client ids.
    """

    def __init__(self, rows: Access, sets: Sequence[Ids]) -> None:
        members = np.concatenate([np.empty(0, dtype=np.int64), *sets])
        owners = np.repeat(np.arange(len(sets)), [len(one) for one in sets])
        self._owners = owners[np.argsort(members, kind="stable")]
        self._counts = np.bincount(members, minlength=rows.shape.clients)
        self._starts = np.cumsum(self._counts) - self._counts
        self._width = len(sets)
        self._height = rows.shape.consultants
        self._people, self._companies = rows.consultants, rows.clients

    def count(self, layer: Flags) -> Counts:
        """For each consultant and set of clients, how many rows of a layer, a flag per row, lie there."""
        size = self._height * self._width
        found = np.zeros(size, dtype=np.float32)
        rows = np.flatnonzero(layer)
        for begin in range(0, len(rows), _STEP):
            part = rows[begin : begin + _STEP]
            people, companies = self._people[part], self._companies[part]
            many = self._counts[companies]
            row = np.repeat(np.arange(len(part)), many)
            offset = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
            owners = self._owners[self._starts[companies][row] + offset]
            found += np.bincount(people[row] * self._width + owners, minlength=size)
        return found.reshape(self._height, self._width)


def by_group(counts: Counts, sets: Sequence[Ids]) -> Counts:
    """Counts by consultant, summed for sets of consultants."""
    if all(len(ids) == 1 for ids in sets):
        return counts[[int(ids[0]) for ids in sets]]
    incidence = np.zeros((len(sets), len(counts)), dtype=np.float32)
    for number, ids in enumerate(sets):
        incidence[number, ids] = 1
    return incidence @ counts
