"""What the engine says, as our sentences: CEL implementations speak of overloads and undeclared references."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Message
from reconciler.guardrails.expressions.engine import Fault
from reconciler.guardrails.expressions.look import MOST_LOOPS
from reconciler.guardrails.expressions.vocabulary import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERROR = re.compile(r"^(?:[A-Z_]+: )?ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_STATUS = re.compile(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$")
_NO_KEY = re.compile(r"Key not found in map : \"(.*)\"")
_TOO_DEEP = ("recursion depth", "recursion limit")
_TYPES = {"google.protobuf.Timestamp": "day", "google.protobuf.Duration": "days"}
_OPERATORS = {"@in": "in", "_[_]": "[…]", "_?_:_": "? :"}
_MOST = 200


def faults(raw: str, text: str) -> list[Fault]:
    """What is wrong with an expression, from what the compiler says.

    Args:
        raw: its words; each error begins with its line and column.
        text: the expression.
    """
    found = {fault.at: fault for fault in reversed(list(_faults(raw, text)))}
    return [found[at] for at in sorted(found)] or [Fault(_unreadable(raw))]


def _faults(raw: str, text: str) -> Iterator[Fault]:
    for line, column, said in _ERROR.findall(raw):
        at = _index(text, int(line), int(column))
        if (unknown := _UNKNOWN.match(said)) is not None:
            yield _unknown(unknown[1], at, text)
        elif (applied := _NO_OVERLOAD.match(said)) is not None:
            yield _misapplied(applied[1], applied[2], at)
        else:
            yield Fault(_unreadable(said), at)


def _index(text: str, line: int, column: int) -> int:
    """The character that a line and a column mean; the engine ends lines at line feeds only."""
    lines = text.split("\n")
    if not 1 <= line <= len(lines):
        return 0  # what is about the whole is said of line 4,294,967,295
    return max(0, min(sum(map(len, lines[: line - 1])) + line - 1 + column - 1, len(text)))


def _unknown(name: str, at: int, text: str) -> Fault:
    """A name that there is not; of `a.b` the place is that of the dot, of `f(…)` that of the parenthesis."""
    mark = text[at : at + 1]
    last = name.rsplit(".", 1)[-1]
    if mark == ".":
        at = max(text.find(last, at), at)
    elif mark == "(":
        at = max(text.rfind(last, 0, at), 0)
        return Fault(Message("there is no function “{name}”", name=last), at)
    group = [known for known in VARIABLES if known.startswith(f"{name}.")]
    if group:
        hint = Message("say what of it: {keys}", keys=", ".join(group))
        return Fault(Message("“{name}” alone says nothing", name=name), at, hint)
    hint = did_you_mean(name, list(VARIABLES)) or Message("known are: {keys}", keys=", ".join(VARIABLES))
    return Fault(Message("“{name}” is not known here", name=name), at, hint)


def _misapplied(function: str, types: str, at: int) -> Fault:
    for name, ours in _TYPES.items():
        types = types.replace(name, ours)
    operator = _OPERATORS.get(function, function.replace("_", "") if function[:1] in "_!-" else function)
    message = Message("“{operator}” does not go with {types}", operator=operator, types=types)
    days = {"day", "string"} <= set(types.split(", "))
    return Fault(message, at, Message('write a day as day("2027-03-31")') if days else None)


def _unreadable(said: str) -> Message:
    if any(words in said for words in _TOO_DEEP):
        return Message("this is nested too deeply, or too long a chain; write it as several expressions")
    said = _plain(said).split(" expecting ")[0].removeprefix("Syntax error: ")
    return Message("this cannot be read as an expression: {why}", why=said)


def unanswered(raw: str) -> Message:
    """Why an expression says neither true nor false, from what the evaluation says."""
    said = _plain(raw)
    key = _NO_KEY.search(said)
    if key is not None:
        return Message("no “{name}” is given here; ask with has(…) first", name=key[1])
    if said == "divide by zero":
        return Message("it divides by zero")
    if "Iteration budget exceeded" in said:
        return Message("its loops go round more than {most} times", most=MOST_LOOPS)
    return Message("it cannot be evaluated: {why}", why=said)


def _plain(raw: str) -> str:
    """The first line of what the engine says, without its codes."""
    line = raw.strip().split("\n", 1)[0]
    return _STATUS.sub("", _STATUS.sub("", line))[:_MOST]
