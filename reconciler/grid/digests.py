"""`Digests`: what tells the rows of one client from others, in 4 bytes each, and all rows from others, in 32.

Whoever has an earlier state sees by the small ones which clients it must fetch again. They are checksums, good for
that and no more: whether what comes out is right is decided by the SHA-256 over all of it.

    "RCD1"  u64 revision; u32 clients in all, before these, here; 32 bytes of all rows; u32 × clients here

A client's digest is the upper half of the sum of its rows, each a number that is mixed as splitmix64 does; 64 bits
without sign throughout:

    x = (consultant + 1) × 0x9E3779B97F4A7C15 + mask
    x = (x ^ x >> 30) × 0xBF58476D1CE4E5B9;  x = (x ^ x >> 27) × 0x94D049BB133111EB;  x = x ^ x >> 31

It knows nothing of the client, so that clients with the same rows have the same digest, and those of an orderly
bureau compress to a third. That of all rows is the SHA-256 of the packed rows.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reconciler.grid.packed import Packed

    Small = NDArray[np.uint32]

_HEAD = struct.Struct("<4sQ3I32s")
_MAGIC = b"RCD1"
_SMALL = np.dtype("<u4")
_STEP = 4_000
"""The rows of so many clients are mixed at a time: they stay in the processor's cache."""

_SPREAD, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_STIR = ((np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)), (np.uint64(27), np.uint64(0x94D049BB133111EB)))
_LAST = np.uint64(31)
_NOTHING = np.zeros(1, dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Digests:
    """Of a state, or of some of its clients.

    Attributes:
        total: clients of the whole state.
        before: how many of them come before these.
        small: of each client here.
        whole: of all rows.
    """

    total: int
    before: int
    small: Small
    whole: bytes

    @classmethod
    def of(cls, packed: Packed, revision: int) -> Digests:
        """Of all rows of a state at a revision."""
        return cls(len(packed.counts), 0, of_clients(packed), of_all(packed, revision))

    @classmethod
    def decode(cls, body: bytes) -> tuple[Digests, int]:
        """Digests and their revision from bytes; ValueError where they are none."""
        try:
            magic, revision, total, before, here, whole = _HEAD.unpack_from(body)
        except struct.error as error:
            raise ValueError("not the head of digests") from error
        if magic != _MAGIC or len(body) != _HEAD.size + here * _SMALL.itemsize or before + here > total:
            raise ValueError("not digests, or some are missing")
        return cls(total, before, np.frombuffer(body, _SMALL, here, _HEAD.size), whole), revision

    def encode(self, revision: int) -> bytes:
        """As bytes."""
        head = _HEAD.pack(_MAGIC, revision, self.total, self.before, len(self), self.whole)
        return head + self.small.astype(_SMALL, copy=False).tobytes()

    def part(self, start: int, stop: int) -> Digests:
        """Those of some clients, of those here."""
        stop = min(stop, len(self))
        start = min(start, stop)
        return replace(self, before=self.before + start, small=self.small[start:stop])

    def __len__(self) -> int:
        """Of how many clients."""
        return len(self.small)


def of_all(packed: Packed, revision: int) -> bytes:
    """The digest of all rows of a state at a revision."""
    return sha256(packed.encode(revision)).digest()


def of_clients(packed: Packed) -> Small:
    """The digest of each client, from the rows of all of them."""
    ends = np.concatenate(([0], np.cumsum(packed.counts, dtype=np.int64)))
    spread = np.arange(1, int(packed.consultants.max(initial=0)) + 2, dtype=np.uint64) * _SPREAD
    found = np.zeros(len(packed.counts), dtype=np.uint32)
    for low in range(0, len(found), _STEP):
        places = ends[low : low + _STEP + 1]
        rows = slice(int(places[0]), int(places[-1]))
        mixed = _mixed(spread[packed.consultants[rows]] + packed.masks[packed.numbers[rows]])
        sums = np.concatenate((_NOTHING, np.cumsum(mixed, dtype=np.uint64)))[places - places[0]]
        found[low : low + _STEP] = (sums[1:] - sums[:-1]) >> _HALF
    return found


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """In place."""
    for shift, factor in _STIR:
        numbers ^= numbers >> shift
        numbers *= factor
    numbers ^= numbers >> _LAST
    return numbers
