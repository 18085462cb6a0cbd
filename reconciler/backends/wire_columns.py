"""The register by columns → Consultants and Clients, without a step for each row."""

from __future__ import annotations

from operator import lt
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from reconciler.errors import Message
from reconciler.grid import Clients, Consultants, Names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reconciler.exchange.fields import Fields
    from reconciler.grid.arrays import Flags, Ids

Value = TypeVar("Value")


def consultants(pages: Sequence[Fields]) -> Consultants:
    """From the columns of /v1/consultants; BackendError where they are not as the contract says."""
    names, labels = _names(pages)
    teams, leads = _words(pages, "teams"), _words(pages, "leads")
    both = {word: [index[word] for index in (teams, leads) if word in index] for word in {**teams, **leads}}
    return Consultants(
        names=names,
        labels=labels,
        active=_flags(pages, {"active": True, "left": False}),
        tags=_words(pages, "tags"),
        teams={word: np.unique(np.concatenate(both[word])) for word in sorted(both)},
        leads=leads,
    )


def clients(pages: Sequence[Fields]) -> Clients:
    """From the columns of /v1/clients; likewise."""
    names, labels = _names(pages)
    return Clients(
        names=names,
        labels=labels,
        connected=_flags(pages, {"connected": True, "disconnected": False}),
        tags=_words(pages, "tags"),
        teams=_index(*_shared(pages, "team", _team)),
    )


def _names(pages: Sequence[Fields]) -> tuple[Names, tuple[str, ...]]:
    """Ids and names; ids must ascend, as every place in another list counts on it."""
    ids: list[str] = []
    labels: list[str] = []
    for page in pages:
        some, called = page.texts("id"), page.texts("name")
        if "" in some or not all(map(lt, some, some[1:])) or (ids and some and some[0] <= ids[-1]):
            page.wrong("id", Message("ids, none empty, in ascending order"))
        if len(some) != len(called):
            page.wrong("name", Message("as many as there are ids"))
        ids += some
        labels += called
    return Names(ids), tuple(labels)


def _flags(pages: Sequence[Fields], words: Mapping[str, bool]) -> Flags:
    def read(shared: Fields, value: Any) -> bool:
        if not isinstance(value, str) or value not in words:
            shared.wrong("values", Message("one of {words}", words=", ".join(words)))
        return words[value]

    values, at = _shared(pages, "status", read)
    return np.array(values, dtype=np.bool_)[at]


def _words(pages: Sequence[Fields], name: str) -> dict[str, Ids]:
    """For each word the ids of the rows that have it."""
    return _index(*_shared(pages, name, _texts))


def _texts(shared: Fields, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(type(word) is str for word in value):
        shared.wrong("values", Message("lists of texts"))
    return tuple(value)


def _team(shared: Fields, value: Any) -> tuple[str, ...]:
    if value is not None and (type(value) is not str or not value):
        shared.wrong("values", Message("text that is not empty"))
    return () if value is None else (value,)


def _shared(
    pages: Sequence[Fields], name: str, read: Callable[[Fields, Any], Value]
) -> tuple[list[Value], Ids]:
    """The values that occur in a column, and for each row the place of its own."""
    values: list[Value] = []
    places: list[Ids] = []
    for page in pages:
        shared = page.sub(name)
        some, at = shared.items("values"), shared.items("at")
        if len(at) != len(page.items("id")) or not set(map(type, at)) <= {int}:
            shared.wrong("at", Message("a whole number for each row"))
        if at and not 0 <= min(at) <= max(at) < len(some):
            shared.wrong("at", Message("places among the values"))
        places.append(np.array(at, dtype=np.int64) + len(values))
        values += [read(shared, value) for value in some]
    return values, np.concatenate(places)


def _index(values: Sequence[Sequence[str]], at: Ids) -> dict[str, Ids]:
    """For each word the numbers of the rows whose value has it, ascending."""
    order = np.argsort(at, kind="stable")
    ends = np.searchsorted(at[order], np.arange(len(values) + 1))
    found: dict[str, list[Ids]] = {}
    for number, words in enumerate(values):
        rows = order[ends[number] : ends[number + 1]]
        for word in set(words) if len(rows) else ():
            found.setdefault(word, []).append(rows)
    return {word: np.sort(np.concatenate(found[word])) for word in sorted(found)}
