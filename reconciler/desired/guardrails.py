"""The guardrails that the YAML sets, as values; what they mean is in the room `guardrails`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.errors import Position
    from reconciler.grid import Half
    from reconciler.grid.arrays import Flags, Ids, Masks

EVERY_PROGRAM = 0xFFFF_FFFF_FFFF_FFFF
"""The mask of all programs, those outside the package too."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number, or a part of something in percent.

    Attributes:
        number: of things, or of hundredths.
        percent: which of the two.
    """

    number: float
    percent: bool = False

    @classmethod
    def of(cls, text: str) -> Amount:
        """From "50" or "2%", as the schema has accepted it."""
        return cls(float(text.removesuffix("%")), text.endswith("%"))

    def limits(self, whole: Ids) -> Ids:
        """How many that is at most of each of these."""
        share = whole / 100 if self.percent else np.ones(len(whole))
        # 29 % of 100 are 29, although 29 × 1.00 is a hair less in binary
        return np.floor(self.number * share + 1e-9).astype(np.int64)

    def limit(self, whole: int) -> int:
        """How many that is at most of so many."""
        return int(self.limits(np.array([whole], dtype=np.int64))[0])


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one plan may do; None where there is no limit.

    Attributes:
        removals: cells that it may remove.
        removals_per_client: cells that it may remove at one client.
        removals_per_consultant: cells that it may remove from one consultant who is still with the bureau.
        grants: cells that it may grant.
        operations: operations that it may consist of.
        consultants_per_client: consultants who must remain at a client that it removes access to.
        system_administrators_per_client: operators with that right who must remain there.
    """

    removals: Amount | None = None
    removals_per_client: Amount | None = None
    removals_per_consultant: Amount | None = None
    grants: int | None = None
    operations: int | None = None
    consultants_per_client: int | None = None
    system_administrators_per_client: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Protected:
    """Access that is never removed.

    Attributes:
        consultants: whose, a flag per id.
        clients: where, a flag per id.
        reason: why; "" where it does not say.
    """

    consultants: Flags
    clients: Flags
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """A set of programs of which nobody may hold all at one client.

    Attributes:
        name: in the YAML.
        programs: the mask.
        reason: why; "" where it does not say.
        position: where its name stands.
    """

    name: str
    programs: int
    reason: str
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Requirement:
    """What a rule must carry before it may grant.

    Attributes:
        name: in the YAML.
        programs: the mask of the programs that it is about; EVERY_PROGRAM where it names none.
        above: it is about rules that give more pairs than this; None for all.
        reason: whether a reason must be given.
        ticket: the pattern that the ticket must match; "" where none is needed.
        until_within: days within which the rule must end, None where it need not.
        position: where its name stands.
    """

    name: str
    programs: int
    above: int | None
    reason: bool
    ticket: str
    until_within: int | None
    position: Position

    @property
    def about_access(self) -> bool:
        """Whether it is about access itself too: it is where it names no programs."""
        return self.programs == EVERY_PROGRAM


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A rule of the bureau's own, in CEL.

    Attributes:
        name: in the YAML.
        half: the half of a plan that it is about; None for both.
        must: what must be exactly true.
        deny: whether it holds back what breaks it; otherwise it only warns.
        message: what it says, by language.
    """

    name: str
    half: Half | None
    must: str
    deny: bool
    message: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Teams:
    """Who and what belongs to which team, as the YAML and the register say together.

    Attributes:
        members: for each team the ids of its consultants, ascending.
        leads: for each team the ids of who leads it, ascending.
        clients: for each team the ids of its clients, ascending.
    """

    members: Mapping[str, Ids] = field(default_factory=dict)
    leads: Mapping[str, Ids] = field(default_factory=dict)
    clients: Mapping[str, Ids] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Waiver:
    """A finding of a guardrail that is accepted, in force on the day of the plan.

    Attributes:
        name: in the YAML.
        guardrail: whose findings.
        consultants: whose, a flag per id.
        clients: where, a flag per id.
        reason: why.
        approved_by: who accepted it.
        until: its last day.
        position: where its name stands.
    """

    name: str
    guardrail: str
    consultants: Flags
    clients: Flags
    reason: str
    approved_by: str
    until: date
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Guardrails:
    """All of them.

    Attributes:
        limits: on the plan as a whole.
        protected: access that is never removed.
        taken_over: by client id the mask of the programs at which what no rule mentions may be removed, access
            itself where that is all of them; None for nothing anywhere.
        never_together: by name.
        require: by name.
        expressions: by name.
        teams: for expressions; empty where there are none.
        waivers: those in force, by name.
        places: where each of them stands in the YAML, denials apart: by the section, a slash and its name.
    """

    limits: Limits = field(default_factory=Limits)
    protected: tuple[Protected, ...] = ()
    taken_over: Masks | None = None
    never_together: tuple[Together, ...] = ()
    require: tuple[Requirement, ...] = ()
    expressions: tuple[Expression, ...] = ()
    teams: Teams = field(default_factory=Teams)
    waivers: tuple[Waiver, ...] = ()
    places: Mapping[str, Position] = field(default_factory=dict)
