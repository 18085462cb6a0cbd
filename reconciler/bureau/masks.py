"""Program masks in SQLite: 64 bits do not fit its signed integers as they are, so they are reinterpreted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import bits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.grid.arrays import Masks


def to_signed(mask: int) -> int:
    """The signed integer with the same 64 bits."""
    return mask - (1 << 64) if mask >> 63 else mask


def from_signed(stored: int) -> int:
    """The mask with the same 64 bits."""
    return stored & 0xFFFF_FFFF_FFFF_FFFF


def column(masks: Masks) -> list[int]:
    """Masks as a column for `executemany`."""
    signed: list[int] = masks.view(np.int64).tolist()
    return signed


def names_of(mask: int, programs: Mapping[int, str]) -> list[str]:
    """The sorted names of the programs in a mask, by bit."""
    return sorted(programs[bit] for bit in bits(mask))


def placed(masks: Masks, bits_of: Mapping[str, int]) -> Masks:
    """Masks by places among the sorted names of the programs, of masks by the bits of the database."""
    place = {bit: at for at, (_, bit) in enumerate(sorted(bits_of.items()))}
    if all(bit == at for bit, at in place.items()):
        return masks
    table, numbers = np.unique(masks, return_inverse=True)
    moved = [sum(1 << place[bit] for bit in bits(mask)) for mask in table.tolist()]
    return np.array(moved, dtype=np.uint64)[numbers]
