"""Where values end in a text: `Document` knows where they start."""

from __future__ import annotations

from typing import Any

from yaml import CSafeLoader
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)


def ends_of(text: str) -> list[int]:
    """For each node, in the numbering of `Document`, the index after its last character."""
    ends: list[int] = []
    opened: list[tuple[int, bool]] = []
    last = 0
    next_event: Any = CSafeLoader(text).get_event
    while True:
        event = next_event()
        if isinstance(event, ScalarEvent):
            last = _end(text, event)
            ends.append(last)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            opened.append((len(ends), bool(event.flow_style)))
            ends.append(0)
        elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
            number, flow = opened.pop()
            last = _end(text, event) if flow else last
            ends[number] = last
        elif isinstance(event, StreamEndEvent):
            return ends


def _end(text: str, event: Any) -> int:
    """The index after what an event read; a block of lines ends with its last character."""
    start, end = int(event.start_mark.index), int(event.end_mark.index)
    return start + len(text[start:end].rstrip()) if getattr(event, "style", None) in {"|", ">"} else end
