"""What ends soon, and what that means: by day, the rules that end, and who loses what where because of them.

Whoever loses something on a day is found by reading the YAML for that day and for the next one: what another rule
gives all the same is not lost. Only those at whom a rule that ends looks are looked at.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired import resolve
from reconciler.desired.values import RuleKind, Standing
from reconciler.grid import Access, cover, diff, only

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.desired import Desired, Policy, Rule
    from reconciler.desired.expand import Part
    from reconciler.desired.guardrails import Waiver
    from reconciler.grid import Block, Register

MOST_DAYS = 100
"""Days of which it is told who loses what; of later ones only which rules end."""


@dataclass(frozen=True, slots=True)
class Ends:
    """A rule that ends.

    Attributes:
        rule: which; its last day is the day that it stands under.
        accesses: of whom access itself changes with it, and the programs that go along; lost, or where a denial ends,
            given again.
        programs: likewise, of whom programs alone do.
        told: whether that was looked at.
    """

    rule: Rule
    accesses: tuple[Block, ...] = ()
    programs: tuple[Block, ...] = ()
    told: bool = True

    @property
    def gives(self) -> bool:
        """Whether something is given by it, as a denial ends."""
        return self.rule.kind is RuleKind.DENIAL


@dataclass(frozen=True, slots=True)
class EndingDay:
    """All that has the same last day.

    Attributes:
        day: the last one.
        rules: assignments and denials, in the order of the YAML.
        waivers: of guardrails.
    """

    day: dt.date
    rules: tuple[Ends, ...] = ()
    waivers: tuple[Waiver, ...] = ()


def ends(policy: Policy, register: Register, today: dt.date, days: int) -> tuple[EndingDay, ...]:
    """What ends within so many days, the first first.

    Args:
        policy: what the YAML says.
        register: who and what there is.
        today: the first day that counts.
        days: how many days after it count too.
    """
    last = today + dt.timedelta(days=days)
    now = resolve(policy, register, today)
    ending = [
        (number, rule.until)
        for number, rule in enumerate(now.rules)
        if rule.until is not None and today <= rule.until <= last
    ]
    waivers = [one for one in now.guardrails.waivers if today <= one.until <= last]
    dates = sorted({*(until for _, until in ending), *(one.until for one in waivers)})
    part = _part(register, now, [number for number, _ in ending])
    found = []
    for place, date in enumerate(dates):
        numbers = [number for number, until in ending if until == date]
        told = _told(policy, register, date, numbers, part) if place < MOST_DAYS else _untold(now, numbers)
        found.append(EndingDay(date, tuple(told), tuple(one for one in waivers if one.until == date)))
    return tuple(found)


def _untold(now: Desired, numbers: Sequence[int]) -> Iterable[Ends]:
    return (Ends(now.rules[number], told=False) for number in numbers)


def _part(register: Register, now: Desired, rules: Sequence[int]) -> Part:
    """At whom and where the rules look."""
    consultants = np.zeros(register.shape.consultants, dtype=np.bool_)
    clients = np.zeros(register.shape.clients, dtype=np.bool_)
    stride = max(register.shape.consultants, 1)
    for sources in (now.sources, now.ahead):
        keys = sources.keys[np.isin(sources.rules, rules)]
        consultants[keys % stride] = True
        clients[keys // stride] = True
    return consultants, clients


def _told(
    policy: Policy, register: Register, date: dt.date, numbers: Sequence[int], part: Part
) -> Iterable[Ends]:
    """Who loses what where when a day is over, by rule."""
    if not numbers:
        return
    before, after = (resolve(policy, register, day, part) for day in (date, date + dt.timedelta(days=1)))
    moved = diff(before.access, after.access)
    for number in numbers:
        rule = before.rules[number]
        if rule.standing is Standing.ENDED:  # only where the days of a rule contradict each other
            yield Ends(rule)
            continue
        denial = rule.kind is RuleKind.DENIAL
        accesses, programs = (moved.give, moved.add) if denial else (moved.take, moved.remove)
        of = before.sources.rules == number
        covered = Access.from_rows(register.shape, before.sources.keys[of], before.sources.masks[of])
        whole, some = (_of_rule(rows, covered, denial=denial) for rows in (accesses, programs))
        some = some.where(some.masks != 0)
        yield Ends(rule, cover(whole, only(whole)), cover(some, only(some)))


def _of_rule(rows: Access, covered: Access, *, denial: bool) -> Access:
    """What of some rows a rule is about: the programs that it names; all of a pair where a denial is of the pair itself."""
    inside = rows.inside(covered)
    named = covered.masks_at(inside.keys)[0]
    if denial:
        named = np.where(named == 0, ~np.uint64(0), named)
    return Access(inside.shape, inside.keys, inside.masks & named)
