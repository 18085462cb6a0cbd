"""The register: which consultants, clients and programs there are, by columns.

Built from a backend's pages or from CSV files; everything is keyed by dense id, so that a selector is an
array operation. What is written here is data of people and companies: untrusted when printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.access import Shape
from reconciler.grid.arrays import Flags, Ids, mask_of
from reconciler.grid.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Consultants:
    """The persons of the bureau.

    Attributes:
        names: their keys, mostly e-mail addresses.
        labels: how people call them, by id.
        active: by id; False for who has left.
        tags: for each tag the ids that carry it, ascending.
        teams: for each team the ids of its members, ascending; leads are members.
        leads: for each team the ids of who leads it, ascending.
        cut: teams of which not all members are here, as this is a part of a register.
    """

    names: Names
    labels: Sequence[str]
    active: Flags
    tags: Mapping[str, Ids] = field(default_factory=dict)
    teams: Mapping[str, Ids] = field(default_factory=dict)
    leads: Mapping[str, Ids] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    @classmethod
    def build(cls, rows: Iterable[Consultant]) -> Consultants:
        """From rows in any order, each key once."""
        ordered = sorted(rows, key=lambda row: row.key)
        names = Names(row.key for row in ordered)
        if len(names) != len(ordered):
            raise ValueError("a consultant is listed twice")
        return cls(
            names=names,
            labels=tuple(row.label for row in ordered),
            active=np.array([row.active for row in ordered], dtype=np.bool_),
            tags=_index(row.tags for row in ordered),
            teams=_index((*row.teams, *row.leads) for row in ordered),
            leads=_index(row.leads for row in ordered),
        )


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Clients:
    """The companies that the bureau works for.

    Attributes:
        names: their keys, client or organisation numbers.
        labels: the companies' names, by id.
        connected: by id; False where the bureau can change nothing there (any more).
        tags: for each tag the ids that carry it, ascending.
        teams: for each team the ids of the clients that it is responsible for, ascending.
        cut: teams of which not all clients are here, as this is a part of a register.
    """

    names: Names
    labels: Sequence[str]
    connected: Flags
    tags: Mapping[str, Ids] = field(default_factory=dict)
    teams: Mapping[str, Ids] = field(default_factory=dict)
    cut: frozenset[str] = frozenset()

    @classmethod
    def build(cls, rows: Iterable[Client]) -> Clients:
        """From rows in any order, each key once."""
        ordered = sorted(rows, key=lambda row: row.key)
        names = Names(row.key for row in ordered)
        if len(names) != len(ordered):
            raise ValueError("a client is listed twice")
        return cls(
            names=names,
            labels=tuple(row.label for row in ordered),
            connected=np.array([row.connected for row in ordered], dtype=np.bool_),
            tags=_index(row.tags for row in ordered),
            teams=_index(((row.team,) if row.team else ()) for row in ordered),
        )


@dataclass(frozen=True, slots=True)
class Programs:
    """What can be opened at a client.

    Attributes:
        names: their keys, such as "payroll"; at most 64.
        labels: by id, for each language ("sv", "en") what people call it.
        package: the mask of the bureau package: what may be granted and removed at all.
    """

    names: Names
    labels: tuple[Mapping[str, str], ...]
    package: int

    @classmethod
    def build(cls, rows: Iterable[Program]) -> Programs:
        """From rows in any order, each key once."""
        ordered = sorted(rows, key=lambda row: row.key)
        names = Names(row.key for row in ordered)
        if len(names) != len(ordered):
            raise ValueError("a program is listed twice")
        return cls(
            names=names,
            labels=tuple(row.labels for row in ordered),
            package=mask_of(names.id(row.key) for row in ordered if row.in_package),
        )


@dataclass(frozen=True, slots=True)
class Consultant:
    """One row of the register; the attributes are those of Consultants."""

    key: str
    label: str
    active: bool = True
    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Client:
    """One row of the register; the attributes are those of Clients."""

    key: str
    label: str
    connected: bool = True
    tags: tuple[str, ...] = ()
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """One row of the register; the attributes are those of Programs."""

    key: str
    labels: Mapping[str, str] = field(default_factory=dict)
    in_package: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """Everything that has a name.

    Attributes:
        bureau: its key.
        label: its name.
        timezone: IANA name; dates in the YAML are days there.
        consultants: the persons.
        clients: the companies.
        programs: what can be opened.
    """

    bureau: str
    label: str
    timezone: str
    consultants: Consultants
    clients: Clients
    programs: Programs

    @property
    def shape(self) -> Shape:
        """The size of the grid."""
        return Shape(len(self.consultants.names), len(self.clients.names), len(self.programs.names))


def _index(rows: Iterable[Iterable[str]]) -> dict[str, Ids]:
    """For each word the numbers of the rows that have it, ascending and unique."""
    found: dict[str, list[int]] = {}
    for number, words in enumerate(rows):
        for word in words:
            numbers = found.setdefault(word, [])
            if not numbers or numbers[-1] != number:
                numbers.append(number)
    return {word: np.array(found[word], dtype=np.int64) for word in sorted(found)}
