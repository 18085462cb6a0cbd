"""A tree as text in the canonical shape; docs/yaml.md describes it.

Only a tree goes in, so the shape cannot depend on how something was indented or quoted before. What the author
chose and is kept: the order of names and list items, comments, empty lines between comments, and whether
a section or a rule that fits a line stands in brackets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconciler.desired.scalar import block, scalar
from reconciler.desired.tree import Group, Leaf, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH = 110
"""The most characters of a line, its comment not counted."""

_RULE = ("who", "clients", "programs", "except", "from", "until", "reason", "ticket", "previously")
_CASE: dict[tuple[str, ...], tuple[str, ...]] = {
    (): ("action", "access", "consultant", "client", "programs", "held", "result", "rules", "date"),
    ("consultant",): ("key", "name", "tags", "teams", "leads", "active"),
    ("client",): ("key", "name", "tags", "teams"),
    ("rules", "*"): ("name", "from", "until", "reason", "ticket"),
}
"""What the example of an expression says."""

_SPACIOUS = frozenset(
    {
        (),
        ("access",),
        ("never",),
        ("teams",),
        ("guardrails",),
        ("guardrails", "require"),
        ("guardrails", "expressions"),
        ("waivers",),
    }
)
"""Mappings whose entries have an empty line between them, unless both take one line."""

_ORDERS: dict[tuple[str, ...], tuple[str, ...]] = {
    (): (
        "bureau",
        "manage",
        "teams",
        "bundles",
        "sensitive",
        "access",
        "never",
        "guardrails",
        "waivers",
        "renames",
    ),
    ("manage",): ("unlisted", "clients", "consultants", "programs", "taken-over", "outside-package"),
    ("manage", "taken-over"): _RULE,
    ("manage", "taken-over", "*"): _RULE,
    ("teams", "*"): ("lead", "members", "clients", "previously"),
    ("access", "*"): _RULE,
    ("never", "*"): _RULE,
    ("access", "*", "except"): _RULE,
    ("access", "*", "except", "*"): _RULE,
    ("guardrails",): ("limits", "protected", "never-together", "require", "expressions"),
    ("guardrails", "limits"): (
        "removals",
        "removals-per-client",
        "removals-per-consultant",
        "grants",
        "operations",
        "consultants-per-client",
        "system-administrators-per-client",
    ),
    ("guardrails", "protected"): _RULE,
    ("guardrails", "protected", "*"): _RULE,
    ("guardrails", "never-together", "*"): _RULE,
    ("guardrails", "require", "*"): ("programs", "above", "reason", "ticket", "until-within"),
    ("guardrails", "expressions", "*"): ("action", "must", "level", "message", "examples"),
    ("guardrails", "expressions", "*", "message"): ("en", "sv"),
    **{
        ("guardrails", "expressions", "*", "examples", "*", said, *inner): order
        for said in ("allows", "denies")
        for inner, order in _CASE.items()
    },
    ("waivers", "*"): ("guardrail", "who", "clients", "reason", "approved-by", "until"),
    ("renames",): ("consultants", "clients"),
}
_NAMED = frozenset(place[:-1] for place in _ORDERS if place[-1:] == ("*",))
"""Places whose names, or items, are all alike."""

_KEPT_IN_BRACKETS = 2
"""Down to this depth (sections, rules) brackets are the author's choice; below, what fits a line is on one."""

_Place: TypeAlias = "tuple[str, ...]"


@dataclass(slots=True)
class _Line:
    code: str
    comment: str = ""


def layout(root: Part) -> str:
    """The text of a tree whose root is a mapping."""
    group = root.value
    assert isinstance(group, Group), "a policy is a mapping"
    parts = _in_order(group, ())
    header = [*root.inline]
    # what stands first in the file, and what will
    for part in (*group.parts[:1], *parts[:1]):
        if header and header[-1]:
            header.append("")
        header += _header(part)
    body = _entries(parts, (), 0) if parts else [_Line("{}")]
    gap = [_Line("")] if header and header[-1] else []
    return _text([*_own(header, 0), *gap, *body, *_own(root.foot, 0)])


def entry_lines(part: Part, place: _Place, indent: int) -> list[str]:
    """An entry of a mapping that stands at a place, so many spaces in."""
    return _text([*_own(part.head, indent), *_entry(part, place, indent)]).rstrip("\n").split("\n")


def _header(first: Part) -> list[str]:
    """The comments that are about the file: all before an empty line, and what is addressed to editors."""
    cut = max((i + 1 for i, line in enumerate(first.head) if not line), default=0)
    if first.head and cut == 0 and "yaml-language-server" in first.head[0]:
        cut = 1
    header, first.head = first.head[:cut], first.head[cut:]
    return header


def _own(comments: Sequence[str], indent: int) -> list[_Line]:
    return [_Line(" " * indent + text if text else "") for text in comments]


def _in_order(group: Group, place: _Place) -> list[Part]:
    order = _ORDERS.get(place)
    if order is None:
        return group.parts
    ranks = {key: rank for rank, key in enumerate(order)}
    return sorted(group.parts, key=lambda part: ranks.get(part.key, len(ranks)))


def _below(place: _Place, key: str) -> _Place:
    """A place below another; the names of rules and teams, and items, are all alike."""
    return (*place, "*" if place in _NAMED else key)


