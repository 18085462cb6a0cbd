"""A YAML file as a tree that keeps its comments, for `fmt` and `write`.

Theory. Between two events of the parser that take up characters (scalars and the brackets of flow
collections) there is nothing but white space, marks such as “-” and “:”, and comments. So comments are found
in these gaps alone. One on the line of what stands before it belongs to that; one on a line of its own
belongs to what follows, unless it is indented as far as a block that has just ended: then it is its foot.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yaml import CSafeLoader
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Leaf:
    """A scalar.

    Attributes:
        text: what it says.
        missing: whether nothing is written at all, as after “key:”.
    """

    text: str
    missing: bool = False


@dataclass(slots=True)
class Group:
    """A list or a mapping.

    Attributes:
        mapping: which.
        parts: its items or entries.
        flow: whether it is written in brackets.
    """

    mapping: bool
    parts: list[Part] = field(default_factory=list)
    flow: bool = False


@dataclass(slots=True)
class Part:
    """An entry of a mapping, an item of a list, or the root; with the comments that belong to it.

    Attributes:
        key: of an entry, "" otherwise.
        value: what stands there.
        head: comment lines above it; "" is an empty line.
        inline: comments on its line.
        foot: comment lines at the end of its block; "" is an empty line.
    """

    key: str = ""
    value: Leaf | Group = field(default_factory=lambda: Leaf("", missing=True))
    head: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)

    def comments(self) -> Iterator[str]:
        """Every comment in it."""
        for lines in (self.head, self.inline, self.foot):
            yield from (line for line in lines if line)
        if isinstance(self.value, Group):
            for part in self.value.parts:
                yield from part.comments()


def parse_tree(text: str) -> Part:
    """The tree of a text that `read_yaml` accepts: one document, no anchors, no tags.

    Returns:
        The root; its value is what the document holds.
    """
    return _Builder(text).build()


_NOTHING = (StreamStartEvent, DocumentStartEvent, DocumentEndEvent)


class _Builder:
    """The state of one pass over the events."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.root = Part()
        self.before: Part | None = None
        """What the last characters belong to."""
        self.open: list[tuple[Part, Group, int]] = []
        self.entry: Part | None = None
        """The entry whose value comes next."""
        self.fresh: Part | None = None
        """The outermost part that began since the last characters."""
        self.closed: list[tuple[Part, int]] = []
        """Blocks that ended since the last characters, the innermost first, with their columns."""

    def build(self) -> Part:
        next_event: Any = CSafeLoader(self.text).get_event
        while True:
            event = next_event()
            match event:
                case ScalarEvent():
                    self._scalar(event)
                case MappingStartEvent() | SequenceStartEvent():
                    self._start(event)
                case MappingEndEvent() | SequenceEndEvent():
                    self._end(event)
                case StreamEndEvent():
                    self.closed.append((self.root, 0))
                    self._gap(len(self.text), self.root)
                    return self.root
                case _:
                    assert isinstance(event, _NOTHING)

    def _scalar(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        group = self.open[-1][1] if self.open else None
        if group is not None and group.mapping and self.entry is None:
            part = Part(event.value)
            group.parts.append(part)
            self.entry, self.fresh = part, self.fresh or part
        else:
            part = self._holder()
            part.value = Leaf(event.value, missing=start == end and not event.value)
            self.entry = None
            if start == end:
                self.closed.append((part, event.start_mark.column if not self.open else self.open[-1][2] + 1))
                return
        self._gap(start, part)
        if event.style in {"|", ">"}:
            header = self.text[start:end].partition("\n")[0]
            part.inline += [header[header.index("#") :].rstrip()] if "#" in header else []
            end = start + len(self.text[start:end].rstrip())
        self._passed(end, part)

    def _start(self, event: Any) -> None:
        part = self._holder()
        self.entry = None
        flow = bool(event.flow_style)
        group = Group(isinstance(event, MappingStartEvent), flow=flow)
        part.value = group
        self.open.append((part, group, event.start_mark.column))
        if flow:
            self._gap(event.start_mark.index, part)
            self._passed(event.start_mark.index + 1, part)

    def _end(self, event: Any) -> None:
        part, group, column = self.open.pop()
        self.entry = None
        if group.flow:
            self.closed = [(part, 0)]  # whatever stands before the bracket belongs inside
            self._gap(event.end_mark.index - 1, part)
            self._passed(event.end_mark.index, part)
        else:
            self.closed.append((part, column))

    def _holder(self) -> Part:
        """The part that the value which begins now is of."""
        if not self.open:
            return self.root
        if self.entry is not None:
            return self.entry
        part = Part()
        self.open[-1][1].parts.append(part)
        self.fresh = self.fresh or part
        return part

    def _passed(self, end: int, part: Part) -> None:
        self.at, self.before = end, part
        self.fresh, self.closed = None, []

    def _gap(self, end: int, part: Part) -> None:
        """Give the comments up to a place to what they belong to."""
        head = (self.fresh or part).head
        lines = self.text[self.at : end].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if self.before is not None:
            first = lines.pop(0)
            if "#" in first:
                self.before.inline.append(first[first.index("#") :].rstrip())
        closed, gap, into = self.closed, False, None
        for number, line in enumerate(lines):
            mark = line.find("#")
            if mark < 0:
                gap = gap or (not line.strip() and number < len(lines) - 1)
                continue
            while closed and closed[0][1] > mark:
                closed = closed[1:]
            target = closed[0][0].foot if closed else head
            if gap and (target is not head or target):
                target.append("")
            target.append(line[mark:].rstrip())
            gap, into = False, target
        if gap and into is head and end < len(self.text):
            head.append("")
