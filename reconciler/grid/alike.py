"""Blocks in no time: clients at which the same consultants hold the same. Not as few as `cover` finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.block import Block

if TYPE_CHECKING:
    from reconciler.grid.access import Access


def alike(rows: Access) -> tuple[Block, ...]:
    """Disjoint blocks that together are exactly these rows.

    Args:
        rows: pairs with programs; mask 0 is access alone.

    Returns:
        Blocks in ascending order of their clients, consultants, then mask; each pair is in one.
    """
    blocks = []
    for mask in np.unique(rows.masks).tolist():
        part = rows.where(rows.masks == np.uint64(mask))
        people, companies = part.consultants, part.clients
        starts = np.flatnonzero(np.concatenate(([True], companies[1:] != companies[:-1])))
        groups: dict[bytes, list[int]] = {}
        for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(part)], strict=True):
            groups.setdefault(people[start:stop].tobytes(), []).append(start)
        for same, members in groups.items():
            consultants = np.frombuffer(same, dtype=people.dtype).tolist()
            blocks.append(Block(tuple(consultants), tuple(companies[members].tolist()), mask))
    return tuple(sorted(blocks, key=lambda one: (one.clients, one.consultants, one.mask)))
