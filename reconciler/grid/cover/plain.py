"""The plain grouping: pairs with the same slices, then lines with the same crossing lines. Never more than this."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.cover.bits import bitset
from reconciler.grid.cover.table import Box

if TYPE_CHECKING:
    from reconciler.grid.arrays import Ids
    from reconciler.grid.cover.problem import Problem


def plain(problem: Problem) -> list[Box]:
    """For each set of slices that some pair requires, a box for each set of lines; by the better of both axes."""
    required = problem.required
    boxes = []
    order = np.argsort(required.masks, kind="stable")
    masks, starts = np.unique(required.masks[order], return_index=True)
    for mask, rows in zip(masks.tolist(), np.split(order, starts[1:]), strict=True):
        rows.sort()
        consultants, clients = required.consultants[rows], required.clients[rows]
        by_client = _grouped(clients, consultants)
        across = np.argsort(consultants, kind="stable")
        by_consultant = _grouped(consultants[across], clients[across])
        if len(by_client) <= len(by_consultant):
            boxes += [Box(bitset(crossing), bitset(lines), mask) for lines, crossing in by_client]
        else:
            boxes += [Box(bitset(lines), bitset(crossing), mask) for lines, crossing in by_consultant]
    return boxes


def _grouped(lines: Ids, crossing: Ids) -> list[tuple[list[int], Ids]]:
    """Lines with the same crossing lines, together; rows sorted by line."""
    starts = np.flatnonzero(np.concatenate(([True], lines[1:] != lines[:-1])))
    bounds = [*starts.tolist(), len(lines)]
    data, width = np.ascontiguousarray(crossing).tobytes(), crossing.itemsize
    groups: dict[bytes, list[int]] = defaultdict(list)
    first: dict[bytes, tuple[int, int]] = {}
    for line, start, stop in zip(lines[starts].tolist(), bounds, bounds[1:], strict=False):
        key = data[start * width : stop * width]
        first.setdefault(key, (start, stop))
        groups[key].append(line)
    return [(members, crossing[slice(*first[key])]) for key, members in groups.items()]
