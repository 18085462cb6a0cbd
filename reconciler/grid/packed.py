"""`Packed`: who may open what, as bytes that travel and are kept; about 3.5 bytes a pair.

Rows are in key order, so a client is told once, with the number of its rows, and a row is a consultant and a
reference into the table of the masks that occur. Integers are little-endian and as wide as they must be:

    "RCN1"  u64 revision, rows in all, rows before these, rows here, first client
            u32 clients here, masks; u8 bytes of a consultant, bytes of a mask's number; 6 zero bytes
    u64 × masks: the masks     u32 × clients: rows of each client     consultants     numbers of masks

Consultants, clients and bits are places among the sorted names. `decode` believes nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reconciler.grid.access import Access

if TYPE_CHECKING:
    from reconciler.grid.access import Shape
    from reconciler.grid.arrays import Flags, Ids, Keys, Masks

_HEAD = struct.Struct("<4s5Q2I2B6x")
_MAGIC = b"RCN1"
_WIDTHS: dict[int, Any] = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4")}

Whole = NDArray[np.unsignedinteger[Any]]
"""Unsigned integers of any width."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Rows in key order.

    Attributes:
        total: rows of the whole state.
        before: how many of them come before these.
        first: the client that the first count is of.
        counts: for each client from there, how many rows.
        consultants: of each row.
        numbers: of each row, the place of its mask in `masks`.
        masks: those that occur, ascending.
    """

    total: int
    before: int
    first: int
    counts: Whole
    consultants: Whole
    numbers: Whole
    masks: Masks

    @classmethod
    def of(cls, access: Access) -> Packed:
        """All of a state."""
        masks, numbers = _distinct(access.masks)
        counts = np.bincount(access.clients, minlength=access.shape.clients)
        return cls(
            total=len(access),
            before=0,
            first=0,
            counts=counts.astype(_WIDTHS[4]),
            consultants=access.consultants.astype(_narrow(access.shape.consultants)),
            numbers=numbers.astype(_narrow(len(masks))),
            masks=masks,
        )

    @classmethod
    def decode(cls, body: bytes) -> tuple[Packed, int]:
        """Rows and their revision from bytes; ValueError where they are no such rows."""
        try:
            magic, revision, total, before, rows, first, clients, masks, wide, narrow = _HEAD.unpack_from(
                body
            )
            columns = ((_M, masks), (_WIDTHS[4], clients), (_WIDTHS[wide], rows), (_WIDTHS[narrow], rows))
        except (struct.error, KeyError) as error:
            raise ValueError("not the head of packed rows") from error
        if magic != _MAGIC or len(body) != _HEAD.size + sum(kind.itemsize * n for kind, n in columns):
            raise ValueError("not packed rows, or some are missing")
        arrays, at = [], _HEAD.size
        for kind, count in columns:
            arrays.append(np.frombuffer(body, kind, count, at))
            at += kind.itemsize * count
        table, counts, consultants, numbers = arrays
        if int(counts.sum(dtype=np.uint64)) != rows or before + rows > total or first > _MOST:
            raise ValueError("the rows do not add up")
        if rows and int(numbers.max()) >= masks:
            raise ValueError("a row has a mask that is not in the table")
        return cls(total, before, first, counts, consultants, numbers, table), revision

    @staticmethod
    def revision(body: bytes) -> int:
        """The revision that bytes are of, or their beginning; ValueError where they are no such rows."""
        try:
            magic, revision, *_ = _HEAD.unpack_from(body)
        except struct.error as error:
            raise ValueError("not the head of packed rows") from error
        if magic != _MAGIC:
            raise ValueError("not packed rows")
        return int(revision)

    def __len__(self) -> int:
        """How many rows are here."""
        return len(self.consultants)

    def encode(self, revision: int) -> bytes:
        """As bytes, for a revision."""
        kinds = self.consultants.dtype.itemsize, self.numbers.dtype.itemsize
        sizes = self.total, self.before, len(self), self.first, len(self.counts), len(self.masks)
        columns = (self.masks.astype(_M, copy=False), self.counts, self.consultants, self.numbers)
        head = _HEAD.pack(_MAGIC, revision, *sizes, *kinds)
        return b"".join((head, *(column.tobytes() for column in columns)))

    def part(self, start: int, stop: int) -> Packed:
        """The rows from one place to another, of those here."""
        stop = min(stop, len(self))
        start = min(start, stop)
        ends = np.cumsum(self.counts, dtype=np.int64)
        low, high = (int(np.searchsorted(ends, at, side="right")) for at in (start, max(stop - 1, start)))
        cut = ends[low : high + 1].clip(start, stop)
        counts = np.diff(cut, prepend=start) if stop > start else cut[:0]
        return Packed(
            self.total,
            self.before + start,
            self.first + low,
            counts.astype(_WIDTHS[4]),
            self.consultants[start:stop],
            self.numbers[start:stop],
            self.masks,
        )

    def at_clients(self, flags: Flags) -> Packed:
        """The rows of some clients alone, as a state of its own.

        Args:
            flags: one for each client from `first` on.
        """
        rows = np.repeat(flags, self.counts)
        return replace(
            self,
            total=int(np.count_nonzero(rows)),
            before=0,
            counts=np.where(flags, self.counts, self.counts.dtype.type(0)),
            consultants=self.consultants[rows],
            numbers=self.numbers[rows],
        )

    def clients(self) -> Ids:
        """The client of each row."""
        places = np.arange(self.first, self.first + len(self.counts), dtype=np.int64)
        return np.repeat(places, self.counts)

    def rows(self, shape: Shape) -> tuple[Keys, Masks]:
        """Keys and masks, in key order.

        Raises:
            ValueError: where a row is outside the shape, or not in its place.
        """
        keys = self.clients()
        if len(keys) and (int(keys[-1]) >= shape.clients or int(self.consultants.max()) >= shape.consultants):
            raise ValueError("a row is of nobody, or nowhere")
        if len(self.masks) and int(self.masks.max()).bit_length() > shape.programs:
            raise ValueError("a row has programs that are not there")
        keys *= shape.consultants
        keys += self.consultants
        if np.any(keys[1:] <= keys[:-1]):
            raise ValueError("a row is not in its place")
        return keys, self.masks.astype(np.uint64, copy=False)[self.numbers]

    def access(self, shape: Shape) -> Access:
        """As a state; ValueError as `rows`."""
        return Access(shape, *self.rows(shape))


_M = np.dtype("<u8")
_MOST = 1 << 40
"""No bureau has more clients."""


def _narrow(count: int) -> Any:
    """The narrowest integers that can number so many things."""
    return next(kind for width, kind in _WIDTHS.items() if count <= 1 << 8 * width)


def _distinct(masks: Masks) -> tuple[Masks, Ids]:
    """The masks that occur, and the number of each row's."""
    if len(masks) and int(masks.max()) < 1 << 16:
        seen = np.zeros(1 << 16, dtype=np.bool_)
        seen[masks] = True
        found = np.flatnonzero(seen)
        place = np.cumsum(seen) - 1
        return found.astype(np.uint64), place[masks]
    table, numbers = np.unique(masks, return_inverse=True)
    return table, numbers
