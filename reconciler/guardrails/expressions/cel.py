"""The engine: `cel-expr-python`, the CEL implementation in C++ that others are compared with. Imported where needed.

What it bounds by itself: an expression nests 32 deep at most, its loops go round 10,000 times at most, a regular
expression takes time in proportion to the text (RE2). What it does not bound: the length of an expression, and
how many evaluations there are (see `rows`).
"""

from __future__ import annotations

import datetime as dt
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel  # type: ignore[import-untyped]  # its stubs are not marked as such

from reconciler.errors import Message
from reconciler.guardrails.expressions.checks import day_of, has_of_what_is_there, slips
from reconciler.guardrails.expressions.engine import (
    FALSE,
    MOST_CHARACTERS,
    TRUE,
    Fault,
    Joint,
    Refused,
    Verdict,
)
from reconciler.guardrails.expressions.look import look_at, steps
from reconciler.guardrails.expressions.tree import read_tree, split
from reconciler.guardrails.expressions.vocabulary import VARIABLES, Kind
from reconciler.guardrails.expressions.words import faults, unanswered, unmatchable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.guardrails.expressions.engine import Compiled
    from reconciler.guardrails.expressions.vocabulary import Value

_TYPE = cel.Type
_KINDS: dict[Kind, Any] = {
    Kind.TEXT: _TYPE.STRING,
    Kind.TEXTS: _TYPE.List(_TYPE.STRING),
    Kind.TRUTH: _TYPE.BOOL,
    Kind.DAY: _TYPE.TIMESTAMP,
    Kind.RULES: _TYPE.List(_TYPE.Map(_TYPE.STRING, _TYPE.STRING)),
}
_JOINTS = {"_&&_": Joint.ALL, "_||_": Joint.ANY, "!_": Joint.NOT}


class Cel:
    """Compiles CEL expressions; see `engine.Engine`."""

    def compile(self, text: str) -> CelExpression | Refused:
        """An expression, or all that is wrong with its text."""
        if len(text) > MOST_CHARACTERS:
            message = Message(
                "the expression has {n} characters; at most {most} are read",
                n=len(text),
                most=MOST_CHARACTERS,
            )
            return Refused((Fault(message, hint=Message("write it as several expressions")),))
        environment = _environment()
        try:
            parsed = read_tree(environment.compile(text, disable_check=True).serialize())
            found = tuple(has_of_what_is_there(parsed, text))
            if found:
                return Refused(found)
            program = environment.compile(text)
        except (RuntimeError, TypeError) as error:  # its errors have no type of their own
            return Refused(tuple(faults(str(error), text)))
        kind = program.return_type().name()
        if kind not in {"BOOL", "DYN"}:
            message = Message("this says a value of type {kind}, and not true or false", kind=kind.lower())
            return Refused((Fault(message),))
        tree = read_tree(program.serialize())
        look = look_at(tree)
        found = tuple(slips(tree, text, look.mentions, _wrong_pattern))
        return Refused(found) if found else CelExpression(program)


class CelExpression:
    """A compiled expression; see `engine.Compiled`."""

    def __init__(self, program: Any) -> None:
        self._program = program
        self._tree = read_tree(program.serialize())
        self.look = look_at(self._tree)

    @cached_property
    def parts(self) -> tuple[Joint, tuple[Compiled, ...]] | None:
        """What it is made of by `&&`, `||` or `!`."""
        found = split(self._program.serialize())
        if found is None:
            return None
        operator, parts = found
        return _JOINTS[operator], tuple(CelExpression(_environment().deserialize(part)) for part in parts)

    def steps(self, lengths: Mapping[str, int]) -> int:
        """About how many steps it takes at most."""
        return steps(self._tree, lengths)

    def judge(self, inputs: Mapping[str, Value]) -> Verdict:
        """Evaluate it; never raises."""
        given = {**inputs, "date": _instant(inputs["date"])} if "date" in inputs else inputs
        try:
            value = self._program.eval(data=given)
            said = value.value()
        except (RuntimeError, TypeError, ValueError, OverflowError) as error:
            return Verdict(False, unanswered(str(error)))
        if said is True:
            return TRUE
        if said is False:
            return FALSE
        if value.type() == _TYPE.ERROR:
            return Verdict(False, unanswered(str(said)))
        return Verdict(False, Message("it says {value}, and not true or false", value=repr(said)[:100]))


def _instant(value: Value) -> dt.datetime:
    """A day as the engine takes it: the instant at which it begins, in UTC."""
    assert isinstance(value, dt.date)
    return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)


@cache
def _environment() -> Any:
    return cel.NewEnv(
        variables={name: _KINDS[kind] for name, kind in VARIABLES.items()},
        functions=[
            _function("day", _TYPE.STRING, _TYPE.TIMESTAMP, _day),
            _function("days", _TYPE.INT, _TYPE.DURATION, _days),
        ],
    )


def _function(name: str, takes: Any, gives: Any, implementation: Any) -> Any:
    overload = cel.Overload(f"{name}_of", return_type=gives, parameters=[takes], impl=implementation)
    return cel.FunctionDecl(name, [overload])


def _day(text: str) -> dt.datetime:
    """The function `day`: the day that a text names."""
    return dt.datetime.combine(day_of(text), dt.time(), dt.UTC)


def _days(number: int) -> dt.timedelta:
    """The function `days`: so many days."""
    return dt.timedelta(days=number)


def _wrong_pattern(pattern: str) -> Message | str:
    """What is wrong with a regular expression, by the one engine that will meet it; "" for nothing."""
    value = _matches().eval(data={"action": pattern})
    return unmatchable(str(value.value())) if value.type() == _TYPE.ERROR else ""


@cache
def _matches() -> Any:
    return _environment().compile("'' .matches(action)")
