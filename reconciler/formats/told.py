"""What every format tells alike of the blocks of a plan: on which ground, by which rules, and who could do them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reconciler.desired.values import RuleKind, Standing
from reconciler.formats.safe import short
from reconciler.plan import Change, Half
from reconciler.plan.grounds import Ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.desired import Rule
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Operation, Plan
    from reconciler.rights import Operator


class Because(NamedTuple):
    """Why a block changes.

    Attributes:
        ground: what kind of reason it is.
        rules: those that say so; empty where none does. With Ground.NONE, those that gave it before.
    """

    ground: Ground
    rules: list[Rule]


def because(plan: Plan, change: Change, rules: Sequence[int], consultants: Sequence[int]) -> Because:
    """Which rules say so; for a removal, why no rule gives it any more.

    Args:
        plan: that the block is of.
        change: what happens.
        rules: the numbers of the rules of the block.
        consultants: of the block.
    """
    named = [plan.rules[rule] for rule in rules]
    if change.half is Half.GRANTS:
        return Because(Ground.RULE, named)
    if forbidding := [rule for rule in named if rule.kind is RuleKind.DENIAL]:
        return Because(Ground.FORBIDDEN, forbidding)
    if former := [rule for rule in named if rule.standing is Standing.FORMER]:
        return Because(Ground.NONE, former)
    active = plan.register.consultants.active
    if not any(active[i] for i in consultants):
        return Because(Ground.LEFT, [])
    return Because(Ground.ENDED if named else Ground.NONE, named)


def goes_along(plan: Plan, operation: Operation) -> int:
    """The mask of the programs that are not managed and go along with the accesses that an operation removes."""
    along, taken = plan.changes.along, plan.changes.allowed.get(Change.REMOVE_ACCESS)
    if operation.change is not Change.REMOVE_ACCESS or along is None or taken is None:
        return 0
    keys = operation.block.keys(taken.shape)
    return int(np.bitwise_or.reduce(along.masks_at(keys[taken.masks_at(keys)[1]])[0], initial=0))


def rule_told(rule: Rule, say: Catalogue) -> str:
    """A rule with its reason and its end."""
    facts = [short(rule.reason)] if rule.reason else []
    if rule.until:
        facts.append(say("until {date}", date=rule.until))
    return f"{short(rule.name)} ({'; '.join(facts)})" if facts else short(rule.name)


def who_could(plan: Plan, could: Sequence[str] | None, reason: str) -> list[Operator] | None:
    """The operators who could do what is blocked for such a reason; None where nobody can tell, or nobody ever could."""
    if could is None or not reason.startswith("needs-"):
        return None
    others = {other.key: other for other in plan.others or ()}
    return [others[key] for key in could]
