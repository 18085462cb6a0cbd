"""What an expression looks at, and how much work it is, read from its tree without evaluating it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import prod
from typing import TYPE_CHECKING

from reconciler.guardrails.expressions.engine import Look, Mention
from reconciler.guardrails.expressions.tree import Form, Node
from reconciler.guardrails.expressions.vocabulary import VARIABLES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_LOOPS = 10_000
"""How often all loops of one evaluation go round at most; the engine stops there."""

_PATTERN_STEPS = 100
"""What a character of a pattern costs, in steps, as measured."""

_REPEATED = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_EQUALS = frozenset({"_==_", "_!=_"})


def look_at(tree: Node) -> Look:
    """What an expression looks at."""
    pairs = list(_compared(tree, {}))
    mentions = tuple(Mention(variable, text.word, text.at) for variable, text, _ in pairs)
    # the nodes themselves are counted: a variable that is compared twice in one list is one occurrence
    seen = {id(node): variable for variable, _, node in pairs if node.form is Form.NAME}
    compared = Counter(seen.values())
    names = Counter(node.word for node in tree.walk() if node.form is Form.NAME)
    texts = defaultdict(set)
    for mention in mentions:
        texts[mention.variable].add(mention.text)
    only = {
        name: frozenset(texts[name])
        for name, count in compared.items()
        if VARIABLES.get(name) is Kind.TEXT and names[name] == count
    }
    # a variable of a loop may be called like one of ours: then too much is looked at, never too little
    return Look(frozenset(names) & frozenset(VARIABLES), mentions, only)


def _compared(node: Node, items: Mapping[str, str]) -> Iterator[tuple[str, Node, Node]]:
    """What is compared with which text, and the node that stands for it; `items`: what loops go through."""
    if node.form is Form.LOOP:
        yield from _compared(node.parts[0], items)
        over = node.parts[0]
        listed = over.word if over.form is Form.NAME and over.word not in items else ""
        inner = {**items, node.word: listed if VARIABLES.get(listed) is Kind.TEXTS else ""}
        for part in node.parts[1:]:
            yield from _compared(part, inner)
        return
    if node.form is Form.CALL and len(node.parts) == 2:
        yield from _pairs(node, items)
    for part in node.parts:
        yield from _compared(part, items)


def _pairs(node: Node, items: Mapping[str, str]) -> Iterator[tuple[str, Node, Node]]:
    left, right = node.parts
    if node.word in _EQUALS:
        for text, other in ((left, right), (right, left)):
            variable = _subject(other, items)
            if text.form is Form.TEXT and variable:
                yield variable, text, other
    elif node.word == "@in" and left.form is Form.TEXT:
        if right.form is Form.NAME and right.word not in items and VARIABLES.get(right.word) is Kind.TEXTS:
            yield right.word, left, right
    elif node.word == "@in" and right.form is Form.LIST:
        variable = _subject(left, items)
        if variable and all(text.form is Form.TEXT for text in right.parts):
            yield from ((variable, text, left) for text in right.parts)


def _subject(node: Node, items: Mapping[str, str]) -> str:
    """What a node stands for: a variable, the list that it is an item of, or a field of a rule; else ""."""
    if node.form is Form.NAME:
        return items.get(node.word, node.word if VARIABLES.get(node.word) is Kind.TEXT else "")
    if node.form is Form.FIELD and node.parts[0].rule and node.parts[0].form is not Form.MAP:
        return f"rules.{node.word}"
    return ""


def steps(node: Node, lengths: Mapping[str, int]) -> int:
    """About how many nodes one evaluation goes through at most.

    Args:
        node: the tree.
        lengths: by variable, how many items the longest list has.
    """
    if node.form is not Form.LOOP:
        return _own_steps(node) + sum(steps(part, lengths) for part in node.parts)
    over, start, condition, step, result = (steps(part, lengths) for part in node.parts)
    return over + start + result + _length(node.parts[0], lengths) * (condition + step)


def _own_steps(node: Node) -> int:
    """A node without its parts; a pattern is compiled anew each time, with all its repetitions written out."""
    if node.word != "matches" or node.form is not Form.CALL:
        return 1
    pattern = node.parts[-1].word
    times = prod(max(int(last or first), 1) for first, last in _REPEATED.findall(pattern))
    return 1 + _PATTERN_STEPS * len(pattern) * times


def _length(node: Node, lengths: Mapping[str, int]) -> int:
    """How many items a list has at most; where that is not seen, as many as the engine goes through."""
    match node.form:
        case Form.LIST | Form.MAP:
            return len(node.parts)
        case Form.NAME:
            return min(lengths.get(node.word, MOST_LOOPS), MOST_LOOPS)
        case Form.LOOP:
            return _length(node.parts[0], lengths)
        case _:
            return MOST_LOOPS
