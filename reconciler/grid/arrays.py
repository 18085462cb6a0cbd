"""The array types of the grid, and the few operations on sorted arrays that numpy lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable

Keys = NDArray[np.int64]
"""Pair keys, one dimension, sorted and unique where an Access holds them."""

Masks = NDArray[np.uint64]
"""Program masks beside keys: bit p is program p."""

Ids = NDArray[np.int64]
"""Dense ids of consultants or clients, one dimension."""

Flags = NDArray[np.bool_]
"""One truth value per key or per id."""


def bit(program: int) -> int:
    """The mask of one program id."""
    return 1 << program


def mask_of(programs: Iterable[int]) -> int:
    """The mask of program ids, as a Python int."""
    mask = 0
    for program in programs:
        mask |= 1 << program
    return mask


def bits(mask: int) -> list[int]:
    """The program ids in a mask, ascending."""
    return [program for program in range(mask.bit_length()) if mask >> program & 1]


def popcount(masks: Masks) -> int:
    """How many program cells the masks hold together."""
    return int(np.bitwise_count(masks).sum(dtype=np.int64))


def find(keys: Keys, wanted: Keys) -> tuple[Keys, Flags]:
    """Where each wanted key stands in sorted unique keys.

    Returns:
        Indices into `keys` (clipped, valid only where found; 0 where `keys` is empty), and whether found.
    """
    if len(keys) == 0:
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
    at = np.searchsorted(keys, wanted)
    np.minimum(at, len(keys) - 1, out=at)
    return at, keys[at] == wanted