def _entries(parts: Sequence[Part], place: _Place, indent: int) -> list[_Line]:
    """The entries of a mapping, each from its head to its foot."""
    lines: list[_Line] = []
    before = 0
    for part in parts:
        entry = [*_own(part.head, indent), *_entry(part, _below(place, part.key), indent)]
        if lines and place in _SPACIOUS and (before > 1 or len(entry) > 1):
            lines.append(_Line(""))
        lines += entry
        before = len(entry)
    return lines


def _entry(part: Part, place: _Place, indent: int) -> list[_Line]:
    key = " " * indent + scalar(part.key) + ":"
    return [*_spare(part, indent), *_valued(part, key, place, indent)]


def _spare(part: Part, indent: int) -> list[_Line]:
    """Comments beyond the one that a line has room for; they go above."""
    hanging = part.foot if isinstance(part.value, Group) and not part.value.parts else []
    spare = [*part.inline[:-1], *(text for text in hanging if text)]
    if hanging:
        part.foot = []
    return _own(spare, indent)


def _valued(part: Part, start: str, place: _Place, indent: int) -> list[_Line]:
    """A value after “key:” or “-”: on the same line where it fits, else below."""
    value, comment = part.value, part.inline[-1] if part.inline else ""
    if isinstance(value, Leaf):
        return [*_leaf(value, part.key, start, comment, indent), *_own(part.foot, indent + 2)]
    line = None if part.foot or _is_spread(value, place) else _one_line(value, place)
    if line is not None and (len(start) + 1 + len(line) <= WIDTH or not value.parts):
        return [_Line(f"{start} {line}", comment)]
    return [_Line(start, comment), *_children(value, place, indent + 2), *_own(part.foot, indent + 2)]


def _leaf(leaf: Leaf, key: str, start: str, comment: str, indent: int) -> list[_Line]:
    if leaf.missing:
        return [_Line(start, comment)]
    text = scalar(leaf.text, key=key)
    if "\n" in leaf.text or len(start) + 1 + len(text) > WIDTH:
        made = block(leaf.text, WIDTH - indent - 2)
        if made is not None:
            mark, lines = made
            return [_Line(f"{start} {mark}", comment), *_own(lines, indent + 2)]
    return [_Line(f"{start} {text}", comment)]


def _is_spread(group: Group, place: _Place) -> bool:
    """Whether a collection takes several lines even if one would do."""
    if group.mapping:
        depth = _KEPT_IN_BRACKETS + (place[:1] == ("guardrails",))  # these have their names one level down
        return bool(group.parts) and len(place) <= depth and not group.flow
    return any(isinstance(part.value, Group) for part in group.parts)


def _one_line(group: Group, place: _Place) -> str | None:
    """A collection in brackets; None where comments keep it from that."""
    texts = []
    for part in _in_order(group, place):
        if part.head or part.inline or part.foot:
            return None
        if isinstance(part.value, Group):
            text = _one_line(part.value, _below(place, part.key))
            if text is None:
                return None
        else:
            text = "" if part.value.missing else scalar(part.value.text, key=part.key, flow=True)
        texts.append(f"{scalar(part.key, flow=True)}: {text}".rstrip() if group.mapping else text)
    inside = ", ".join(texts)
    return f"{{{inside}}}" if group.mapping else f"[{inside}]"


def _children(group: Group, place: _Place, indent: int) -> list[_Line]:
    if group.mapping:
        return _entries(_in_order(group, place), place, indent)
    return [line for part in group.parts for line in _item(part, _below(place, ""), indent)]


def _item(part: Part, place: _Place, indent: int) -> Iterator[_Line]:
    """An item of a list, with everything that hangs on it."""
    start, value = " " * indent + "-", part.value
    if isinstance(value, Group) and value.parts:
        # the first line of what is inside may share the line of the dash, so its comments go above
        first = _in_order(value, place)[0]
        part.head, first.head = [*part.head, *first.head], []
    if isinstance(value, Leaf) or _fits(part, start, place):
        yield from _own(part.head, indent)
        yield from _spare(part, indent)
        yield from _valued(part, start, place, indent)
        return
    yield from _own([*part.head, *part.inline], indent)
    inner = _children(value, place, indent + 2)
    at = next(i for i, line in enumerate(inner) if not line.code.lstrip().startswith("#"))
    yield from (_Line(line.code[2:], line.comment) for line in inner[:at])
    yield _Line(start + inner[at].code[indent + 1 :], inner[at].comment)
    yield from inner[at + 1 :]
    yield from _own(part.foot, indent + 2)


def _fits(part: Part, start: str, place: _Place) -> bool:
    assert isinstance(part.value, Group)
    line = None if part.foot else _one_line(part.value, place)
    return line is not None and (len(start) + 1 + len(line) <= WIDTH or not part.value.parts)


def _text(lines: Sequence[_Line]) -> str:
    """The lines as text; comments on lines that follow each other start in the same column."""
    texts: list[str] = []
    run: list[_Line] = []
    for line in [*lines, _Line("")]:
        if line.comment:
            run.append(line)
            continue
        column = max((len(one.code) for one in run), default=0) + 2
        texts += [one.code.ljust(column) + one.comment for one in run]
        texts.append(line.code)
        run = []
    return "\n".join(texts).strip("\n") + "\n"
