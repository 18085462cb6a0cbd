"""What is wrong with an expression that the engine would accept: slips that would never be noticed.

A misspelt field that is asked for with has(), a text that can never occur, days compared as texts: each is
valid CEL, is silently never (or always) true, and so would open what it should guard.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from reconciler.desired.suggest import did_you_mean
from reconciler.errors import Message
from reconciler.guardrails.expressions.engine import Fault
from reconciler.guardrails.expressions.tree import Form, Node
from reconciler.guardrails.expressions.vocabulary import ACTIONS, RULE_FIELDS, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconciler.guardrails.expressions.engine import Mention

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_GROUPS = frozenset(name.split(".")[0] for name in VARIABLES if "." in name)
_IN_TEXT_ORDER = frozenset(
    f"{order}_string" for order in ("less", "less_equals", "greater", "greater_equals")
)


def day_of(text: str) -> dt.date:
    """The day that a text names.

    Raises:
        ValueError: where it names none.
    """
    if not _DAY.fullmatch(text):
        raise ValueError(f"there is no day “{text}”")
    return dt.date.fromisoformat(text)


def has_of_what_is_there(parsed: Node, text: str) -> Iterator[Fault]:
    """has() asked of a consultant or a client, who always has what is asked for.

    Args:
        parsed: the tree before its names were looked up; afterwards has() of a variable is no longer seen.
        text: the expression.
    """
    for node in parsed.walk():
        if node.form is Form.HAS and node.parts[0].form is Form.NAME and node.parts[0].word in _GROUPS:
            at = node.parts[0].at
            name = f"{node.parts[0].word}.{node.word}"
            message = Message(
                "has({name}) does not work: a {group} always has it", name=name, group=node.parts[0].word
            )
            hint = Message("has() is for what rules may leave out, such as has(r.until)")
            yield Fault(message, text.rfind("has", 0, at) if "has" in text[:at] else at, hint)


def slips(
    tree: Node, text: str, mentions: Iterable[Mention], is_pattern: Callable[[str], Message | str]
) -> Iterator[Fault]:
    """What is wrong with an expression that was compiled.

    Args:
        tree: the expression.
        text: as it is written.
        mentions: what it compares with which texts.
        is_pattern: what is wrong with a regular expression; "" where it can be used.
    """
    for node in tree.walk():
        if node.form in {Form.FIELD, Form.HAS} and _is_rule(node.parts[0]):
            yield from _field(node.word, text.find(node.word, node.parts[0].at))
        elif node.form is Form.CALL:
            yield from _call(node, is_pattern)
    for mention in mentions:
        if mention.variable == "action" and mention.text not in ACTIONS:
            message = Message(
                "“{value}” is not one of: {choices}", value=mention.text, choices=", ".join(ACTIONS)
            )
            yield Fault(message, mention.at, did_you_mean(mention.text, ACTIONS))


def _call(node: Node, is_pattern: Callable[[str], Message | str]) -> Iterator[Fault]:
    if not _IN_TEXT_ORDER.isdisjoint(node.overloads):
        hint = Message('for days write day("2027-03-31"), also around what is a text: day(r.until)')
        yield Fault(Message("texts have no order here"), node.at, hint)
        return
    match node.word, node.parts:
        case "_[_]", (of, Node(form=Form.TEXT) as key) if _is_rule(of):
            yield from _field(key.word, key.at)
        case "@in", (Node(form=Form.TEXT) as key, of) if _is_rule(of):
            yield from _field(key.word, key.at)
        case "day", (Node(form=Form.TEXT) as written,):
            try:
                day_of(written.word)
            except ValueError:
                hint = Message("write year-month-day, such as 2027-03-31")
                yield Fault(Message("there is no day {day}", day=written.word), written.at, hint)
        case "matches", (_, Node(form=Form.TEXT) as pattern):
            why = is_pattern(pattern.word)
            if why:
                yield Fault(Message("this pattern cannot be used: {why}", why=why), pattern.at)
        case "matches", (_, pattern):
            yield Fault(Message("a pattern must be written out, so that it can be checked"), pattern.at)
        case _:
            pass


def _is_rule(node: Node) -> bool:
    """Whether a node is an item of `rules`; a map that is written out may be of the same type."""
    return node.rule and node.form is not Form.MAP


def _field(name: str, at: int) -> Iterator[Fault]:
    if name not in RULE_FIELDS:
        known = Message("known are: {keys}", keys=", ".join(RULE_FIELDS))
        yield Fault(
            Message("a rule has no “{name}”", name=name), max(at, 0), did_you_mean(name, RULE_FIELDS) or known
        )
