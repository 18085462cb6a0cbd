"""From what the bureau has to the lists that are reviewed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.arrays import bits
from reconciler.plan.focus import Focus
from reconciler.plan.grounds import Ground, lasting
from reconciler.plan.holders import holders
from reconciler.review.values import Item, Review

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.desired import Desired
    from reconciler.grid.arrays import Flags
    from reconciler.plan import Current
    from reconciler.plan.holders import Held, Holders
    from reconciler.review.since import Since
    from reconciler.review.units import Unit

_FIRST = {Ground.RULE: 1, Ground.UNMANAGED: 2}
"""Which grounds come after those that no rule stands behind."""


def flags_of(units: Sequence[Unit], clients: int) -> Flags:
    """The clients of some units, a flag per id."""
    flags = np.zeros(clients, dtype=np.bool_)
    for unit in units:
        flags[unit.clients] = True
    return flags


def reviews(
    desired: Desired, current: Current, date: dt.date, units: Sequence[Unit], since: Since
) -> list[Review]:
    """A list for each unit in which somebody has something.

    Args:
        desired: what the YAML says on the date; its rows at the clients of the units are enough.
        current: what the backend says.
        date: the day.
        units: what is reviewed each by itself.
        since: since when what is there has been there.
    """
    register = current.register
    flags = flags_of(units, len(register.clients.names))
    found = holders(desired, current, date, Focus(None, flags))
    at: dict[int, list[Item]] = {}
    for consultant, client, mask, group in found.entries():
        at.setdefault(client, []).extend(_items(found, (consultant, client), mask, group, since))
    made = []
    for unit in units:
        items = [item for client in unit.clients.tolist() for item in at.get(client, ())]
        if items:
            made.append(Review(register.bureau, unit.scope, date, tuple(sorted(items, key=_order))))
    return made


def _items(found: Holders, pair: tuple[int, int], mask: int, group: Held, since: Since) -> Iterator[Item]:
    """One for each day since when some of it has been held."""
    register = found.register
    who, where = register.consultants.names[pair[0]], register.clients.names[pair[1]]
    days: dict[dt.date | None, list[str]] = {}
    for program in bits(mask):
        name = register.programs.names[program]
        days.setdefault(since.day(who, where, name), []).append(name)
    rules = [found.rules[number] for number in group.rules]
    for day, programs in days.items() if mask else ((since.day(who, where, ""), ()),):
        yield Item(
            consultant=who,
            client=where,
            programs=tuple(programs),
            ground=group.ground,
            rules=tuple(dict.fromkeys(rule.name for rule in rules)),
            since=day,
            until=lasting(rules)[1],
        )


def _order(item: Item) -> tuple[object, ...]:
    """What no rule gives first, then what ends first."""
    return (
        _FIRST.get(item.ground, 0),
        item.until or dt.date.max,
        item.client,
        item.consultant,
        item.programs,
        item.rules,
    )
