"""The plan as a value. It knows nothing of how it is printed, sent or stored.

Blocks hold dense ids; the register beside them knows the names. Cells are counted alike everywhere:
access to a client is one cell, each program there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reconciler.grid import PAIR_CHANGES, Access, Change, Half
from reconciler.guardrails import Fate

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from reconciler.desired import Rule
    from reconciler.errors import Finding, Position
    from reconciler.grid import Block, Register
    from reconciler.guardrails import Refusal, Violation
    from reconciler.rights import Operator, Reason


class Why(NamedTuple):
    """What makes blocked changes alike.

    Attributes:
        change: what would happen.
        reason: why it does not.
        guardrail: the name in the YAML of the guardrail that forbids it; "" where its kind has no names.
    """

    change: Change
    reason: Reason
    guardrail: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Every change, with its verdict.

    Attributes:
        allowed: by kind, the pairs with the programs that change.
        blocked: by kind, reason and guardrail, likewise; disjoint from what is allowed.
        unmanaged: what is held, wanted by no rule, and left alone; nothing in a plan whose YAML keeps it without a word.
        along: of pairs that lose access, the programs that are not managed and go with it; maybe of pairs
            that are blocked, too. None where nothing goes.
    """

    allowed: Mapping[Change, Access]
    blocked: Mapping[Why, Access]
    unmanaged: Access
    along: Access | None = None

    def only(self, half: Half) -> Changes:
        """The grants or the removals alone."""
        return Changes(
            {change: rows for change, rows in self.allowed.items() if change.half is half},
            {why: rows for why, rows in self.blocked.items() if why.change.half is half},
            self.unmanaged,
            self.along,
        )

    def goes_along(self) -> Access:
        """What goes along with the accesses that really are removed."""
        taken = self.allowed.get(Change.REMOVE_ACCESS)
        if self.along is None or taken is None:
            return Access.empty(self.unmanaged.shape)
        return self.along.inside(taken)


def count_cells(change: Change, rows: Access) -> int:
    """How many cells a change of these rows touches."""
    return rows.cells + (len(rows) if change in PAIR_CHANGES else 0)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation over one block: allowed, and to be done.

    Attributes:
        change: what happens.
        block: what is sent; its mask is what is granted or removed, 0 for removing access.
        pairs: how many pairs really change; the others of the block are so already.
        cells: how many cells really change.
        programs: the mask of the programs that really change at some pair; where access is removed, of
            those that go with it.
        rules: numbers of the rules that say so, ascending; empty where it is what no rule mentions.
        after: numbers of the operations before it that must have done all that they say; otherwise it is not sent.
    """

    change: Change
    block: Block
    pairs: int
    cells: int
    programs: int
    rules: tuple[int, ...]
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block of changes that the operator may not make, or that cannot be made.

    Attributes:
        change: what would happen.
        reason: why it does not.
        guardrail: the name in the YAML of the guardrail that forbids it; "" where its kind has no names.
        block: exactly the pairs and programs that are blocked. Where access would be given or removed, the
            access to the client is blocked along with the programs of the mask.
        cells: how many cells that is.
        could: keys of the operators who could do all of it, None where the backend does not tell.
        rules: numbers of the rules that say so.
    """

    change: Change
    reason: Reason
    guardrail: str
    block: Block
    cells: int
    could: tuple[str, ...] | None
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A block of access that no rule mentions and that is left as it is.

    Attributes:
        block: pairs and programs; mask 0 where it is access alone.
    """

    block: Block


@dataclass(frozen=True, slots=True)
class Ending:
    """An assignment in force that ends soon.

    Attributes:
        rule: its number.
        until: its last day.
    """

    rule: int
    until: dt.date


@dataclass(frozen=True, slots=True)
class EndingWaiver:
    """A waiver in force that ends soon.

    Attributes:
        waiver: its name.
        guardrail: the guardrail that it waives.
        until: its last day.
        approved_by: who accepted it.
    """

    waiver: str
    guardrail: str
    until: dt.date
    approved_by: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a plan; all count what really changes.

    Attributes:
        accesses_given: pairs that get access.
        programs_added: program cells granted, also those that come with a new access.
        programs_removed: program cells removed, also those that go with an access.
        accesses_removed: pairs that lose access.
        blocked: cells that are blocked.
        unmanaged: pairs with something that no rule mentions and that is left.
    """

    accesses_given: int
    programs_added: int
    programs_removed: int
    accesses_removed: int
    blocked: int
    unmanaged: int

    @property
    def grants(self) -> int:
        """Cells granted."""
        return self.accesses_given + self.programs_added

    @property
    def removals(self) -> int:
        """Cells removed."""
        return self.accesses_removed + self.programs_removed

    @property
    def changes(self) -> int:
        """Cells that will change."""
        return self.grants + self.removals


