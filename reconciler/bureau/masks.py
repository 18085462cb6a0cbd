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
