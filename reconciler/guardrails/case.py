"""What a guardrail sees, and what it may answer: values only.

A guardrail is a function from a `Case`: what the bureau has, what the rules want, and what a plan would change.
It answers with `Hold`s (changes that it forbids), `Violation`s (what it finds) or `Refusal`s (the plan is too much
as a whole). It decides by these alone, so that the same YAML, state, day and rights give the same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from reconciler.errors import Message
from reconciler.grid import Access, alike, cover, only
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Desired
    from reconciler.grid import Block, Change, Half, Register
    from reconciler.rights import Operator, Reason


@dataclass(frozen=True, eq=False)
class Case:
    """What a plan would change, with all that a guardrail may need to judge it.

    Attributes:
        register: the names behind the ids.
        desired: what the YAML says; `desired.guardrails` are the guardrails.
        have: all access that there is, programs that are not managed included.
        operator: who would do it.
        others: the other operators, None where the backend does not tell.
        date: the day that the plan is for.
        half: the half of the plan that is asked for; None for both. What the other half would change is not here.
        give: pairs that would be given access, with the programs that they get.
        add: pairs that have access, with the programs that would be added.
        remove: pairs that keep their access, with the programs that would be removed.
        take: pairs that would lose access, with the managed programs that go with it.
        unjudged: what guardrails hold back because they could not judge it.
    """

    register: Register
    desired: Desired
    have: Access
    operator: Operator
    others: tuple[Operator, ...] | None
    date: dt.date
    half: Half | None
    give: Access
    add: Access
    remove: Access
    take: Access
    unjudged: tuple[Hold, ...] = ()

    @cached_property
    def grants(self) -> Access:
        """The programs that would be granted, at pairs with access and at new ones (mask 0: access alone)."""
        return self.give.union(self.add)

    @cached_property
    def after(self) -> Access:
        """All access that there would be afterwards, programs that are not managed included."""
        have = self.have
        keep = np.ones(len(have), dtype=np.bool_)
        keep[_rows_of(have, self.take)[0]] = False
        masks = have.masks.copy()
        rows, held = _rows_of(have, self.remove)
        masks[rows] &= ~self.remove.masks[held]
        left = Access(have.shape, have.keys, masks).where(keep)
        return left.union(self.grants) if len(self.grants) else left


def _rows_of(state: Access, of: Access) -> tuple[np.ndarray, np.ndarray]:
    """Which rows of a state the pairs of another are, and which of those pairs it has."""
    at, found = find(state.keys, of.keys)
    return at[found], found


class Hold(NamedTuple):
    """Changes that a guardrail forbids; the rest of the plan goes on.

    Attributes:
        change: the kind of change that they are of.
        reason: why.
        guardrail: its name in the YAML; "" where its kind has no names.
        rows: pairs with the programs that it is about. A whole row of `give` holds the access back with its
            programs, part of one only those programs; any row of `take` keeps the access, and of its programs
            those of the mask, while the others still go.
        why: what kept the guardrail from judging, so that it had to forbid; None where it judged.
    """

    change: Change
    reason: Reason
    guardrail: str
    rows: Access
    why: Message | None = None


Holding: TypeAlias = Callable[[Case], Iterable[Hold]]
"""A guardrail that holds changes back."""


class Fate(StrEnum):
    """What becomes of a violation with this plan."""

    REMOVED = "removed"
    """The plan ends it."""
    BLOCKED = "blocked"
    """It should end, and what would end it is blocked."""
    LEFT = "left"
    """It would end with the other half of the plan, which was not asked for."""
    WANTED = "wanted"
    """The rules themselves give it: it lasts until they change."""
    LASTS = "lasts"
    """Nothing in the rules ends it: it was given otherwise, and is left as it is."""
    WAIVED = "waived"
    """A waiver accepts it."""
    HELD = "held"
    """It is a change, and it is held back."""
    WARNED = "warned"
    """It is a change, and the plan makes it all the same."""


class Kind(StrEnum):
    """Which guardrail a violation is of."""

    DENIAL = "denial"
    NEVER_TOGETHER = "never-together"
    REQUIREMENT = "requirement"
    EXPRESSION = "expression"


_FEW = 300
"""Pairs of a violation up to which the fewest blocks are looked for."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The waiver that accepts a finding.

    Attributes:
        waiver: its name.
        reason: why.
        approved_by: who accepted it.
        until: its last day.
    """

    waiver: str
    reason: str
    approved_by: str
    until: dt.date


@dataclass(frozen=True, slots=True)
class Violation:
    """What a guardrail finds in what the bureau has, or in what the plan leaves.

    Attributes:
        kind: of the guardrail.
        guardrail: its name in the YAML.
        fate: what becomes of it.
        message: what is wrong.
        reason: what the YAML says why; "" where it does not say.
        blocks: where, exactly; mask 0 is access without programs.
        cells: how many cells that is.
        waiver: what accepts it; None where nothing does.
    """

    kind: Kind
    guardrail: str
    fate: Fate
    message: Message
    reason: str
    blocks: tuple[Block, ...]
    cells: int
    waiver: Accepted | None = None

    @property
    def programs(self) -> int:
        """The mask of all programs that it is about."""
        return reduce(or_, (block.mask for block in self.blocks), 0)

    @classmethod
    def of(
        cls,
        kind: Kind,
        guardrail: str,
        fate: Fate,
        message: Message,
        rows: Access,
        *,
        reason: str = "",
        waiver: Accepted | None = None,
    ) -> Violation:
        """A violation at pairs with programs; mask 0 is access alone."""
        # few blocks are for a reader, and nobody reads thousands of pairs
        blocks = cover(rows, only(rows)) if len(rows) <= _FEW else alike(rows)
        return cls(
            kind,
            guardrail,
            fate,
            message,
            reason,
            blocks,
            rows.cells + int(np.count_nonzero(rows.masks == 0)),
            waiver,
        )


Finding: TypeAlias = Callable[[Case], Iterable[Violation]]
"""A guardrail that looks at a plan when all is decided."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guardrail that forbids the plan as a whole.

    Attributes:
        guardrail: the name of the limit in the YAML, and of `--allow`.
        figure: what the plan has; exactly this may be allowed.
        limit: what may be.
        told: what is too much, in a sentence.
    """

    guardrail: str
    figure: int
    limit: int
    told: Message

    @property
    def message(self) -> Message:
        """What it says, with the way past it."""
        return Message(
            "{guardrail}: {told}; if that is meant, say so with {flag}",
            guardrail=self.guardrail,
            told=self.told,
            flag=f"--allow {self.guardrail}={self.figure}",
        )
