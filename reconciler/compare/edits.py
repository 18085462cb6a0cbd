"""Which entries of the YAML say something else than before, in sentences; where they stand makes no difference.

Every list of the language is a set, and one text is as good as a list of one, so both become mappings whose keys are
compared: keyed entries are what deepdiff is fast and exact at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reconciler.desired.policy import SECTIONS, SINGLE
from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reconciler.desired import Policy
    from reconciler.desired.policy import Entry
    from reconciler.errors import Position

_SETS = frozenset(
    {"who", "clients", "consultants", "programs", "members", "lead", "taken-over", "allows", "denies"}
)
"""Keys that take one text or a list of them."""

_DAYS = frozenset({"from", "until"})


class Kind(StrEnum):
    """What became of an entry."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Edit:
    """An entry that says something else than before.

    Attributes:
        section: where it stands: "access", "guardrails.limits".
        name: such as a rule's.
        kind: what became of it.
        position: where its name stands now; where it stood, if it is gone.
        told: what is different in it, or what it says, if it is new; empty where it is gone.
        previously: its name before, where it has another one now.
        same: whether a rule gives, or forbids, exactly what it did before; None where nobody can tell.
    """

    section: str
    name: str
    kind: Kind
    position: Position
    told: tuple[Message, ...] = ()
    previously: str = ""
    same: bool | None = None

    @property
    def was(self) -> str:
        """Its name before."""
        return self.previously or self.name


def edits(before: Policy, after: Policy) -> tuple[Edit, ...]:
    """Every entry that differs, in the order of sections and names; empty where both say the same."""
    found: list[Edit] = []
    for section in ("bureau", *(one for one in SINGLE if one != "bureau"), *SECTIONS):
        found += _section(section, before.sections[section], after.sections[section])
    return tuple(found)


def _section(section: str, before: Mapping[str, Entry], after: Mapping[str, Entry]) -> list[Edit]:
    names = dict(_pairs(section, before, after))
    found = [
        Edit(section, name, Kind.GONE, entry.position)
        for name, entry in before.items()
        if name not in after and name not in names.values()
    ]
    found += [
        Edit(section, name, Kind.NEW, entry.position, tuple(_said(name, entry.value)))
        for name, entry in after.items()
        if name not in names
    ]
    both = {
        name: (before[old].value, after[name].value)
        for name, old in names.items()
        if name != old or before[old].value != after[name].value
    }
    told = _differences(both)
    for name in both:
        renamed = [Message("was called {name}", name=names[name])] if names[name] != name else []
        if renamed or told.get(name):
            sentences = (*renamed, *told.get(name, ()))
            old = names[name] if renamed else ""
            found.append(Edit(section, name, Kind.CHANGED, after[name].position, sentences, old))
    return sorted(found, key=lambda edit: edit.name)


def _pairs(
    section: str, before: Mapping[str, Entry], after: Mapping[str, Entry]
) -> Iterator[tuple[str, str]]:
    """Names of now, each with what it was called before; those that are new are left out."""
    for name, entry in after.items():
        if name in before:
            yield name, name
        elif isinstance(entry.value, dict) and section in {"access", "never", "teams"}:
            old = entry.value.get("previously", "")
            if old in before and old not in after:
                yield name, old


def _differences(both: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Message]]:
    """By name, what is different in an entry."""
    from deepdiff import DeepDiff

    was = {name: _keyed("", before) for name, (before, _) in both.items()}
    now = {name: _keyed("", after) for name, (_, after) in both.items()}
    tree = DeepDiff(was, now, view="tree", threshold_to_diff_deeper=0)
    changed: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for items in tree.values():
        for item in items:
            path = tuple(str(step) for step in item.path(output_format="list"))
            for side, value in (("gone", item.t1), ("new", item.t2)):
                for inner, leaf in _leaves(path, value):
                    changed.setdefault(inner, {}).setdefault(side, []).append(leaf)
    found: dict[str, list[Message]] = {}
    for path, sides in sorted(changed.items()):
        told = _sentence(path[1:], sorted(sides.get("gone", [])), sorted(sides.get("new", [])))
        found.setdefault(path[0], []).append(told)
    return found


def _said(name: str, value: Any) -> Iterator[Message]:
    """What a new entry says, key by key."""
    keys: dict[tuple[str, ...], list[str]] = {}
    for path, leaf in _leaves((), _keyed("", value)):
        keys.setdefault(path, []).append(leaf)
    for path, words in keys.items():
        key = ".".join(path) or name
        yield Message("{key}: {value}", key=key, value=_list(words))


_NOTHING = "not present"
"""What deepdiff has for a key that is not there."""


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a value says: texts, each with the path of the key that it stands under."""
    if str(value) == _NOTHING and not isinstance(value, str):
        return
    if isinstance(value, _Word):
        yield path[:-1], path[-1]
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves((*path, key), inner)
    else:
        yield path, str(value)


class _Word:
    """Stands for a word of a set, as the value of its key."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Word)

    __hash__ = object.__hash__


_WORD = _Word()


def _keyed(key: str, value: Any) -> Any:
    """The value with its lists as mappings."""
    if key == "except" and isinstance(value, dict):
        value = [value]
    if isinstance(value, dict):
        # what an entry was called before is told by itself
        return {name: _keyed(name, inner) for name, inner in value.items() if name != "previously"}
    if isinstance(value, list):
        return {_plain(item): _WORD for item in value}
    return {value: _WORD} if key in _SETS else value


def _plain(value: Any) -> str:
    """An item of a list as one text."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(inner)}" for key, inner in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def _sentence(path: tuple[str, ...], gone: list[str], new: list[str]) -> Message:
    """What became of one key of an entry."""
    key = ".".join(path)
    if key == "members":
        return _members(gone, new)
    if not path:
        return _of_all(gone, new)
    if not gone:
        return Message("{key}: {new} is new", key=key, new=_list(new))
    if not new:
        return Message("{key}: {gone} is gone", key=key, gone=_list(gone))
    if path[-1] in _DAYS:
        return Message("{key} moved from {before} to {after}", key=key, before=_list(gone), after=_list(new))
    return Message("{key}: {before} became {after}", key=key, before=_list(gone), after=_list(new))


def _of_all(gone: list[str], new: list[str]) -> Message:
    """What became of an entry that is a text or a set itself."""
    if not gone:
        return Message("{new} is new", new=_list(new))
    if not new:
        return Message("{gone} is gone", gone=_list(gone))
    return Message("{before} became {after}", before=_list(gone), after=_list(new))


def _members(gone: list[str], new: list[str]) -> Message:
    if not gone:
        return Message("{names} joined", names=_list(new))
    if not new:
        return Message("{names} left", names=_list(gone))
    return Message("{names} joined, {others} left", names=_list(new), others=_list(gone))


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
