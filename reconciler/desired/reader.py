"""One pass over PyYAML's C event stream: plain data, places, duplicate keys.

Only the C parser is used, never a constructor: no tag is acted on, no alias followed, no scalar converted,
and depth is capped here, before Python or C could run out of stack. Nearly all time goes to the parser's
events, so the loop below does as little as possible for each of them; measured by benchmarks.yaml_read.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

from yaml import CSafeLoader, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler.desired.document import Document, Value
from reconciler.desired.pause import no_garbage_collection
from reconciler.desired.syntax import DEPTH, syntax_error, too_deep
from reconciler.desired.unquoted import SIGNS, TYPED_KEYS, WORDS, kind_of
from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from reconciler.desired.source import Source

_USE_BUNDLE = Message("write it out, or define a bundle or a team and use its name")
_REFUSED: dict[str, tuple[str, Message, Message]] = {
    "&": (
        "anchor",
        Message("anchors (“&”) are not used here"),
        Message("write it out, or define a bundle or a team; a selector that starts with “&” needs quotes"),
    ),
    "*": (
        "alias",
        Message("aliases (“*”) are not used here"),
        Message("write it out, or define a bundle or a team; for everything write “all”"),
    ),
    "!": (
        "tag",
        Message("YAML tags (“!”) are not used here"),
        Message('a selector that starts with “!” needs quotes, such as "!tag:audit"'),
    ),
}


class _Stop(Exception):
    """Reading cannot go on; carries why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def read_yaml(source: Source) -> tuple[Document | None, list[Finding]]:
    """Read one document.

    Returns:
        The document, None where it cannot be read to its end, and the errors that were found in it.
    """
    builder = _Builder(source)
    try:
        with no_garbage_collection():
            root = builder.build()
    except YAMLError as error:
        return None, [*builder.findings, syntax_error(source, error)]
    except _Stop as stop:
        return None, [*builder.findings, stop.finding]
    if root is None or (root == "" and builder.unquoted):
        message = Message("the file is empty")
        hint = Message("write what it should say, or delete it")
        return None, [*builder.findings, source.finding("empty-file", message, hint=hint)]
    document = builder.document(root)
    return document, builder.findings + builder.duplicates()


class _Builder:
    """The state of one pass."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.places = array("I")
        self.ends: dict[int, int] = {}
        self.unquoted: list[tuple[int, str]] = []
        self.twice: list[tuple[str, int, int]] = []
        self.marked: set[int] = set()
        self.careful = any(mark in source.text for mark in ("&", "*", "!", "<<"))

    def build(self) -> Value | None:  # noqa: C901 - one flat loop; a call an event costs a third more
        """The root, None where there is none; this is the loop that must be fast."""
        next_event: Any = CSafeLoader(self.source.text).get_event
        scalar, mapping, mapping_end = ScalarEvent, MappingStartEvent, MappingEndEvent
        sequence, sequence_end, stream_end = SequenceStartEvent, SequenceEndEvent, StreamEndEvent
        places, ends, careful = self.places, self.ends, self.careful
        place, words, signs = places.append, WORDS, SIGNS
        items: list[Any] = []
        stack: list[tuple[list[Any], int]] = []
        while True:
            event = next_event()
            kind = event.__class__
            if kind is scalar:
                text = event.value
                place(event.start_mark.index)
                if (text in words or text[0] in signs) and not event.style:
                    self._plain(text, items)
                if careful:
                    self._refuse_marks(event)
                items.append(text)
            elif kind is mapping_end:
                inner, (items, start) = items, stack.pop()
                ends[start] = len(places)
                items.append(self._mapping(inner, start))
            elif kind is sequence_end:
                inner, (items, start) = items, stack.pop()
                ends[start] = len(places)
                items.append(inner)
            elif kind is mapping or kind is sequence:
                if len(stack) == DEPTH:
                    raise _Stop(too_deep(self.source, event.start_mark.index))
                if careful:
                    self._refuse_marks(event)
                stack.append((items, len(places)))
                place(event.start_mark.index)
                items = []
            elif kind is stream_end:
                return items[0] if items else None
            elif kind is AliasEvent:
                place(event.start_mark.index)
                self._refuse_marks(event)
                items.append("*")
            elif kind is DocumentStartEvent and items:
                raise _Stop(self._second_document(event))

    def _plain(self, text: str, items: list[Any]) -> None:
        """Note a plain scalar that others read as a number or the like, unless its key says that it is one."""
        before = items[-1] if len(items) % 2 else ""
        if not (isinstance(before, str) and before in TYPED_KEYS) and kind_of(text):
            self.unquoted.append((len(self.places) - 1, text))

    def _mapping(self, items: list[Any], start: int) -> dict[str, Value]:
        """Keys and values by turns, as a mapping; the first of a repeated key counts."""
        try:
            made = dict(zip(items[::2], items[1::2], strict=True))
        except TypeError:  # a list or mapping as key
            message = Message("a list or a mapping cannot be a name here")
            hint = Message("“? ” and “{{” start other things in YAML than they seem to: use quotes")
            raise _Stop(self.source.finding("complex-key", message, self.places[start], hint)) from None
        if 2 * len(made) == len(items):
            return made
        first: dict[str, int] = {}
        node = start + 1
        for name in items[::2]:
            if first.setdefault(name, node) != node:
                self.twice.append((name, first[name], node))
            node = self.ends.get(node + 1, node + 2)
        # from the end, so that the first one stands in the end; then back into the order of the file
        firsts = dict(zip(reversed(items[::2]), reversed(items[1::2]), strict=True))
        return {name: firsts[name] for name in first}

    def _refuse_marks(self, event: Any) -> None:
        """Anchors, aliases, tags and merge keys; the place of an event is that of its mark."""
        at = event.start_mark.index
        mark = self.source.text[at : at + 1]
        if mark in _REFUSED and at not in self.marked:
            self.marked.add(at)
            code, message, hint = _REFUSED[mark]
            self.findings.append(self.source.finding(code, message, at, hint))
        elif event.__class__ is ScalarEvent and event.value == "<<" and not event.style:
            message = Message("merge keys (“<<”) are not used here")
            self.findings.append(self.source.finding("merge-key", message, at, _USE_BUNDLE))

    def _second_document(self, event: Any) -> Finding:
        message = Message("a second document starts here; a file holds one")
        hint = Message("put what follows “---” into a file of its own, or delete the line")
        return self.source.finding("second-document", message, event.start_mark.index, hint)

    def document(self, root: Value) -> Document:
        """What was built, once the pass is over."""
        repeated = frozenset(again for _, _, again in self.twice)
        return Document(self.source, root, self.places, self.ends, repeated, tuple(self.unquoted))

    def duplicates(self) -> list[Finding]:
        """Keys that stand twice in one mapping, each with the place of the first."""
        found = []
        for name, first, again in self.twice:
            at, before = self.places[again], self.source.position(self.places[first])
            message = Message(
                "{name} is defined twice; first in line {line}", name=name, line=str(before.line)
            )
            hint = Message("rename one of them, or make them one")
            found.append(self.source.finding("duplicate-key", message, at, hint, also=[before]))
        return found
