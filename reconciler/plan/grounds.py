"""Why a cell is or is not desired: one word for each, for whoever explains a pair or lists who has what.

    not managed ─ a rule gives it ─ a denial forbids it ─ the consultant has left ─ what gave it has ended ─ no rule

The first that fits is the ground. It must agree with `resolve` cell by cell: what a rule gives is what is desired.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.values import RuleKind, Standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from reconciler.desired import Desired, Rule
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags, Keys, Masks


class Ground(StrEnum):
    """Why a cell is or is not desired."""

    RULE = "rule"
    """A rule in force gives it, and nothing forbids it."""
    FORBIDDEN = "forbidden"
    """A denial in force forbids it, whatever gives it."""
    LEFT = "left"
    """The consultant has left the bureau."""
    ENDED = "ended"
    """A rule gave it and has ended."""
    NONE = "none"
    """No rule mentions it."""
    UNMANAGED = "unmanaged"
    """Outside of what the YAML manages, or of the bureau package."""


GROUNDS: tuple[Ground, ...] = tuple(Ground)
"""In the order in which they are told of; the numbers of `grounds` count in it."""


def grounds(desired: Desired, register: Register, keys: Keys, masks: Masks) -> NDArray[np.intp]:
    """The ground of each cell.

    Args:
        desired: what the rules say; whole, or of a part that the cells lie in.
        register: who is still there.
        keys: of pairs, any order.
        masks: beside them one program each; 0 for access itself.

    Returns:
        For each cell an index into GROUNDS.
    """
    stride = max(register.shape.consultants, 1)
    people = keys % stride
    access = masks == 0

    def among(held: Masks, there: Flags) -> Flags:
        """Whether the cell is one of these."""
        hit: Flags = np.where(access, there, held & masks != 0)
        return hit

    scope = desired.scope
    outside = masks & ~np.uint64(scope.programs) != 0
    denied = desired.denied_programs.masks_at(keys)[0] & masks != 0
    forbidden = desired.denied_pairs.masks_at(keys)[1] | denied
    reached = scope.holds(keys, register.shape)
    if scope.waits:
        reached |= forbidden & scope.forbids(keys, register.shape)
    managed = reached & ~outside
    rules = (
        (Ground.UNMANAGED, ~managed),
        (Ground.RULE, among(*desired.access.masks_at(keys))),
        (Ground.FORBIDDEN, forbidden),
        (Ground.LEFT, ~register.consultants.active[people]),
        (Ground.ENDED, among(*desired.ended.masks_at(keys))),
    )
    numbers = [np.intp(GROUNDS.index(ground)) for ground, _ in rules]
    return np.select([fits for _, fits in rules], numbers, np.intp(GROUNDS.index(Ground.NONE)))


def speaks(rule: Rule, ground: Ground) -> bool:
    """Whether a rule that covers a cell is one of those that its ground is about."""
    match ground:
        case Ground.RULE:
            return rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE
        case Ground.FORBIDDEN:
            return rule.kind is RuleKind.DENIAL and rule.standing is Standing.IN_FORCE
        case Ground.ENDED:
            return rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.ENDED
        case Ground.LEFT | Ground.NONE | Ground.UNMANAGED:
            return False


def lasting(rules: Iterable[Rule]) -> tuple[dt.date | None, dt.date | None]:
    """The first and the last day of what several rules together say; None where a day does not bound it."""
    said: Sequence[Rule] = tuple(rules)
    starts, ends = [rule.start for rule in said], [rule.until for rule in said]
    since = min((day for day in starts if day), default=None) if None not in starts else None
    until = max((day for day in ends if day), default=None) if None not in ends else None
    return since, until
