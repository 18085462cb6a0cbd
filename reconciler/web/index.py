"""What is worked out of one side of a register once, and kept beside it: folded texts, orders, the words of each row."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from reconciler.web.folding import alphabetical, fold, folded, natural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.grid import Clients, Consultants
    from reconciler.grid.arrays import Flags, Ids
    from reconciler.grid.names import Names

FEW = 100
"""So many keys are each looked up by themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a register knows of some keys.

    Attributes:
        ids: of those that are there, ascending.
        lost: the keys that are not, sorted.
    """

    ids: Ids
    lost: tuple[str, ...]


class Words:
    """The words of each row, such as its tags.

    Args:
        ids: for each word the ids that carry it.
        size: how many rows there are.
    """

    def __init__(self, ids: Mapping[str, Ids], size: int) -> None:
        self.all = tuple(ids)
        counts = [len(ids[word]) for word in self.all]
        rows = np.concatenate([*ids.values(), np.empty(0, dtype=np.int64)])
        numbers = np.repeat(np.arange(len(self.all)), counts)
        order = np.argsort(rows, kind="stable")
        self._numbers = numbers[order]
        self._starts = np.searchsorted(rows[order], np.arange(size + 1))

    def of(self, row: int) -> tuple[str, ...]:
        """The words of a row, in their order."""
        start, stop = self._starts[row : row + 2].tolist()
        return tuple(self.all[number] for number in self._numbers[start:stop].tolist())

    def ranks(self) -> Ids:
        """For each row the place of its first word; those without any come last."""
        padded = np.concatenate([self._numbers, [0]])
        first = padded[self._starts[:-1]]
        return np.where(self._starts[1:] > self._starts[:-1], first, len(self.all))


class Index:
    """What is worked out of one side of a register; each part when somebody needs it.

    Args:
        names: the keys.
        labels: the names, by id.
        tags: for each tag its ids.
        teams: for each team its ids.
    """

    def __init__(
        self, names: Names, labels: Sequence[str], tags: Mapping[str, Ids], teams: Mapping[str, Ids]
    ) -> None:
        self._names, self._labels, self._tags, self._teams = names, labels, tags, teams
        self._known: tuple[tuple[frozenset[str], Known], ...] = ()

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Number and name of each, folded."""
        return tuple(
            folded([f"{key}\n{label}" for key, label in zip(self._names, self._labels, strict=True)])
        )

    @cached_property
    def order(self) -> Ids:
        """All ids in the order of their numbers, 9 before 10."""
        keys = list(self._names)
        if all(len(key) < 19 and key.isascii() and key.isdecimal() for key in keys):
            lengths = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
            return np.lexsort((lengths, np.fromiter(map(int, keys), dtype=np.int64, count=len(keys))))
        ordered = [natural(key) for key in keys]
        return np.array(sorted(range(len(keys)), key=ordered.__getitem__), dtype=np.int64)

    @cached_property
    def by_name(self) -> Ids:
        """The rank of each name as Swedish orders them."""
        return _ranks(alphabetical(self._labels))

    @cached_property
    def tags(self) -> Words:
        """The tags of each."""
        return Words(self._tags, len(self._names))

    @cached_property
    def teams(self) -> Words:
        """The teams of each."""
        teams = list(self._teams)
        ordered = sorted(zip(alphabetical(teams), teams, strict=True))
        return Words({team: self._teams[team] for _, team in ordered}, len(self._names))

    @cached_property
    def by_team(self) -> Ids:
        """The rank of each one's first team."""
        return self.teams.ranks()

    def ahead(self) -> None:
        """Work it out before somebody needs it."""
        _ = self.texts, self.order, self.by_name, self.tags, self.by_team

    def know(self, keys: frozenset[str]) -> Known:
        """Which ids keys have, and which keys are not there any more; the last few answers are kept.

        What was marked is the same set on every page of a dialog, and may hold all clients.
        """
        for asked, known in self._known:
            if asked is keys:
                return known
        ids = ids_of(self._names, keys)
        lost = () if len(ids) == len(keys) else tuple(sorted(keys.difference(self._names)))
        self._known = ((keys, Known(ids, lost)), *self._known[:3])
        return self._known[0][1]

    def having(self, words: str) -> Flags:
        """Which have all of these words somewhere in number or name."""
        found = np.ones(len(self._names), dtype=np.bool_)
        for word in fold(words).split():
            found &= np.fromiter((word in text for text in self.texts), dtype=np.bool_, count=len(found))
        return found


_lock = threading.Lock()
_indexes: WeakKeyDictionary[Clients | Consultants, Index] = WeakKeyDictionary()


def index_of(side: Clients | Consultants) -> Index:
    """The index beside one side of a register, as long as there is that."""
    with _lock:
        found = _indexes.get(side)
        if found is None:
            found = _indexes[side] = Index(side.names, side.labels, side.tags, side.teams)
        return found


def flags_of(ids: Ids, size: int) -> Flags:
    """A flag for each of so many, set for these ids."""
    flags = np.zeros(size, dtype=np.bool_)
    flags[ids] = True
    return flags


def keys_of(names: Names, ids: Ids) -> list[str]:
    """The keys of ids; where they are many, all texts are decoded once and kept."""
    every: Sequence[str] = names.all if len(ids) <= FEW else names.all[:]
    return [every[number] for number in ids.tolist()]


def ids_of(names: Names, keys: Iterable[str]) -> Ids:
    """The ids of keys, ascending; keys that are not there are left out."""
    if isinstance(keys, frozenset) and len(keys) * 8 > len(names):
        return np.flatnonzero(np.fromiter((key in keys for key in names), dtype=np.bool_, count=len(names)))
    ids = [number for number in map(names.find, keys) if number is not None]
    return np.sort(np.array(ids, dtype=np.int64))


def _ranks(keys: Sequence[str]) -> Ids:
    """The place of each among all, from 0; equal ones have the same."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ranks, rank, before = [0] * len(keys), -1, None
    for number in order:
        if keys[number] != before:
            rank, before = rank + 1, keys[number]
        ranks[number] = rank
    return np.array(ranks, dtype=np.int64)
