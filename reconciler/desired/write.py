"""Rules as YAML text, in the canonical shape; reading it back gives the same names and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from reconciler.desired.layout import layout
from reconciler.desired.pause import no_garbage_collection
from reconciler.desired.tree import Group, Leaf, Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Data: TypeAlias = "str | Sequence[Data] | Mapping[str, Data]"
"""What a file shall say; every scalar is a text."""


@dataclass(frozen=True, slots=True)
class Note:
    """A value with what is said about it.

    Attributes:
        value: the value.
        above: comment lines above it, without their “#”; "" is an empty line.
        beside: a comment on its line.
        brackets: whether it stands in brackets on one line, if it fits.
    """

    value: Data
    above: tuple[str, ...] = ()
    beside: str = ""
    brackets: bool = False


def policy_text(heading: Sequence[str], sections: Mapping[str, Mapping[str, Note] | Note]) -> str:
    """A policy file.

    Args:
        heading: comment lines about the file, each one line of printable text.
        sections: what stands under each of its keys; for sections with names, by name.
    """
    with no_garbage_collection():
        parts = [_section(name, said) for name, said in sections.items()]
        if parts and heading:
            parts[0].head = [*_comments(heading), "", *parts[0].head]
        return layout(Part(value=Group(mapping=True, parts=parts)))


def _section(name: str, said: Mapping[str, Note] | Note) -> Part:
    if isinstance(said, Note):
        return _noted(name, said)
    return Part(name, Group(mapping=True, parts=[_noted(key, note) for key, note in said.items()]))


def _noted(key: str, note: Note) -> Part:
    beside = [f"# {note.beside}"] if note.beside else []
    return Part(key, node_of(note.value, flow=note.brackets), _comments(note.above), beside)


def _comments(lines: Sequence[str]) -> list[str]:
    return [f"# {line}" if line else "" for line in lines]


def node_of(value: Data, *, flow: bool = False) -> Leaf | Group:
    """What a file shall say, as part of a tree."""
    if isinstance(value, str):
        return Leaf(value)
    if isinstance(value, dict):
        return Group(
            mapping=True, parts=[Part(key, node_of(inner)) for key, inner in value.items()], flow=flow
        )
    return Group(mapping=False, parts=[Part(value=node_of(inner)) for inner in value])
