"""Drift: how the bureau differs from the YAML, by who made each difference and when. Values; `origins` finds them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from reconciler.grid import Block
    from reconciler.plan.grounds import Ground
    from reconciler.plan.values import Plan
    from reconciler.rights import Reason


class Kind(StrEnum):
    """How the bureau differs from the YAML."""

    GIVEN = "given"
    """The bureau has what the YAML does not want."""
    REMOVED = "removed"
    """The bureau lacks what the YAML wants, and somebody took it."""
    MISSING = "missing"
    """The bureau lacks what the YAML wants, and nobody is known to have taken it: it may never have been there."""
    UNMANAGED = "unmanaged"
    """The bureau has what no rule mentions, and the YAML lets it stand."""


class Through(StrEnum):
    """Through what a difference came about."""

    OPERATION = "operation"
    """An operation of the bureau, by somebody who is named."""
    OUTSIDE = "outside"
    """No operation, as where the bureau's data is loaded."""
    UNKNOWN = "unknown"
    """The backend does not tell."""


class Told(StrEnum):
    """Whether the backend told who did what."""

    TOLD = "told"
    NOT_OFFERED = "not-offered"
    """It does without a history."""
    TOO_MANY = "too-many"
    """There are too many differences to ask about each."""


class Origin(NamedTuple):
    """Who made a difference, and when.

    Attributes:
        through: through what; where it is no operation, nobody is named.
        key: of the operator.
        label: its name.
        run: the run that it belonged to; "" for none.
        day: in the bureau's time zone; None where nobody knows.
    """

    through: Through
    key: str = ""
    label: str = ""
    run: str = ""
    day: dt.date | None = None


NOBODY = Origin(Through.UNKNOWN)
"""Nobody knows who it was, or when."""


class Obstacle(NamedTuple):
    """Why apply does not put a difference right.

    Attributes:
        reason: as in `Blocked`.
        guardrail: likewise.
        could: likewise.
    """

    reason: Reason
    guardrail: str
    could: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Drifted:
    """A block of differences that are alike.

    Attributes:
        kind: how the bureau differs.
        access: whether access to the client itself does, with the programs of the block.
        origin: who made it, and when.
        ground: why the YAML wants it, or does not.
        obstacle: why apply does not put it right; None where it does, or leaves it on purpose.
        block: exactly the pairs and programs.
        cells: how many cells that is.
        rules: numbers of the rules that say so.
    """

    kind: Kind
    access: bool
    origin: Origin
    ground: Ground
    obstacle: Obstacle | None
    block: Block
    cells: int
    rules: tuple[int, ...]


class Figures(NamedTuple):
    """How much differs in one way.

    Attributes:
        accesses: pairs where access itself does.
        programs: cells of programs that do.
    """

    accesses: int
    programs: int


@dataclass(frozen=True, eq=False)
class Drift:
    """What was changed behind the YAML's back.

    Attributes:
        plan: what would put it right.
        items: the differences; those of one origin stand together.
        figures: of each kind of difference.
        blocked: cells of differences that apply does not put right.
        told: whether the backend told who did what.
        since: only what was changed on this day or later; None for whenever.
        older: cells of differences that are older, or of which nobody knows since when; left out.
        unmanaged_too: whether what no rule mentions counts.
    """

    plan: Plan
    items: tuple[Drifted, ...]
    figures: Mapping[Kind, Figures]
    blocked: int
    told: Told
    since: dt.date | None
    older: int
    unmanaged_too: bool

    @property
    def in_sync(self) -> bool:
        """Whether nothing that was asked about differs; of all times, no guardrail may be broken either."""
        return not self.items and (self.since is not None or self.plan.in_sync)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about drift.

    Attributes:
        since: only what was changed on this day or later; None for whenever.
        unmanaged_too: whether what no rule mentions counts.
    """

    since: dt.date | None = None
    unmanaged_too: bool = True
