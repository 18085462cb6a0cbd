"""What guardrails can say about the YAML before anybody has asked a register: for `validate --offline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.contradictions import contradictions, given, names_of
from reconciler.desired.guardrails import EVERY_PROGRAM
from reconciler.desired.read_duties import requirement_of
from reconciler.desired.resolve import rules_of
from reconciler.desired.values import RuleKind, Standing
from reconciler.guardrails.lacking import missing
from reconciler.guardrails.review import TOLD, lacks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reconciler.desired import Policy, Rule
    from reconciler.desired.policy import Entry
    from reconciler.errors import Finding


def review_offline(policy: Policy, date: dt.date) -> Iterator[Finding]:
    """Rules that surely contradict a set, and rules that surely lack something.

    Args:
        policy: from `load`.
        date: the day.
    """
    rules = [
        rule
        for rule in rules_of(policy, date)
        if rule.kind is RuleKind.ASSIGNMENT and rule.standing is not Standing.ENDED
    ]
    yield from contradictions(policy, [rule.name for rule in rules])
    for entry in policy.sections["guardrails.require"].values():
        yield from _of(policy, entry, rules, date)


def _of(policy: Policy, entry: Entry, rules: list[Rule], date: dt.date) -> Iterator[Finding]:
    requirement = requirement_of(entry, EVERY_PROGRAM)
    # how many pairs a rule gives is the register's to say
    if requirement.above is not None:
        return
    bundles = policy.sections["bundles"]
    about = names_of(entry.value["programs"], bundles) if "programs" in entry.value else None
    told = 0
    for rule in rules:
        gives = given(policy.assignments[rule.name].value, bundles)
        if about is None or gives & about or "all" in gives:
            parts = missing(requirement, rule, date)
            if parts is not None and told < TOLD:
                told += 1
                yield lacks(rule, requirement, parts)
