"""The examples that stand beside an expression: what it must allow and what it must deny.

An example says only what matters to it. The rest is neutral: a grant of no programs to an active consultant
without key, tags or teams, at such a client, by no rule, on 2000-01-01; `result` is what `held` and
`programs` come to.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message
from reconciler.guardrails.expressions.vocabulary import NEUTRAL, VARIABLES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.errors import Position
    from reconciler.guardrails.expressions.engine import Compiled, Verdict
    from reconciler.guardrails.expressions.vocabulary import Value

_KEPT: Mapping[str, Value] = {"action": "grant", "consultant.active": True}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one example.

    Attributes:
        number: of the example, from 1.
        allows: whether the expression must be true; else it must not be.
        position: where the example stands.
        passed: whether it is as it must be.
        said: what the expression says.
    """

    number: int
    allows: bool
    position: Position
    passed: bool
    said: Verdict

    @property
    def message(self) -> Message:
        """What the expression says, in words."""
        if self.said.why is not None:
            return self.said.why
        return Message("it is true") if self.said.true else Message("it is false")


@dataclass(frozen=True, slots=True)
class Tried:
    """An expression with its examples.

    Attributes:
        name: in the YAML.
        position: where its name stands.
        outcomes: one for each example, in their order.
    """

    name: str
    position: Position
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        """Whether every example is as it must be."""
        return all(outcome.passed for outcome in self.outcomes)


def try_out(compiled: Compiled, examples: Sequence[tuple[Mapping[str, Any], Position]]) -> Iterator[Outcome]:
    """Evaluate an expression for each of its examples.

    Args:
        compiled: the expression.
        examples: as the schema has accepted them, each with its place.
    """
    for number, (example, position) in enumerate(examples, start=1):
        allows = "allows" in example
        said = compiled.judge(inputs(example["allows" if allows else "denies"] or {}))
        yield Outcome(number, allows, position, said.true is allows, said)


def inputs(example: Mapping[str, Any]) -> dict[str, Value]:
    """Every variable, from what an example says of them."""
    given = {
        name: _value(kind, written)
        for name, kind in VARIABLES.items()
        if (written := _at(example, name)) is not None
    }
    neutral = {name: NEUTRAL[kind] for name, kind in VARIABLES.items()}
    found: dict[str, Value] = {**neutral, **_KEPT, **given}
    if "result" not in given:
        held, programs = _texts(found["held"]), _texts(found["programs"])
        after = {*held, *programs} if found["action"] == "grant" else {*held} - {*programs}
        found["result"] = sorted(after)
    return found


def _at(example: Mapping[str, Any], name: str) -> Any:
    """What an example says of a variable; None where it says nothing."""
    group, _, what = name.partition(".")
    said = example.get(group)
    return said if not what or said is None else said.get(what)


def _value(kind: Kind, written: Any) -> Value:
    match kind:
        case Kind.TRUTH:
            return written in {True, "true"}
        case Kind.DAY:
            return dt.date.fromisoformat(written)
        case Kind.RULES:
            return [dict(rule) for rule in written]
        case Kind.TEXTS:
            return [written] if isinstance(written, str) else list(written)
        case Kind.TEXT:
            return str(written)


def _texts(value: Value) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
