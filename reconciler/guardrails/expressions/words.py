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
_NO_MATCH = re.compile(r"No matching overloads found : ([^(]*)\((.*)\)")
_NOTHING_READ = "<<nil>> parsetree"
_TOO_DEEP = ("recursion depth", "recursion limit")
_TYPES = {"google.protobuf.Timestamp": "day", "google.protobuf.Duration": "days", "int64": "int"}
_OPERATORS = {"@in": "in", "_[_]": "[…]", "_?_:_": "? :"}
_MOST = 200

_Told = tuple[tuple[re.Pattern[str], Message], ...]
"""What the engine says, and what that means; what it names goes by the same names into the sentence."""

_SYNTAX: _Told = (
    (
        re.compile(r"""token recognition error at: '["'].*"""),
        Message("the text that begins here has no end, or a “\\” in it stands for nothing"),
    ),
    (
        re.compile(r"token recognition error at: '= ?'"),
        Message("“=” compares nothing: write == for “is”, and != for “is not”"),
    ),
    (re.compile(r"missing '(?P<what>.*)' at '<EOF>'"), Message("“{what}” is missing at its end")),
    (
        re.compile(r"missing '(?P<what>.*)' at '(?P<before>.*)'"),
        Message("“{what}” is missing before “{before}”"),
    ),
    (re.compile(r"(mismatched|extraneous) input '<EOF>'"), Message("it ends too early")),
    (
        re.compile(
            r"(token recognition error at:|(mismatched|extraneous) input|no viable alternative at input) '(?P<what>.*?)\s*'$"
        ),
        Message("“{what}” cannot stand here"),
    ),
    (re.compile(r"reserved identifier: (?P<name>\w+)"), Message("“{name}” is no name that can be used here")),
    (re.compile(r"invalid (int|uint|double) literal"), Message("this number is too large")),
    (re.compile(r"has\(\) argument"), Message("has(…) takes a field of a rule, such as has(rule.ticket)")),
    (
        re.compile(r"(?P<name>\w+)\(\) variable name"),
        Message("“{name}” takes a name first, as in rules.{name}(rule, …)"),
    ),
)

_EVALUATION: _Told = (
    (
        re.compile(r"Key not found in map : \"(?P<name>.*)\""),
        Message("no “{name}” is given here; ask with has(…) first"),
    ),
    (re.compile(r"(divide|modulus) by zero"), Message("it divides by zero")),
    (
        re.compile(r"Index error: index=(?P<index>-?\d+) size=(?P<size>\d+)"),
        Message("it asks for [{index}] of a list of {size}; the first is [0]"),
    ),
    (re.compile(r"there is no day “(?P<day>.*)”"), Message("there is no day {day}")),
    (
        re.compile(r".*(overflow|too large|above maximum|out of u?int64 range)"),
        Message("a number or a time in it becomes too large or too small"),
    ),
    (
        re.compile(r"cannot convert|Type conversion error|.* conversion failed|malformed UTF-8"),
        Message("a value in it cannot be turned into one of another kind"),
    ),
    (
        re.compile(r"No matching overloads found : _?(?P<operator>[^_(]+)_$"),
        Message("“{operator}” does not go with what stands beside it"),
    ),
    (re.compile(r"Invalid timezone"), Message("there is no such time zone")),
)

_PATTERN: _Told = (
    (re.compile(r"missing (?P<what>[\])]):"), Message("“{what}” is missing")),
    (re.compile(r"unexpected (?P<what>\)):"), Message("“{what}” closes nothing")),
    (
        re.compile(r"no argument for repetition operator: (?P<what>.*)"),
        Message("nothing stands before “{what}” that it could repeat"),
    ),
    (
        re.compile(r"bad repetition operator: (?P<what>.*)"),
        Message("“{what}” repeats what is repeated already"),
    ),
    (
        re.compile(r"invalid repetition size: (?P<what>.*)"),
        Message("“{what}” repeats too often: 1000 times at most"),
    ),
    (
        re.compile(r"invalid character class range: (?P<what>.*)"),
        Message("“{what}” is no range of characters"),
    ),
    (
        re.compile(r"(trailing |invalid escape sequence: )(?P<what>\\.*)"),
        Message("“{what}” stands for nothing in a pattern"),
    ),
    (
        re.compile(r"invalid (perl operator|named capture group): (?P<what>.*)"),
        Message("“{what}” is not known in patterns"),
    ),
)


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
        if said.startswith(_NOTHING_READ):
            continue  # what is missing is told beside it
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
    return Message("this cannot be read as an expression: {why}", why=_told(said, _SYNTAX) or said)


def unanswered(raw: str) -> Message:
    """Why an expression says neither true nor false, from what the evaluation says."""
    said = _plain(raw)
    if "Iteration budget exceeded" in said:
        return Message("its loops go round more than {most} times", most=MOST_LOOPS)
    applied = _NO_MATCH.match(said)
    if applied is not None:
        return _misapplied(applied[1], applied[2], 0).message
    return _told(said, _EVALUATION) or Message("it cannot be evaluated: {why}", why=said)


def unmatchable(raw: str) -> Message | str:
    """What is wrong with a regular expression, from what the engine says of it."""
    said = _plain(raw).removeprefix("invalid regular expression: ")
    return _told(said, _PATTERN) or said


def _told(said: str, table: _Told) -> Message | None:
    """What the engine says as one of our sentences, if there is one for it."""
    for pattern, message in table:
        match = pattern.match(said)
        if match:
            return Message(message.text, **match.groupdict())
    return None


def _plain(raw: str) -> str:
    """The first line of what the engine says, without its codes."""
    line = raw.strip().split("\n", 1)[0]
    return _STATUS.sub("", _STATUS.sub("", line))[:_MOST]
