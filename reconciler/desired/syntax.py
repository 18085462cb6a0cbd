"""What the YAML parser says, in the words of somebody who may never have written code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yaml import MarkedYAMLError

from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from yaml import YAMLError

    from reconciler.desired.source import Source

DEPTH = 32
"""How deep lists and mappings may be nested; the schema needs 5."""

_TAB = re.compile(r"[ ]*(\t)")

_CANNOT_START: dict[str, tuple[Message, Message]] = {
    "@": (
        Message("a word that starts with “@” needs quotes"),
        Message('write "@malmo" in quotes, or team:malmo without'),
    ),
    "`": (Message("a word that starts with “`” needs quotes"), Message("delete it, or use quotes")),
    "%": (Message("a word that starts with “%” needs quotes"), Message("delete it, or use quotes")),
}

_QUOTE_IT = Message("a text with “: ” or “ #” in it needs quotes; is something indented too far?")
_SAME_COLUMN = Message("what belongs together starts in the same column")

_TEXTS: dict[str, tuple[Message, Message | None]] = {
    "mapping values are not allowed in this context": (
        Message("a second “:” is not expected here"),
        _QUOTE_IT,
    ),
    "could not find expected ':'": (
        Message("a “:” is missing"),
        Message("write “name: value”, with a space after the colon"),
    ),
    "did not find expected key": (Message("a name with a “:” after it is expected here"), _SAME_COLUMN),
    "did not find expected '-' indicator": (Message("a “-” is expected here"), _SAME_COLUMN),
    "did not find expected ',' or ']'": (
        Message("a list is not closed: “,” or “]” is missing before this"),
        None,
    ),
    "did not find expected ',' or '}'": (
        Message("a mapping is not closed: “,” or “}}” is missing before this"),
        None,
    ),
    "found unexpected end of stream": (Message("a quote is opened and never closed"), None),
    "block sequence entries are not allowed in this context": (
        Message("a list item (“-”) is not expected here"),
        _SAME_COLUMN,
    ),
    "did not find expected <document start>": (
        Message("this does not belong to what stands above"),
        _SAME_COLUMN,
    ),
    "did not find expected node content": (Message("a value is missing here"), None),
    "found unknown escape character": (
        Message("in double quotes “\\” has a meaning of its own"),
        Message("use single quotes"),
    ),
}


def syntax_error(source: Source, error: YAMLError) -> Finding:
    """The finding for an error of the parser; it names one place, as the parser gives up there."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        message = Message("this is not YAML: {why}", why=str(error))
        return source.finding("yaml-syntax", message)
    at = min(error.problem_mark.index, len(source.text))
    tab = _tab(source, at)
    if tab is not None:
        message = Message("a tab is used for indentation")
        return source.finding("tab", message, tab, Message("indent with spaces, two a level"))
    mark = source.text[at : at + 1]
    problem = error.problem or ""
    if problem == "found character that cannot start any token" and mark in _CANNOT_START:
        message, hint = _CANNOT_START[mark]
        return source.finding("needs-quotes", message, at, hint)
    if problem == "exceeded maximum nesting depth":  # the parser looks 1,000 levels ahead
        return too_deep(source, at)
    known = _TEXTS.get(problem)
    if known is None:
        return source.finding("yaml-syntax", Message("this is not YAML: {why}", why=problem), at)
    return source.finding("yaml-syntax", known[0], at, known[1])


def too_deep(source: Source, at: int) -> Finding:
    """The finding for what is nested deeper than DEPTH."""
    message = Message("nested more than {depth} levels deep", depth=DEPTH)
    hint = Message("a rule has at most five levels; is a bracket left open?")
    return source.finding("too-deep", message, at, hint)


def _tab(source: Source, at: int) -> int | None:
    """Where a tab indents the line of the error or the one before it (the parser may notice late)."""
    text = source.text
    start = text.rfind("\n", 0, at) + 1
    for begin in (start, text.rfind("\n", 0, max(start - 1, 0)) + 1):
        found = _TAB.match(text, begin)
        if found:
            return found.start(1)
    return None
