"""The pairs of a choice, and which rules give what there on which days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired import Standing
from reconciler.grid import Access
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from reconciler.amend.asked import Asked
    from reconciler.desired import Desired, Rule
    from reconciler.grid.arrays import Flags, Ids, Keys, Masks

_FEW = 200_000
"""Pairs that are looked up one by one; of more, all rows are gone through."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What rules give at the pairs of a choice.

    Attributes:
        block: the pairs with the programs that were chosen; with none where access is removed.
        rules: all there are.
        keys: of rows: the pair.
        masks: beside them, the programs that the rule gives there.
        numbers: beside them, which rule.
    """

    block: Access
    rules: Sequence[Rule]
    keys: Keys
    masks: Masks
    numbers: Ids

    @classmethod
    def of(cls, asked: Asked, desired: Desired) -> Cells:
        """What the rules of a policy give, on whatever day."""
        block = block_of(asked)
        columns: list[tuple[Keys, Masks, Ids]] = []
        for sources in (desired.sources, desired.ahead):
            if len(block) <= _FEW:
                rows = sources.rows_at(block.keys)[1]
            else:
                rows = np.flatnonzero(inside(asked, sources.keys))
            rows = rows[sources.rules[rows] < desired.sources.denials]
            columns.append((sources.keys[rows], sources.masks[rows], sources.rules[rows]))
        keys, masks, numbers = (np.concatenate(column) for column in zip(*columns, strict=True))
        return cls(block, desired.rules, keys, masks, numbers)

    def at(self, day: date, standings: Iterable[Standing] = tuple(Standing)) -> Access:
        """What rules in force on a day give.

        Args:
            day: which.
            standings: those that they have on the day of the choice.
        """
        wanted = frozenset(standings)
        return self.given(self.flags(lambda rule: rule.standing in wanted and in_force(rule, day)))

    def flags(self, which: object) -> Flags:
        """For each rule whether something is so."""
        assert callable(which)
        return np.array([bool(which(rule)) for rule in self.rules], dtype=np.bool_)

    def given(self, rules: Flags) -> Access:
        """What some of the rules give together."""
        rows = rules[self.numbers] if len(self.numbers) else np.zeros(0, dtype=np.bool_)
        return Access.from_rows(self.block.shape, self.keys[rows], self.masks[rows])

    def days(self, on: date) -> list[date]:
        """A day, and all later ones on which a rule begins that gives any of it, or has ended the day before."""
        days = {on}
        for number in np.unique(self.numbers).tolist():
            rule = self.rules[number]
            days |= {rule.start} if rule.start is not None else set()
            days |= {rule.until + timedelta(days=1)} if rule.until is not None else set()
        return sorted(day for day in days if day >= on)


def in_force(rule: Rule, day: date) -> bool:
    """Whether a rule covers anything on a day."""
    return (rule.start is None or rule.start <= day) and (rule.until is None or day <= rule.until)


def block_of(asked: Asked) -> Access:
    """The chosen pairs with the chosen programs."""
    shape = asked.register.shape
    keys = shape.keys(asked.consultants[None, :], asked.clients[:, None]).ravel()
    mask = 0 if asked.whole else asked.mask
    return Access(shape, keys, np.full(len(keys), mask, dtype=np.uint64))


def inside(asked: Asked, keys: Keys) -> Flags:
    """For each pair whether it was chosen."""
    people, companies = asked.flags()
    stride = max(asked.register.shape.consultants, 1)
    flags: Flags = people[keys % stride] & companies[keys // stride]
    return flags


def lacking(block: Access, given: Access) -> Access:
    """The pairs of a block that lack access or a program, with the programs that they lack."""
    at, there = find(given.keys, block.keys)
    held = np.where(there, given.masks[at], np.uint64(0)) if len(given) else np.zeros_like(block.masks)
    rest = Access(block.shape, block.keys, block.masks & ~held)
    return rest.where(~there | (rest.masks != 0))


def merged(parts: Sequence[Access]) -> Access:
    """All of several."""
    return parts[0].union(*parts[1:])
