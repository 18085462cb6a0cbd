"""`Policy`: the documents of a folder, merged. Names are still names; no register has been asked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.desired.pause import no_garbage_collection
from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.desired.document import Document, Path, Value
    from reconciler.errors import Position

SECTIONS = (
    "teams",
    "bundles",
    "access",
    "never",
    "manage",
    "guardrails",
    "guardrails.limits",
    "guardrails.never-together",
    "guardrails.require",
    "guardrails.expressions",
    "waivers",
    "renames.consultants",
    "renames.clients",
)
"""Where names are defined; `bureau` and `sensitive` are ones of their own."""

SINGLE = ("bureau", "sensitive")
"""Keys whose value is one thing: each is a section with one entry of its own name."""

_INNER = frozenset(section.partition(".")[0] for section in SECTIONS if "." in section)
"""Keys whose values hold sections."""


class Entry(NamedTuple):
    """A name and what it stands for, in one document.

    Attributes:
        name: such as a rule's.
        value: as the schema has accepted it.
        document: where it stands.
        node: the number of the key.
    """

    name: str
    value: Any
    document: Document
    node: int

    @property
    def position(self) -> Position:
        """Where the name stands."""
        return self.document.position(self.node)

    @property
    def lines(self) -> tuple[int, int]:
        """The first and the last line of the name and what it stands for."""
        last = self.document.ends.get(self.node + 1, self.node + 2) - 1
        return self.position.line, self.document.position(last).line

    def finding(
        self, code: str, message: Message, path: Path = (), hint: Message | None = None, offset: int = 0
    ) -> Finding:
        """An error at what a path below the value leads to."""
        node = self.document.node(path, self.node + 1, self.value)
        return self.document.finding(code, message, node, hint, offset)

    def selector_finding(
        self, code: str, message: Message, path: Path, text: str, at: int, *, hint: Message | None = None
    ) -> Finding:
        """An error in a selector, so many characters after its start."""
        node = self.document.node(path, self.node + 1, self.value)
        start = self.document.places[node] + self.document.quoted(node)
        # a text with escapes or line breaks in it is not found as it is: then its start must do
        whole = self.document.source.text.startswith(text, start)
        return self.document.finding(
            code, message, node, hint, at + start - self.document.places[node] if whole else 0
        )

    def key_finding(self, code: str, message: Message, hint: Message | None = None) -> Finding:
        """An error at the name itself."""
        return self.document.finding(code, message, self.node, hint)


def positions_of(entries: Sequence[Entry]) -> list[Position]:
    """Where the names of many entries stand."""
    documents = {id(entry.document): entry.document for entry in entries}
    found: dict[tuple[int, int], Position] = {}
    for number, document in documents.items():
        nodes = [entry.node for entry in entries if entry.document is document]
        places = [document.places[node] for node in nodes]
        found.update(zip(((number, node) for node in nodes), document.source.positions(places), strict=True))
    return [found[id(entry.document), entry.node] for entry in entries]


@dataclass(frozen=True, eq=False)
class Policy:
    """What a policy folder says.

    Attributes:
        sections: for each of SECTIONS and SINGLE the entries by name, in the order of the names.
        findings: warnings that reading met.
    """

    sections: Mapping[str, Mapping[str, Entry]]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def bureau(self) -> Entry | None:
        """The bureau that the folder is for, where it says so."""
        return self.sections["bureau"].get("bureau")

    @property
    def sensitive(self) -> Entry | None:
        """The programs that are payroll-like, where the folder says which."""
        return self.sections["sensitive"].get("sensitive")

    @property
    def assignments(self) -> Mapping[str, Entry]:
        """The rules under `access`."""
        return self.sections["access"]

    @property
    def denials(self) -> Mapping[str, Entry]:
        """The rules under `never`."""
        return self.sections["never"]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over what the documents say, in hex: the same in whatever order and files it is said."""
        with no_garbage_collection():
            canonical = {
                section: {name: _canonical(entry.value) for name, entry in entries.items()}
                for section, entries in self.sections.items()
            }
            text = json.dumps(canonical, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


EMPTY = Policy({section: {} for section in (*SINGLE, *SECTIONS)})
"""A policy that says nothing: it manages everything and gives nothing."""


def _canonical(value: Any) -> Any:
    """Every list of the language is a set."""
    if isinstance(value, dict):
        return {key: inner if isinstance(inner, str) else _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list) and all(isinstance(inner, str) for inner in value):
        return sorted(value)
    if isinstance(value, list):
        return sorted(map(_canonical, value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def merge(documents: Iterable[tuple[Document, frozenset[tuple[str, ...]]]]) -> tuple[Policy, list[Finding]]:
    """Merge documents.

    Args:
        documents: in the order of their file names, each with the paths of entries to leave out as they are wrong.

    Returns:
        The policy, and an error for each name that is defined in two files.
    """
    sections: dict[str, dict[str, Entry]] = {section: {} for section in (*SINGLE, *SECTIONS)}
    findings = []
    for document, wrong in documents:
        for section, entry in _entries(document):
            if wrong and ((*section.split("."), entry.name) in wrong or (entry.name,) in wrong):
                continue
            first = sections[section].setdefault(entry.name, entry)
            if first is not entry:
                findings.append(_twice(first, entry))
    ordered = {section: dict(sorted(entries.items())) for section, entries in sections.items()}
    return Policy(ordered), findings


def _entries(document: Document) -> Iterator[tuple[str, Entry]]:
    root = document.root
    if not isinstance(root, dict):
        return
    for key, node in document.keys(0, root).items():
        value = root[key]
        if key in SINGLE:
            yield key, Entry(key, value, document, node)
        elif key in _INNER and isinstance(value, dict):
            for kind, inner in document.keys(node + 1, value).items():
                if f"{key}.{kind}" in SECTIONS:
                    yield from _section(document, f"{key}.{kind}", inner, value[kind])
                elif key in SECTIONS:
                    yield key, Entry(kind, value[kind], document, inner)
        else:
            yield from _section(document, key, node, value)


def _section(document: Document, section: str, node: int, value: Value) -> Iterator[tuple[str, Entry]]:
    if section in SECTIONS and isinstance(value, dict):
        for name, key in document.keys(node + 1, value).items():
            yield section, Entry(name, value[name], document, key)


def _twice(first: Entry, again: Entry) -> Finding:
    before, place = first.position, again.document.places[again.node]
    message = Message("{name} is defined twice; first in {first}", name=again.name, first=before)
    hint = Message("rename one of them, or make them one")
    return again.document.source.finding("defined-twice", message, place, hint, also=[before])
