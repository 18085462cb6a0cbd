"""Warnings about the YAML that guardrails have: rules that lack what they must carry, and rules that contradict a set.

They hold whatever the bureau has now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.values import RuleKind, Standing
from reconciler.errors import Finding, Message, Severity
from reconciler.guardrails.lacking import lacking, missing
from reconciler.guardrails.waivers import Waived

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reconciler.desired import Desired, Rule
    from reconciler.desired.guardrails import Requirement, Together
    from reconciler.errors import Position
    from reconciler.grid import Access
    from reconciler.grid.arrays import Ids, Masks
    from reconciler.guardrails.lacking import Lacking

TOLD = 20
"""Warnings that one guardrail has at most; nobody reads more."""


def review(desired: Desired, date: dt.date) -> Iterator[Finding]:
    """What rules lack that they must carry, and which rules give together what nobody may hold together."""
    for one in lacking(desired, date):
        yield from _lacks(desired, one, date)
    for together in desired.guardrails.never_together:
        yield from _contradicted(desired, together)


def warning(code: str, message: Message, *places: Position, hint: Message | None = None) -> Finding:
    """A warning at the first of some places."""
    first, *others = places
    return Finding(code, message, first, hint, severity=Severity.WARNING, also=tuple(others))


def lacks(rule: Rule, requirement: Requirement, parts: Message) -> Finding:
    """A warning of what a rule lacks."""
    message = Message(
        "“{name}” lacks what “{guardrail}” asks for: {missing}",
        name=rule.name,
        guardrail=requirement.name,
        missing=parts,
    )
    hint = Message("what it gives anew is held back; what is there already stays")
    return warning("requirement", message, rule.position, requirement.position, hint=hint)


def _lacks(desired: Desired, found: Lacking, date: dt.date) -> Iterator[Finding]:
    requirement = found.requirement
    told = _not_waived(desired, found).tolist()
    for number in told[:TOLD]:
        rule = desired.rules[number]
        parts = missing(requirement, rule, date)
        assert parts is not None, "it is among those that lack something"
        yield lacks(rule, requirement, parts)
    if len(told) > TOLD:
        message = Message.count(
            "{n} more rule lacks what “{name}” asks for",
            "{n} more rules lack what “{name}” asks for",
            len(told) - TOLD,
            name=requirement.name,
        )
        yield warning("requirement", message, requirement.position)


def _not_waived(desired: Desired, found: Lacking) -> Ids:
    """The numbers of the rules that lack something and give what it is asked for somewhere without a waiver."""
    requirement, lacking_it = found
    waived, numbers = Waived(desired.guardrails.waivers, desired.access.shape), []
    for sources in (desired.sources, desired.ahead):
        at = np.flatnonzero(lacking_it[sources.rules])
        masks = sources.masks[at]
        about = (masks & np.uint64(requirement.programs) != 0) | np.bool_(requirement.about_access)
        at = at[about]
        numbers.append(sources.rules[at[~waived(requirement.name, sources.keys[at])]])
    return np.unique(np.concatenate(numbers))


def _contradicted(desired: Desired, together: Together) -> Iterator[Finding]:
    """The rules that give all of a set to somebody at one client, and no waiver accepts that."""
    mask = np.uint64(together.programs)
    rows = desired.access.where(desired.access.masks & mask == mask)
    waived = Waived(desired.guardrails.waivers, rows.shape)
    rows = rows.where(~waived(together.name, rows.keys))
    groups = _by_rules(desired, rows, mask)
    for numbers, pairs in groups[:TOLD]:
        rules = [desired.rules[number] for number in numbers]
        message = Message.count(
            "“{name}” says that nobody may hold this together, and the rules give it at {n} pair: {rules}",
            "“{name}” says that nobody may hold this together, and the rules give it at {n} pairs: {rules}",
            pairs,
            name=together.name,
            rules=", ".join(rule.name for rule in rules),
        )
        hint = Message("what would complete the set is held back, unless a waiver accepts it")
        places = [*(rule.position for rule in rules), together.position]
        yield warning("never-together", message, *places, hint=hint)


def _by_rules(desired: Desired, rows: Access, mask: Masks | np.uint64) -> list[tuple[list[int], int]]:
    """Which rules together give any of these programs, and at how many pairs; those at most pairs first."""
    sources = desired.sources
    asked, at = sources.rows_at(rows.keys)
    gives = np.array(
        [rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE for rule in desired.rules],
        dtype=np.bool_,
    )
    hit = gives[sources.rules[at]] & (sources.masks[at] & mask != 0)
    asked, rules = asked[hit], sources.rules[at][hit]
    if not len(asked):
        return []
    starts = np.flatnonzero(np.concatenate(([True], asked[1:] != asked[:-1])))
    ends = np.append(starts[1:], len(asked))
    # pairs with the same rules have the same sum of what stands for each rule
    marks = np.add.reduceat(_marks(rules), starts)
    _, first, counts = np.unique(marks, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    return [
        (rules[starts[i] : ends[i]].tolist(), int(n))
        for i, n in zip(first[order], counts[order], strict=True)
    ]


def _marks(rules: Ids) -> Masks:
    """A number for each rule, such that sums of different rules hardly ever are the same (splitmix64)."""
    mixed = (rules.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E37_79B9_7F4A_7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
    return mixed ^ (mixed >> np.uint64(31))
