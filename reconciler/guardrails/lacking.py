"""`require` in a plan: which rules lack what they must carry, and what is held back for it."""

from __future__ import annotations

import datetime as dt
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.desired.patterns import fits
from reconciler.desired.values import RuleKind, Standing
from reconciler.errors import Message
from reconciler.grid import Access, Change
from reconciler.guardrails.case import Fate, Hold, Kind, Violation
from reconciler.guardrails.requirements import unfounded
from reconciler.guardrails.waivers import Waived
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.desired import Desired, Rule
    from reconciler.desired.guardrails import Requirement
    from reconciler.desired.values import Sources
    from reconciler.grid.arrays import Flags
    from reconciler.guardrails.case import Case


class Lacking(NamedTuple):
    """The rules that lack something.

    Attributes:
        requirement: that asks for it.
        rules: for each rule whether it lacks something; only rules that give, now or later.
    """

    requirement: Requirement
    rules: Flags


def requirements(case: Case) -> Iterator[Hold]:
    """Every grant that no rule gives which carries what it must, where no waiver accepts that."""
    desired = case.desired
    if not desired.guardrails.require or not len(case.grants):
        return
    wanting = {
        one.requirement.name: (one.requirement.programs, one.rules) for one in lacking(desired, case.date)
    }
    waived = Waived(desired.guardrails.waivers, case.register.shape)
    found = unfounded(
        case.grants, desired.sources, _giving(desired.rules, Standing.IN_FORCE), wanting, waived
    )
    for name, rows in found.items():
        for change, of in ((Change.GIVE_ACCESS, case.give), (Change.ADD_PROGRAMS, case.add)):
            yield Hold(change, Reason.REQUIREMENT, name, rows.inside(of))


def accepted_lacks(case: Case) -> Iterator[Violation]:
    """What rules give that lack something, where a waiver accepts it."""
    desired = case.desired
    waivers = desired.guardrails.waivers
    for requirement, rules in lacking(desired, case.date) if waivers else ():
        if all(waiver.guardrail != requirement.name for waiver in waivers):
            continue
        rows = given_by(
            desired, requirement, rules & _giving(desired.rules, Standing.IN_FORCE), desired.sources
        )
        rows = Access(rows.shape, rows.keys, rows.masks & desired.access.masks_at(rows.keys)[0])
        rows = rows.inside(desired.access).restrict(*desired.focus)
        for accepted, part in Waived(waivers, case.register.shape).parts(requirement.name, rows):
            if accepted is not None:
                message = Message("“{name}”: the rule lacks what it must carry", name=requirement.name)
                kind, name = Kind.REQUIREMENT, requirement.name
                yield Violation.of(kind, name, Fate.WAIVED, message, part, waiver=accepted)


def lacking(desired: Desired, date: dt.date) -> list[Lacking]:
    """For each requirement the rules that lack what it asks for, also those that have not started yet."""
    rules = desired.rules
    gives = _giving(rules, Standing.IN_FORCE, Standing.AHEAD)
    reasons = np.array([bool(rule.reason.strip()) for rule in rules], dtype=np.bool_)
    left = _days_left(rules, date)
    found = []
    for one in desired.guardrails.require:
        lacks = np.zeros(len(rules), dtype=np.bool_)
        if one.reason:
            lacks |= ~reasons
        if one.ticket:
            fit = {ticket: fits(one.ticket, ticket) for ticket in {rule.ticket for rule in rules}}
            lacks |= np.array([not fit[rule.ticket] or not rule.ticket for rule in rules], dtype=np.bool_)
        if one.until_within is not None:
            lacks |= left > one.until_within
        if one.above is not None:
            lacks &= _reach(desired) > one.above
        found.append(Lacking(one, lacks & gives))
    return found


def missing(requirement: Requirement, rule: Rule, date: dt.date) -> Message | None:
    """What a rule lacks of what a requirement asks for, in words; None where it lacks nothing."""
    parts: list[Message] = []
    if requirement.reason and not rule.reason.strip():
        parts.append(Message("a reason"))
    if requirement.ticket and not rule.ticket:
        parts.append(Message("a ticket"))
    elif requirement.ticket and not fits(requirement.ticket, rule.ticket):
        parts.append(Message("a ticket that fits {pattern}", pattern=requirement.ticket))
    within = requirement.until_within
    if within is not None:
        first = max(date, rule.start or date)
        last = dt.date.fromordinal(min(first.toordinal() + within, dt.date.max.toordinal()))
        if rule.until is None or rule.until > last:
            parts.append(Message("an end, by {date} at the latest", date=last))
    return reduce(_and, parts) if parts else None


def _and(one: Message, other: Message) -> Message:
    return Message("{one}; {other}", one=one, other=other)


def given_by(desired: Desired, requirement: Requirement, rules: Flags, sources: Sources) -> Access:
    """The pairs at which any of these rules gives a program that a requirement is about, with those programs."""
    at = rules[sources.rules]
    masks = sources.masks[at] & np.uint64(requirement.programs)
    rows = (masks != 0) | (sources.masks[at] == 0) & np.bool_(requirement.about_access)
    return Access.from_rows(desired.access.shape, sources.keys[at][rows], masks[rows])


def _giving(rules: Sequence[Rule], *standings: Standing) -> Flags:
    return np.array(
        [rule.kind is RuleKind.ASSIGNMENT and rule.standing in standings for rule in rules], dtype=np.bool_
    )


_FOREVER = np.iinfo(np.int64).max


def _days_left(rules: Sequence[Rule], date: dt.date) -> np.ndarray:
    """For each rule how many days it lasts from now, or from its first day; more than any number without an end."""
    return np.array(
        [
            _FOREVER if rule.until is None else (rule.until - max(date, rule.start or date)).days
            for rule in rules
        ],
        dtype=np.int64,
    )


def _reach(desired: Desired) -> np.ndarray:
    """For each rule how many pairs it gives."""
    if desired.reach is not None:
        return desired.reach
    count = len(desired.rules)
    return np.bincount(desired.sources.rules, minlength=count) + np.bincount(
        desired.ahead.rules, minlength=count
    )