@dataclass(frozen=True, eq=False)
class Plan:
    """What would be done, what cannot be, and what is left alone.

    Attributes:
        register: the names behind the ids.
        date: the day that it is made for.
        revision: of the state that it is made from.
        operator: who would do it.
        others: the other operators, None where the backend does not tell.
        rules: those of the YAML; the numbers elsewhere count in it.
        changes: every change with its verdict, by pair; what follows is formed from it.
        operations: in the order of apply.
        blocked: changes that this operator does not get done.
        unmanaged: what no rule mentions, where the YAML wants it reported.
        ending: assignments that end soon.
        ending_waivers: waivers that end soon.
        violations: what guardrails find in what there is, or in what the plan leaves.
        refusals: guardrails that forbid to apply the plan.
        findings: warnings about the YAML, those that guardrails have too.
        summary: the figures.
        other_programs_too: removing access may take programs that are not managed along.
        messages: by name of a policy expression what it says in the bureau's own words, by language.
        sensitive: the mask of programs that the YAML marks as payroll-like.
        parts: where several operators act together, how many of the operations each does, in the order of both.
        places: where guardrails stand in the YAML that the plan mentions, by section and name; see `places`.
    """

    register: Register
    date: dt.date
    revision: str
    operator: Operator
    others: tuple[Operator, ...] | None
    rules: Sequence[Rule]
    changes: Changes
    operations: tuple[Operation, ...]
    blocked: tuple[Blocked, ...]
    unmanaged: tuple[Unmanaged, ...]
    ending: tuple[Ending, ...]
    violations: tuple[Violation, ...]
    refusals: tuple[Refusal, ...]
    findings: tuple[Finding, ...]
    summary: Summary
    other_programs_too: bool
    messages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ending_waivers: tuple[EndingWaiver, ...] = ()
    sensitive: int = 0
    parts: tuple[int, ...] = ()
    places: Mapping[str, Position] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Of its outcome: what is approved. Made when it is first asked for, as a plan may be large."""
        from reconciler.plan.outcome import outcome_digest

        return outcome_digest(self)

    @property
    def in_sync(self) -> bool:
        """Whether current access is what the YAML says, as far as it says anything, and breaks no guardrail."""
        lasts = any(violation.fate in (Fate.WANTED, Fate.LASTS) for violation in self.violations)
        return not self.operations and not self.blocked and not lasts

    def only(self, half: Half | None) -> Plan:
        """The grants or the removals of this plan alone; all of it for None."""
        if half is None:
            return self
        found = self.changes.only(half)
        return replace(
            self,
            changes=found,
            operations=tuple(o for o in self.operations if o.change.half is half),
            blocked=tuple(b for b in self.blocked if b.change.half is half),
            summary=summarise(found),
        )

    def refused(self, refusals: tuple[Refusal, ...]) -> Plan:
        """The same plan, forbidden by these guardrails."""
        return replace(self, refusals=refusals)


def summarise(changes: Changes) -> Summary:
    """The figures of what a plan does and does not do; a cell counts once, however many blocks hold it."""
    allowed = changes.allowed

    def count(half: Half, *, pairs: bool) -> int:
        parts = [(change, rows) for change, rows in allowed.items() if change.half is half]
        return sum(
            len(rows) if pairs else rows.cells
            for change, rows in parts
            if not pairs or change in PAIR_CHANGES
        )

    return Summary(
        accesses_given=count(Half.GRANTS, pairs=True),
        programs_added=count(Half.GRANTS, pairs=False),
        programs_removed=count(Half.REMOVALS, pairs=False),
        accesses_removed=count(Half.REMOVALS, pairs=True),
        blocked=sum(count_cells(change, rows) for (change, *_), rows in changes.blocked.items()),
        unmanaged=len(changes.unmanaged),
    )
