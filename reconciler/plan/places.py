"""Where in the YAML the guardrails stand that a plan mentions, so that a reader can be led there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.values import RuleKind, Standing
from reconciler.guardrails import Kind
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.desired import Desired
    from reconciler.errors import Position
    from reconciler.guardrails import Refusal, Violation
    from reconciler.plan.values import Blocked, Plan

_SECTIONS: Mapping[Kind, str] = {
    Kind.DENIAL: "never",
    Kind.NEVER_TOGETHER: "never-together",
    Kind.REQUIREMENT: "require",
    Kind.EXPRESSION: "expressions",
}
"""Where guardrails of a kind stand."""

_KINDS: Mapping[Reason, Kind] = {
    Reason.NEVER_TOGETHER: Kind.NEVER_TOGETHER,
    Reason.REQUIREMENT: Kind.REQUIREMENT,
    Reason.EXPRESSION: Kind.EXPRESSION,
}
"""Of which kind a guardrail with a name is that holds something back."""

_KEYS: Mapping[Reason, str] = {
    Reason.PROTECTED: "guardrails/protected",
    Reason.NOT_TAKEN_OVER: "manage/unlisted",
}
"""Where it stands why something is held back for a reason without a name."""


def place_of_refusal(plan: Plan, one: Refusal) -> Position | None:
    """Where the limit stands; None where it is not known."""
    return plan.places.get(f"limits/{one.guardrail}")


def place_of_violation(plan: Plan, one: Violation) -> Position | None:
    """Where the guardrail stands; None where it is not known."""
    return plan.places.get(_key_of(one))


def place_of_blocked(plan: Plan, one: Blocked) -> Position | None:
    """Where the guardrail stands that forbids it; else the first rule that says so; None where there is neither."""
    key = _key_of_reason(one.reason, one.guardrail)
    if key in plan.places:
        return plan.places[key]
    # those of before a change of the YAML stand in no file of now
    rules = (plan.rules[rule] for rule in one.rules)
    return next((rule.position for rule in rules if rule.standing is not Standing.FORMER), None)


def mentioned_places(plan: Plan, desired: Desired) -> dict[str, Position]:
    """The places of those guardrails that a plan mentions, in the order of their keys."""
    keys = set(_mentioned(plan))
    known = {key: place for key in keys if (place := desired.guardrails.places.get(key))}
    denials = {
        key: rule.position
        for rule in desired.rules
        if rule.kind is RuleKind.DENIAL and (key := f"{_SECTIONS[Kind.DENIAL]}/{rule.name}") in keys
    }
    return dict(sorted((known | denials).items()))


def _mentioned(plan: Plan) -> Iterator[str]:
    yield from (f"limits/{one.guardrail}" for one in plan.refusals)
    yield from map(_key_of, plan.violations)
    yield from (_key_of_reason(one.reason, one.guardrail) for one in plan.blocked)


def _key_of(violation: Violation) -> str:
    return f"{_SECTIONS[violation.kind]}/{violation.guardrail}"


def _key_of_reason(reason: Reason, guardrail: str) -> str:
    kind = _KINDS.get(reason)
    return _KEYS.get(reason, "") if kind is None else f"{_SECTIONS[kind]}/{guardrail}"
