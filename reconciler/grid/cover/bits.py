"""Sets of small numbers as Python integers: one bit a member. Union, intersection and subset are one operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.grid.arrays import Flags, Ids

_SMALL, _FEW = 512, 16
"""With more bits and more members than this, numpy is faster than a loop."""


def ones(bits: int) -> list[int]:
    """The members of a set, ascending."""
    if bits.bit_length() <= _SMALL or bits.bit_count() < _FEW:
        found = []
        while bits:
            low = bits & -bits
            found.append(low.bit_length() - 1)
            bits ^= low
        return found
    words = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 64) * 8, "little"), dtype="<u8")
    used = words.nonzero()[0]
    flags = np.unpackbits(words[used].view(np.uint8), bitorder="little")
    at = flags.nonzero()[0]
    members: list[int] = (used[at >> 6] * 64 + (at & 63)).tolist()
    return members


def flags_of(bits: int, size: int) -> Flags:
    """A set of numbers below a size, as a flag for each."""
    packed = np.frombuffer(bits.to_bytes(-(-size // 8), "little"), dtype=np.uint8)
    return np.unpackbits(packed, count=size, bitorder="little").view(np.bool_)


def bitset(members: Sequence[int] | Ids) -> int:
    """The set of these members, which need not be sorted."""
    if len(members) < 4:
        found = 0
        for member in members:
            found |= 1 << int(member)
        return found
    at = np.asarray(members, dtype=np.int64)
    flags = np.zeros(int(at.max()) + 1, dtype=np.bool_)
    flags[at] = True
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")


def full(size: int) -> int:
    """The set of all numbers below a size."""
    return (1 << size) - 1
