"""Edits of a rule in its file: the fewest lines that can be, every comment kept.

Each way to write an edit is only proposed; the text is read again, and taken where it says exactly what was meant and
holds every comment. So a way that does not fit how a file is written does no harm: the next one is tried, and the last
one brings the whole file into the shape of `fmt`. A file that has that shape keeps it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.desired.layout import entry_lines, layout
from reconciler.desired.pause import no_garbage_collection
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source
from reconciler.desired.tree import Group, Leaf, Part, parse_tree
from reconciler.desired.write import node_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.desired.document import Document
    from reconciler.desired.write import Data

_RULES = "access"
_EXCEPT = "except"


def add_exceptions(
    text: str, rule: str, exceptions: Sequence[Mapping[str, Data]], comment: str = ""
) -> str | None:
    """A policy file in which a rule has some exceptions more.

    Args:
        text: of the file.
        rule: the name of a rule under `access` in it.
        exceptions: at least one, as `except` takes them.
        comment: said above them, one line of printable text; "" for nothing.

    Returns:
        The new text; None where the rule is not in it, or nothing that was tried says it.
    """
    with no_garbage_collection():
        document = _read(text)
        if document is None or rule not in _rules(document):
            return None
        wanted = _meant(document, rule, exceptions)
        comments = sorted([*parse_tree(text).comments(), *([f"# {comment}"] if comment else [])])
        for proposed in _proposals(document, rule, exceptions, comment):
            again = _read(proposed)
            if (
                again is not None
                and again.root == wanted
                and sorted(parse_tree(proposed).comments()) == comments
            ):
                return proposed
    return None


def _read(text: str) -> Document | None:
    """The document, None where it cannot be read or says something twice."""
    document = read_yaml(Source("", text))[0]
    return None if document is None or document.repeated else document


def _rules(document: Document) -> dict[str, Any]:
    root = document.root
    rules = root.get(_RULES) if isinstance(root, dict) else None
    return rules if isinstance(rules, dict) else {}


def _meant(document: Document, rule: str, exceptions: Sequence[Mapping[str, Data]]) -> Any:
    """What the file is to say."""
    assert isinstance(document.root, dict)
    rules = _rules(document)
    before = rules[rule].get(_EXCEPT)
    plain = [_plain(one) for one in exceptions]
    now: Any = [*(before if isinstance(before, list) else [before]), *plain] if before else plain
    now = now[0] if len(now) == 1 else now
    return {**document.root, _RULES: {**rules, rule: {**rules[rule], _EXCEPT: now}}}


def _plain(data: Data) -> Any:
    if isinstance(data, str):
        return data
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    return [_plain(value) for value in data]


def _proposals(
    document: Document, rule: str, exceptions: Sequence[Mapping[str, Data]], comment: str
) -> Iterator[str]:
    """Ways to write it, the one that changes the fewest lines first."""
    text = document.source.text
    root = parse_tree(text)
    _extend(_part(root, rule), exceptions, comment)
    tidy = layout(root)
    if layout(parse_tree(text)) == text:
        yield tidy
    if _EXCEPT not in _rules(document)[rule]:
        yield from _inserted(document, rule, _exception_part(exceptions, comment))
    part = _part(parse_tree(text), rule)
    _extend(part, exceptions, comment)
    yield from _rewritten(document, rule, part)
    yield tidy


def _inserted(document: Document, rule: str, part: Part) -> Iterator[str]:
    """With lines more below the programs of the rule, and nothing else changed."""
    keys = _keys(document, rule)
    first = document.position(min(keys.values()))
    lines = _lines(document.source.text)
    new = entry_lines(part, (_RULES, "*", _EXCEPT), first.column - 1)
    after = document.position(keys["programs"]).line
    for at in range(after, _end(document, rule) + 1):
        yield _joined([*lines[:at], *new, *lines[at:]], document.source.text)


def _rewritten(document: Document, rule: str, part: Part) -> Iterator[str]:
    """With the lines of the rule alone written anew."""
    node = _node(document, rule)
    start = document.position(node)
    lines = _lines(document.source.text)
    part.head = []  # stands above, and stays
    new = entry_lines(part, (_RULES, "*"), start.column - 1)
    for end in range(start.line, _end(document, rule) + 1):
        yield _joined([*lines[: start.line - 1], *new, *lines[end:]], document.source.text)


def _end(document: Document, rule: str) -> int:
    """The number of the line before which the next rule begins, or of the last one."""
    node = _node(document, rule)
    following = document.ends.get(node + 1, node + 2)
    if following < len(document.places):
        return document.position(following).line - 1
    return len(_lines(document.source.text))


def _node(document: Document, rule: str) -> int:
    """The number of the rule's name."""
    return document.node((_RULES, rule)) - 1


def _keys(document: Document, rule: str) -> Mapping[str, int]:
    return document.keys(_node(document, rule) + 1, _rules(document)[rule])


def _lines(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _joined(lines: Sequence[str], like: str) -> str:
    """Lines with the line breaks that a text has."""
    end = "\r\n" if "\r\n" in like else "\n"
    return end.join([*lines, ""])


def _part(root: Part, rule: str) -> Part:
    """The rule in a tree."""
    part = root
    for name in (_RULES, rule):
        assert isinstance(part.value, Group)
        part = next(inner for inner in part.value.parts if inner.key == name)
    return part


def _exception_part(exceptions: Sequence[Mapping[str, Data]], comment: str) -> Part:
    items = [Part(value=node_of(one)) for one in exceptions]
    value = items[0].value if len(items) == 1 else Group(mapping=False, parts=items)
    return Part(_EXCEPT, value, head=[f"# {comment}"] if comment else [])


def _extend(part: Part, exceptions: Sequence[Mapping[str, Data]], comment: str) -> None:
    """Add exceptions to a rule in a tree."""
    rule = part.value
    assert isinstance(rule, Group)
    there = next((inner for inner in rule.parts if inner.key == _EXCEPT), None)
    if there is None or isinstance(there.value, Leaf):
        rule.parts.append(_exception_part(exceptions, comment))
        return
    if there.value.mapping:
        there.value = Group(mapping=False, parts=[Part(value=there.value)])
    new = [Part(value=node_of(one)) for one in exceptions]
    new[0].head = [f"# {comment}"] if comment else []
    there.value.parts += new
