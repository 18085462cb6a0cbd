"""`Digests`: what tells the rows of one client from others, in 4 bytes each, and all rows from others, in 32.

Whoever has an earlier state sees by the small ones which clients it must fetch again. Four bytes are enough for
that and no more: whether what comes out is right is decided by the 32 bytes over all of it.

    "RCD1"  u64 revision; u32 clients in all, before these, here; 32 bytes of all rows; 4 bytes × clients here

A client's digest is the beginning of the SHA-256 of its rows, by consultant: the consultant's place in 4 bytes
and the mask in 8, little-endian. It knows nothing of the client, so that clients with the same rows have the same
digest, and an orderly bureau's compress to a third. That of all rows is the SHA-256 of the packed rows.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reconciler.grid.packed import Packed

_HEAD = struct.Struct("<4sQ3I32s")
_MAGIC = b"RCD1"
_SMALL = np.dtype("<u4")
_ROW = np.dtype([("consultant", "<u4"), ("mask", "<u8")])
_STEP = 50_000
"""The rows of so many clients are laid out at a time."""


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
    small: NDArray[np.uint32]
    whole: bytes

    @classmethod
    def of(cls, packed: Packed, revision: int) -> Digests:
        """Of all rows of a state at a revision."""
        return cls(len(packed.counts), 0, _small(packed), sha256(packed.encode(revision)).digest())

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
        return head + self.small.tobytes()

    def part(self, start: int, stop: int) -> Digests:
        """Those of some clients, of those here."""
        stop = min(stop, len(self))
        start = min(start, stop)
        return replace(self, before=self.before + start, small=self.small[start:stop])

    def __len__(self) -> int:
        """Of how many clients."""
        return len(self.small)


def _small(packed: Packed) -> NDArray[np.uint32]:
    ends = np.concatenate(([0], np.cumsum(packed.counts, dtype=np.int64)))
    parts = (ends[low : low + _STEP + 1] for low in range(0, len(packed.counts), _STEP))
    return np.frombuffer(b"".join(digest for part in parts for digest in _some(packed, part)), _SMALL)


def _some(packed: Packed, ends: NDArray[np.int64]) -> list[bytes]:
    """Of the clients whose rows lie between each two of these places."""
    here = slice(int(ends[0]), int(ends[-1]))
    rows = np.empty(here.stop - here.start, dtype=_ROW)
    rows["consultant"] = packed.consultants[here]
    rows["mask"] = packed.masks[packed.numbers[here]]
    view = memoryview(rows.tobytes())
    places = ((ends - here.start) * _ROW.itemsize).tolist()
    return [sha256(view[start:stop]).digest()[: _SMALL.itemsize] for start, stop in pairwise(places)]
