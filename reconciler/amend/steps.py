"""Steps of an edit of one rule, and what they make of its value and of its tree with comments.

A step names a place below the rule: ("who",), ("except", 1, "clients"). The tree says where comments belong: those of
what goes, go with it; the text that is written must hold exactly those that the tree holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from reconciler.desired.tree import Group, Leaf, Part
from reconciler.desired.write import node_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.desired.document import Path


@dataclass(frozen=True, slots=True)
class Add:
    """Some texts more in a list; a text alone becomes a list.

    Attributes:
        path: to the list.
        texts: at least one.
        comment: above it, without “#”; "" for none.
    """

    path: Path
    texts: tuple[str, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Drop:
    """Some texts less in a list; of programs all may go.

    Attributes:
        path: to the list.
        at: their places in it, ascending.
        comment: above it, without “#”; "" for none.
    """

    path: Path
    at: tuple[int, ...]
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Leave:
    """An exception less.

    Attributes:
        at: its place in the list; None where there is only one.
        comment: said in its place.
    """

    at: int | None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Except:
    """An exception more.

    Attributes:
        block: its keys and what they say.
        comment: above it.
    """

    block: dict[str, str | list[str]]
    comment: str = ""


Step: TypeAlias = Add | Drop | Leave | Except


def value_after(value: dict[str, Any], step: Step) -> dict[str, Any]:
    """What a rule says after a step."""
    match step:
        case Add(path, texts):
            return dict(_changed(value, path, lambda old: [*_listed(old), *texts]))
        case Drop(path, at):
            return dict(_changed(value, path, lambda old: _without(old, at)))
        case Leave(None):
            return {key: inner for key, inner in value.items() if key != "except"}
        case Leave(at):
            left = [one for i, one in enumerate(value["except"]) if i != at]
            return {**value, "except": left}
        case Except(block):
            before = value.get("except")
            if before is None:
                return {**value, "except": block}
            return {**value, "except": [*(before if isinstance(before, list) else [before]), block]}


def _listed(written: Any) -> list[Any]:
    return [written] if isinstance(written, str) else list(written)


def _without(written: Any, at: Sequence[int]) -> list[Any]:
    return [one for number, one in enumerate(_listed(written)) if number not in at]


def _changed(value: Any, path: Path, change: Any) -> Any:
    if not path:
        return change(value)
    if isinstance(value, list):
        return [_changed(one, path[1:], change) if i == path[0] else one for i, one in enumerate(value)]
    return {key: _changed(one, path[1:], change) if key == path[0] else one for key, one in value.items()}


def in_tree(rule: Part, step: Step) -> None:
    """Make a step in the tree of a rule."""
    match step:
        case Add(path, texts, comment):
            _add(rule, path, texts, comment)
        case Drop(path, at, comment):
            _drop(rule, path, at, comment)
        case Leave(at, comment):
            _leave(rule, at, comment)
        case Except(block, comment):
            _except(rule, block, comment)


def _add(rule: Part, path: Path, texts: Sequence[str], comment: str) -> None:
    part = _at(rule, path)
    new = [Part(value=Leaf(text)) for text in texts]
    spread = isinstance(part.value, Group) and not part.value.flow
    if isinstance(part.value, Leaf):
        part.value = Group(mapping=False, parts=[Part(value=part.value)], flow=True)
    part.value.parts += new
    _say(rule, new[0] if spread else part, path, comment)


def _drop(rule: Part, path: Path, at: Sequence[int], comment: str) -> None:
    part = _at(rule, path)
    if isinstance(part.value, Leaf):
        part.value = Group(mapping=False, flow=True)
        _say(rule, part, path, comment)
        return
    kept: list[Part] = []
    carried: list[str] = []
    for number, item in enumerate(part.value.parts):
        if number not in at:
            item.head = [*carried, *item.head]
            carried = []
            kept.append(item)
            continue
        assert isinstance(item.value, Leaf)
        carried += [line for line in item.head if not names(line, item.value.text)]
    if kept:
        kept[-1].foot += carried
    else:
        part.head += carried
    part.value.parts = kept
    _say(rule, part, path, comment)


def names(comment: str, text: str) -> bool:
    """Whether a comment is about a text: then it goes where the text goes."""
    return text in comment


def _leave(rule: Part, at: int | None, comment: str) -> None:
    group = rule.value
    assert isinstance(group, Group)
    place = next(i for i, part in enumerate(group.parts) if part.key == "except")
    target = group.parts[place]
    if at is not None:
        assert isinstance(target.value, Group)
        parts = target.value.parts
        parts.pop(at)
        _say(rule, target, ("except",), comment)  # above all of them: the next one has words of its own
        return
    group.parts.pop(place)
    after = group.parts[place : place + 1]
    if comment and after and not group.flow:
        after[0].head = [f"# {comment}", *after[0].head]
    elif comment and not group.flow:
        rule.foot = [f"# {comment}", *rule.foot]
    elif comment:
        rule.head.append(f"# {comment}")


def _except(rule: Part, block: dict[str, str | list[str]], comment: str) -> None:
    group = rule.value
    assert isinstance(group, Group)
    there = next((part for part in group.parts if part.key == "except"), None)
    if there is None:
        new = Part("except", node_of(block, flow=True))
        group.parts.append(new)
        _say(rule, new, ("except",), comment)
        return
    assert isinstance(there.value, Group)
    if there.value.mapping:
        there.value = Group(mapping=False, parts=[Part(value=there.value)], flow=there.value.flow)
    item = Part(value=node_of(block, flow=True))
    there.value.parts.append(item)
    _say(rule, there if there.value.flow else item, ("except",), comment)


def _say(rule: Part, part: Part, path: Path, comment: str) -> None:
    """Put a comment above a part; above the nearest that has lines of its own."""
    if not comment:
        return
    owners = [rule, *(_at(rule, path[: n + 1]) for n in range(len(path)))]
    for owner in owners:
        if owner is part:
            break
        if isinstance(owner.value, Group) and owner.value.flow:
            part = owner
            break
    part.head.append(f"# {comment}")


def _at(rule: Part, path: Path) -> Part:
    """The part that a path leads to."""
    part = rule
    for step in path:
        group = part.value
        assert isinstance(group, Group)
        if isinstance(step, int):
            part = group.parts[step]
        else:
            part = next(inner for inner in group.parts if inner.key == step)
    return part
