"""The promise of an edit, kept by looking: the whole policy, resolved, gives what it should, then and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.amend.cells import Cells, inside
from reconciler.desired import Standing
from reconciler.grid import Access
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from datetime import date

    from reconciler.amend.asked import Asked
    from reconciler.desired import Desired, Policy
    from reconciler.grid.arrays import Flags, Ids, Keys, Masks

_EDITED = ("who", "clients", "programs", "except")


def check(asked: Asked, policies: tuple[Policy, Policy], before: Desired, after: Desired) -> None:
    """Make sure that exactly what was chosen is given or taken, on the day and on every later one.

    Args:
        asked: what was chosen.
        policies: as it was, and as it is to be.
        before: the first, resolved.
        after: the second, resolved.

    Raises:
        AssertionError: where it is not so: a bug.
    """
    _same_but_rules(*policies)
    for first, second in zip(
        _elsewhere(asked, before, before), _elsewhere(asked, after, before), strict=True
    ):
        if not np.array_equal(first, second):
            raise AssertionError("somebody else would be given something, or no longer be given it")
    was, now = Cells.of(asked, before), Cells.of(asked, after)
    for day in sorted({*was.days(asked.on), *now.days(asked.on), *_ends(asked)}):
        if now.at(day) != expected(asked, was, day):
            raise AssertionError(f"on {day} the policy would not give what was chosen")


def expected(asked: Asked, was: Cells, day: date) -> Access:
    """What rules are to give on a day at the chosen pairs, denials not counted."""
    if asked.gives:
        until = asked.choice.until
        given = was.at(day)
        return given.union(was.block) if until is None or day <= until else given
    left = was.at(day, (Standing.IN_FORCE,))
    ahead = was.at(day, (Standing.AHEAD,))
    if asked.whole:
        return ahead
    return Access(left.shape, left.keys, left.masks & ~np.uint64(asked.mask)).union(ahead)


def _ends(asked: Asked) -> list[date]:
    """The first day after what is given has ended."""
    from datetime import timedelta

    return [] if asked.choice.until is None else [asked.choice.until + timedelta(days=1)]


def _elsewhere(asked: Asked, desired: Desired, like: Desired) -> tuple[Keys, Masks, Ids]:
    """What each rule covers outside of the chosen block, rules numbered as in another policy."""
    numbers = np.arange(len(like.rules), dtype=np.int64)
    if desired is not like:
        names = {(rule.kind, rule.name): number for number, rule in enumerate(like.rules)}
        new = len(names)
        numbers = np.array([names.get((rule.kind, rule.name), new) for rule in desired.rules], dtype=np.int64)
    columns = []
    for sources in (desired.sources, desired.ahead):
        denials: Flags = sources.rules >= desired.sources.denials
        rows = denials | ~inside(asked, sources.keys)
        rules = numbers[sources.rules[rows]] if len(numbers) else sources.rules[rows]
        columns.append((sources.keys[rows], sources.masks[rows], rules))
    keys, masks, rules = (np.concatenate(column) for column in zip(*columns, strict=True))
    return keys, masks, rules


def _same_but_rules(was: Policy, now: Policy) -> None:
    """Make sure that only whom and what assignments cover is edited.

    Raises:
        AssertionError: where something else is.
    """
    for section, entries in was.sections.items():
        if section != "access" and {name: entry.value for name, entry in entries.items()} != {
            name: entry.value for name, entry in now.sections[section].items()
        }:
            raise AssertionError(f"{section} would say something else")
    for name, entry in was.assignments.items():
        other = now.assignments.get(name)
        if other is not None and _rest(entry.value) != _rest(other.value):
            raise AssertionError(f"{name} would say something else")


def _rest(value: dict[str, object]) -> dict[str, object]:
    return {key: said for key, said in value.items() if key not in _EDITED}


def covers(given: Access, wanted: Access) -> bool:
    """Whether all of one is in another."""
    at, there = find(given.keys, wanted.keys)
    if not len(wanted):
        return True
    return bool(there.all()) and not bool((wanted.masks & ~given.masks[at]).any())
