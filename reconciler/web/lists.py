"""Long lists, as pages show them: what is looked for, in which order, which hundred of them; pure, over arrays.

What is worked out of a register once is an index beside it: folded texts, orders, the words of each row. The rest
takes a few milliseconds for 100,000 clients. `choose` answers one question with ids; pages turn those into text.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from reconciler.grid.arrays import find
from reconciler.web.folding import alphabetical, fold, folded, natural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reconciler.grid import Access, Clients, Consultants
    from reconciler.grid.arrays import Flags, Ids
    from reconciler.grid.names import Names

PAGE = 100
"""Rows of a page."""

LONGEST = 200
"""Characters of a question."""


class Column(StrEnum):
    """What a list is sorted by."""

    NUMBER = "number"
    NAME = "name"
    TEAM = "team"
    COUNT = "count"
    """How many have access: consultants at a client, clients of a consultant."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody looks for.

    Attributes:
        words: each stands somewhere in the number or the name; "" for anything.
        tag: the rows have it; "" for any or none.
        team: likewise.
        other: of clients: somebody who has access there, by words or key; "" for anybody or nobody.
        marked: whether only what is marked.
        every: of consultants who are to lose something: whether also those who have nothing there.
        column: what they are sorted by.
        down: whether from the last to the first.
        page: from 1.
    """

    words: str = ""
    tag: str = ""
    team: str = ""
    other: str = ""
    marked: bool = False
    every: bool = False
    column: Column = Column.NUMBER
    down: bool = False
    page: int = 1

    @property
    def narrow(self) -> bool:
        """Whether it asks for less than all."""
        return bool(self.words or self.tag or self.team or self.other or self.marked)

    def at(self, page: int) -> Question:
        """The same, another page of it."""
        return replace(self, page=page)

    def by(self, column: Column) -> Question:
        """The same from the beginning, sorted by a column; from last to first where it is sorted by that already."""
        return replace(self, column=column, down=column is self.column and not self.down, page=1)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was found.

    Attributes:
        ids: all of it, in its order.
        page: the number of the page that is shown, from 1.
    """

    ids: Ids
    page: int

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.ids)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE))

    @property
    def start(self) -> int:
        """How many rows stand before the page."""
        return (self.page - 1) * PAGE

    @property
    def shown(self) -> Ids:
        """The ids on the page."""
        return self.ids[self.start : self.start + PAGE]


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


def choose(
    side: Clients | Consultants, question: Question, counts: Ids, flags: Iterable[Flags] = ()
) -> Answer:
    """Answer a question about one side of a register.

    Args:
        side: whose rows.
        question: what is looked for; `other` and `marked` are the caller's to turn into flags.
        counts: by id, for the column of that name.
        flags: by id, what else the rows have to be.
    """
    index = index_of(side)
    found = np.ones(len(side.names), dtype=np.bool_)
    for flag in flags:
        found &= flag
    for word, carrying in ((question.tag, side.tags), (question.team, side.teams)):
        if word:
            found &= flags_of(carrying.get(word, _NOBODY), len(found))
    if question.words:
        found &= index.having(question.words)
    ids = _sorted(index.order[found[index.order]], question, index, counts)
    pages = max(1, -(-len(ids) // PAGE))
    return Answer(ids, min(question.page, pages))


def _sorted(ids: Ids, question: Question, index: Index, counts: Ids) -> Ids:
    """Ids in the order of a column; those that are alike there by number."""
    ranks: dict[Column, Callable[[], Ids]] = {
        Column.NAME: lambda: index.by_name,
        Column.TEAM: lambda: index.by_team,
        Column.COUNT: lambda: counts,
    }
    if question.column is Column.NUMBER:
        return ids[::-1] if question.down else ids
    ranked = ranks[question.column]()[ids]
    return ids[np.argsort(-ranked if question.down else ranked, kind="stable")]


_NOBODY = np.empty(0, dtype=np.int64)


def flags_of(ids: Ids, size: int) -> Flags:
    """A flag for each of so many, set for these ids."""
    flags = np.zeros(size, dtype=np.bool_)
    flags[ids] = True
    return flags


def keys_of(names: Names, ids: Ids) -> list[str]:
    """The keys of ids; where they are many, all texts are decoded once and kept."""
    every: Sequence[str] = names.all if len(ids) <= PAGE else names.all[:]
    return [every[number] for number in ids.tolist()]


def ids_of(names: Names, keys: Iterable[str]) -> Ids:
    """The ids of keys, ascending; keys that are not there are left out."""
    if isinstance(keys, frozenset) and len(keys) * 8 > len(names):
        return np.flatnonzero(np.fromiter((key in keys for key in names), dtype=np.bool_, count=len(names)))
    ids = [number for number in map(names.find, keys) if number is not None]
    return np.sort(np.array(ids, dtype=np.int64))


def count_at_clients(access: Access) -> Ids:
    """For each client how many consultants have access there."""
    ends = np.arange(access.shape.clients + 1, dtype=np.int64) * access.shape.consultants
    return np.diff(np.searchsorted(access.keys, ends))


def count_of_consultants(access: Access, clients: Ids | None = None) -> Ids:
    """For each consultant at how many clients they have access; at how many of these, ascending, where any are given."""
    rows = access if clients is None or len(clients) == access.shape.clients else access.at_clients(clients)
    return np.bincount(rows.consultants, minlength=access.shape.consultants)


def clients_of(access: Access, consultants: Ids) -> Flags:
    """At which clients any of these consultants has access."""
    flags = np.zeros(access.shape.clients, dtype=np.bool_)
    if len(consultants) == 1:
        keys = access.shape.keys(consultants, np.arange(access.shape.clients, dtype=np.int64))
        return find(access.keys, keys)[1]
    chosen = flags_of(consultants, access.shape.consultants)
    flags[access.clients[chosen[access.consultants]]] = True
    return flags


def meant(side: Clients | Consultants, words: str) -> Ids:
    """Who is meant: the one with exactly this key, else all that have these words in key or name."""
    exact = side.names.find(words.strip())
    if exact is not None:
        return np.array([exact], dtype=np.int64)
    return np.flatnonzero(index_of(side).having(words))


def _ranks(keys: Sequence[str]) -> Ids:
    """The place of each among all, from 0; equal ones have the same."""
    order = sorted(range(len(keys)), key=keys.__getitem__)
    ranks, rank, before = [0] * len(keys), -1, None
    for number in order:
        if keys[number] != before:
            rank, before = rank + 1, keys[number]
        ranks[number] = rank
    return np.array(ranks, dtype=np.int64)
