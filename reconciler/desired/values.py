"""What `resolve` returns: plain frozen values over arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.guardrails import Guardrails

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from reconciler.errors import Finding, Position
    from reconciler.grid import Access, Shape
    from reconciler.grid.arrays import Flags, Ids, Keys, Masks


class Unlisted(StrEnum):
    """What becomes of access that no rule gives."""

    REMOVE = "remove"
    REPORT = "report"
    KEEP = "keep"


class RuleKind(StrEnum):
    """What a rule does."""

    ASSIGNMENT = "assignment"
    DENIAL = "denial"


class Standing(StrEnum):
    """A rule on the day of the plan."""

    AHEAD = "ahead"
    """It has not started yet, and covers nothing."""
    IN_FORCE = "in-force"
    ENDED = "ended"
    FORMER = "former"
    """It stands in what a change of the YAML is compared with; no rule of now is."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, without what it covers: that is in `Sources`.

    Attributes:
        name: unique within its kind.
        kind: what it does.
        position: where its name stands.
        start: its first day, None where it has always been in force.
        until: its last day, None where it does not end.
        reason: why; "" where it does not say.
        previously: its name before; "" where it had none.
        standing: on the day that was asked for.
        ticket: the case that it was agreed in; "" where it does not say.
    """

    name: str
    kind: RuleKind
    position: Position
    start: date | None
    until: date | None
    reason: str
    previously: str
    standing: Standing
    ticket: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What the policy manages; outside of it nothing is given or removed.

    Attributes:
        consultants: by id.
        clients: by id.
        programs: a mask within the bureau package.
        old_consultants: by id, the old keys beside whose new ones they wait: only denials reach them.
        old_clients: likewise.
    """

    consultants: Flags
    clients: Flags
    programs: int
    old_consultants: Flags | None = None
    old_clients: Flags | None = None

    @property
    def waits(self) -> bool:
        """Whether there are old keys that denials reach."""
        return self.old_consultants is not None or self.old_clients is not None

    def holds(self, keys: Keys, shape: Shape) -> Flags:
        """For each pair, whether it is managed."""
        stride = max(shape.consultants, 1)
        inside: Flags = self.consultants[keys % stride] & self.clients[keys // stride]
        return inside

    def forbids(self, keys: Keys, shape: Shape) -> Flags:
        """For each pair, whether denials reach it: it is managed, or of an old key."""
        if not self.waits:
            return self.holds(keys, shape)
        people = self.consultants if self.old_consultants is None else self.consultants | self.old_consultants
        companies = self.clients if self.old_clients is None else self.clients | self.old_clients
        return Scope(people, companies, self.programs).holds(keys, shape)

    def within(self, consultants: Flags | None, clients: Flags | None) -> Scope:
        """The part of it at some consultants and clients; None for all."""
        return Scope(
            _both(self.consultants, consultants),
            _both(self.clients, clients),
            self.programs,
            None if self.old_consultants is None else _both(self.old_consultants, consultants),
            None if self.old_clients is None else _both(self.old_clients, clients),
        )


def _both(flags: Flags, others: Flags | None) -> Flags:
    return flags if others is None else flags & others


@dataclass(frozen=True, slots=True)
class Renames:
    """Names that the policy knows as the new names of what the register (still) calls otherwise.

    Attributes:
        consultants: new key to old, where the register has the old key only: the new one means it.
        clients: likewise.
        teams: likewise, by `previously` of a team.
        rules: new name to old, by `previously` of a rule.
        waiting_consultants: old keys whose new key is in the register too: left alone until the rename is deleted.
        waiting_clients: likewise.
    """

    consultants: Mapping[str, str] = field(default_factory=dict)
    clients: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    waiting_consultants: tuple[str, ...] = ()
    waiting_clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Which rules cover what: one row for each pair and rule.

    Rules that are ahead have theirs apart, in `Desired.ahead`. Within a pair rows are in the order of the rules.

    Attributes:
        keys: of pairs, sorted, not unique.
        masks: beside them: what the rule gives or denies there; 0 where it is about the pair itself only.
        rules: beside them: index into `Desired.rules`.
        denials: the index of the first denial in `Desired.rules`.
    """

    keys: Keys
    masks: Masks
    rules: Ids
    denials: int

    def rules_at(self, keys: Keys, masks: Masks) -> list[tuple[int, ...]]:
        """For each row asked for, the rules that cover any of its programs, or the pair itself.

        Args:
            keys: of pairs, any order.
            masks: beside them; 0 asks for access itself: every rule of the pair that gives or denies it.

        Returns:
            Indexes into `Desired.rules`, ascending; a denial of access covers every program of its pair.
        """
        return _grouped(*self.covering(keys, masks), len(keys))

    def covering(self, keys: Keys, masks: Masks) -> tuple[Ids, Ids]:
        """The same as two columns: the place of each row that was asked for, ascending, and a rule of it."""
        asked, rows = self.rows_at(keys)
        wanted = masks[asked]
        denial = self.rules[rows] >= self.denials
        whole = denial & (self.masks[rows] == 0)
        access = (wanted == 0) & ~(denial & (self.masks[rows] != 0))
        hit = (self.masks[rows] & wanted != 0) | whole | access
        return asked[hit], self.rules[rows][hit]

    def rows_at(self, keys: Keys) -> tuple[Ids, Ids]:
        """Every row of pairs, in any order: the place of its pair among those asked for, and its own number."""
        first = np.searchsorted(self.keys, keys, side="left")
        count = np.searchsorted(self.keys, keys, side="right") - first
        asked = np.repeat(np.arange(len(keys)), count)
        return asked, np.arange(len(asked)) - np.repeat(np.cumsum(count) - count - first, count)


def _no_sources() -> Sources:
    nothing = np.empty(0, dtype=np.int64)
    return Sources(nothing, np.empty(0, dtype=np.uint64), nothing, 0)


def _grouped(owners: Ids, values: Ids, count: int) -> list[tuple[int, ...]]:
    """For each owner 0 to count - 1 its values; owners ascend."""
    ends = np.searchsorted(owners, np.arange(count), side="right").tolist()
    flat, start, groups = values.tolist(), 0, []
    for end in ends:
        groups.append(tuple(flat[start:end]))
        start = end
    return groups


@dataclass(frozen=True, slots=True, eq=False)
class Desired:
    """What the policy says about one register on one day.

    Attributes:
        access: D: the assignments in force, less the denials in force; only consultants who are active,
            programs of the package, and what is inside the scope.
        denied_pairs: pairs on which access itself is denied, where the scope lets denials reach; masks are 0.
        denied_programs: programs that are denied while the pair stays, likewise.
        ended: what assignments that have ended cover, and all that rules give to consultants who have left.
        scope: what the policy manages.
        unlisted: what becomes of access that no rule gives.
        other_programs: whether removing access may take programs outside the bureau package along.
        rules: assignments, then denials, each by name.
        sources: which rules cover what.
        renames: which names stand for others.
        findings: warnings.
        ahead: which rules that have not started yet will cover what.
        guardrails: those that the policy sets itself.
        reach: for each rule how many pairs it gives, the whole register counted; None where no guardrail asks.
        focus: of whom and what alone there is to be a plan, a flag per consultant id and per client id; None for all.
        sensitive: the mask of programs that are payroll-like; those outside the bureau package too.
    """

    access: Access
    denied_pairs: Access
    denied_programs: Access
    ended: Access
    scope: Scope
    unlisted: Unlisted
    other_programs: bool
    rules: Sequence[Rule]
    sources: Sources
    renames: Renames
    findings: tuple[Finding, ...]
    ahead: Sources = field(default_factory=_no_sources)
    guardrails: Guardrails = field(default_factory=Guardrails)
    reach: Ids | None = None
    focus: tuple[Flags | None, Flags | None] = (None, None)
    sensitive: int = 0
