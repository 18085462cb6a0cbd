"""Long lists, as pages show them: what is looked for, in which order, which hundred of them; pure, over arrays.

What is worked out of a register once is an index beside it: folded texts, orders, the words of each row. The rest
takes a few milliseconds for 100,000 clients. `choose` answers one question with ids; pages turn those into text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import find
from reconciler.web.index import flags_of, index_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.grid import Access, Clients, Consultants
    from reconciler.grid.arrays import Flags, Ids
    from reconciler.web.index import Index

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


def count_at_clients(access: Access) -> Ids:
    """For each client how many consultants have access there."""
    ends = np.arange(access.shape.clients + 1, dtype=np.int64) * access.shape.consultants
    return np.diff(np.searchsorted(access.keys, ends))


def count_of_consultants(access: Access, clients: Ids | None = None) -> Ids:
    """For each consultant at how many clients they have access; at how many of these, ascending, where any are given."""
    if clients is None or len(clients) == access.shape.clients:
        rows = access
    elif len(clients) * 8 < access.shape.clients:
        rows = access.at_clients(clients)
    else:
        # of many, it takes less to look at each row once
        rows = access.where(np.repeat(flags_of(clients, access.shape.clients), count_at_clients(access)))
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
