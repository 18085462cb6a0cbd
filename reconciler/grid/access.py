"""`Access`: who may open which programs at which client, as sorted pair keys and program masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import Flags, Ids, Keys, Masks, find, popcount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.grid.block import Block


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of a grid.

    Attributes:
        consultants: how many; also the stride of pair keys.
        clients: how many.
        programs: how many, at most 64.
    """

    consultants: int
    clients: int
    programs: int

    def __post_init__(self) -> None:
        """A mask has 64 bits."""
        if not 0 <= self.programs <= 64:
            raise ValueError(f"a grid holds at most 64 programs, not {self.programs}")

    def keys(self, consultants: Ids, clients: Ids) -> Keys:
        """Pair keys of consultants × clients, broadcast against each other, not sorted."""
        return clients * np.int64(self.consultants) + consultants


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """A sparse relation: pairs that have access, each with a set of programs that may be empty.

    Attributes:
        shape: of the grid.
        keys: int64, sorted, unique: client id × shape.consultants + consultant id.
        masks: uint64, beside keys: bit p is program p.
    """

    shape: Shape
    keys: Keys
    masks: Masks

    @classmethod
    def empty(cls, shape: Shape) -> Access:
        """Nobody may open anything."""
        return cls(shape, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint64))

    @classmethod
    def from_rows(cls, shape: Shape, keys: Keys, masks: Masks) -> Access:
        """From rows in any order; rows of the same pair are united."""
        if len(keys) == 0:
            return cls.empty(shape)
        if np.any(keys[1:] <= keys[:-1]):
            order = np.argsort(keys, kind="stable")
            keys, masks = keys[order], masks[order]
            first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
            keys, masks = keys[first], np.bitwise_or.reduceat(masks, first)
        return cls(shape, keys, masks)

    @classmethod
    def from_blocks(cls, shape: Shape, blocks: Iterable[Block]) -> Access:
        """The union of blocks."""
        rows = [(block.keys(shape), block.mask) for block in blocks]
        if not rows:
            return cls.empty(shape)
        keys = np.concatenate([keys for keys, _ in rows])
        masks = np.repeat(
            np.array([mask for _, mask in rows], dtype=np.uint64), [len(keys) for keys, _ in rows]
        )
        return cls.from_rows(shape, keys, masks)

    @classmethod
    def from_triples(cls, shape: Shape, triples: Iterable[tuple[int, int, int | None]]) -> Access:
        """From (consultant id, client id, program id); program None is access without programs."""
        rows = [
            (client * shape.consultants + consultant, 0 if program is None else 1 << program)
            for consultant, client, program in triples
        ]
        return cls.from_rows(
            shape,
            np.array([key for key, _ in rows], dtype=np.int64),
            np.array([mask for _, mask in rows], dtype=np.uint64),
        )

    def __len__(self) -> int:
        """How many pairs have access."""
        return len(self.keys)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Access)
            and self.shape == other.shape
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.masks, other.masks)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays inside

    @property
    def cells(self) -> int:
        """How many program cells are set; access itself is not counted."""
        return popcount(self.masks)

    @property
    def consultants(self) -> Ids:
        """The consultant id of each row."""
        return self.keys % max(self.shape.consultants, 1)

    @property
    def clients(self) -> Ids:
        """The client id of each row."""
        return self.keys // max(self.shape.consultants, 1)

    def rows(self) -> Iterator[tuple[int, int, int]]:
        """(consultant id, client id, mask) of each pair, in key order, as Python ints."""
        return zip(self.consultants.tolist(), self.clients.tolist(), self.masks.tolist(), strict=True)

    def masks_at(self, keys: Keys) -> tuple[Masks, Flags]:
        """What these pairs hold: their masks (0 where there is none), and whether they have access."""
        at, found = find(self.keys, keys)
        if len(self.keys) == 0:
            return np.zeros(len(keys), dtype=np.uint64), found
        return np.where(found, self.masks[at], np.uint64(0)), found

    def where(self, keep: Flags) -> Access:
        """The rows that a flag per row keeps."""
        return Access(self.shape, self.keys[keep], self.masks[keep])

    def part(self, start: int, stop: int) -> Access:
        """The rows of these numbers, in key order."""
        return Access(self.shape, self.keys[start:stop], self.masks[start:stop])

    def at_clients(self, clients: Ids) -> Access:
        """The rows of some clients, ascending ids; takes time for these alone."""
        stride = self.shape.consultants
        starts = np.searchsorted(self.keys, clients * stride)
        counts = np.searchsorted(self.keys, (clients + 1) * stride) - starts
        rows = np.arange(int(counts.sum())) + np.repeat(starts - np.cumsum(counts) + counts, counts)
        return Access(self.shape, self.keys[rows], self.masks[rows])

    def restrict(
        self,
        consultants: Flags | None = None,
        clients: Flags | None = None,
        programs: int | None = None,
    ) -> Access:
        """What lies inside a scope.

        Args:
            consultants: a flag per consultant id, None for all.
            clients: a flag per client id, None for all.
            programs: a mask, None for all; pairs stay, with fewer programs.
        """
        kept = self
        if clients is not None:
            chosen = np.flatnonzero(clients)
            # the rows of a few are found without looking at all
            few = len(chosen) < len(clients) // 8
            kept = kept.at_clients(chosen) if few else kept.where(clients[kept.clients])
        if consultants is not None:
            kept = kept.where(consultants[kept.consultants])
        if programs is not None:
            kept = Access(kept.shape, kept.keys, kept.masks & np.uint64(programs))
        return kept

    def union(self, *others: Access) -> Access:
        """Everything that any of them holds."""
        states = (self, *others)
        return Access.from_rows(
            self.shape,
            np.concatenate([state.keys for state in states]),
            np.concatenate([state.masks for state in states]),
        )

    def less(self, programs: Access) -> Access:
        """This less the programs that the other holds at the same pairs; pairs stay, if only without programs."""
        return Access(self.shape, self.keys, self.masks & ~programs.masks_at(self.keys)[0])

    def without_programs(self) -> Access:
        """The same pairs, with access and no programs."""
        return Access(self.shape, self.keys, np.zeros_like(self.masks))

    def outside(self, other: Access) -> Access:
        """The rows of pairs that the other does not have."""
        return self.where(~find(other.keys, self.keys)[1])

    def updated(self, rows: Access, held: Flags) -> Access:
        """This with other rows for a few pairs; takes little time beside that of a copy.

        Args:
            rows: how these pairs are now.
            held: for each of them whether it still has access; where it has none, its row goes.
        """
        at, found = find(self.keys, rows.keys)
        keys, masks = self.keys, self.masks.copy()
        kept, gone, new = found & held, found & ~held, ~found & held
        masks[at[kept]] = rows.masks[kept]
        if gone.any():
            keys, masks = np.delete(keys, at[gone]), np.delete(masks, at[gone])
        if new.any():
            places = np.searchsorted(keys, rows.keys[new])
            keys, masks = np.insert(keys, places, rows.keys[new]), np.insert(masks, places, rows.masks[new])
        return Access(self.shape, keys, masks)

    def inside(self, other: Access) -> Access:
        """The rows of pairs that the other has too, with this one's masks."""
        return self.where(find(other.keys, self.keys)[1])
