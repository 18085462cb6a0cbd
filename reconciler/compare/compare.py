"""Two desired states to a plan, and to what is told of the edits behind it.

The current state of that plan is what the YAML said before, and whoever would make the changes may make all of them:
so what is blocked is blocked by a guardrail or by the bureau, never for lack of a right. Rules that gave what is lost
are named too; they are put behind those of now, with a standing of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.compare.edits import Kind
from reconciler.desired.values import RuleKind, Standing
from reconciler.grid import Access, Half
from reconciler.plan import Current, build
from reconciler.rights import Operator, Rights

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from reconciler.compare.edits import Edit
    from reconciler.desired import Desired, Rule
    from reconciler.errors import Finding
    from reconciler.grid import Block, Change, Register
    from reconciler.grid.arrays import Ids, Keys, Masks
    from reconciler.plan import Plan
    from reconciler.register import Moved


@dataclass(frozen=True, slots=True, eq=False)
class Diff:
    """What a change of the YAML means.

    Attributes:
        base: what it is compared with, as the user named it.
        head: what it becomes, likewise.
        plan: who gains and loses what, from what the YAML said before; it is nothing that could be applied.
        current: what the YAML said before, as if the bureau had it.
        edits: which entries say something else.
        unread: why what it is compared with cannot be read, so that everything counts as new; mostly empty.
        register: how the register differs from the one before; None where there was none, or it is the same.
    """

    base: str
    head: str
    plan: Plan
    current: Current
    edits: tuple[Edit, ...]
    unread: tuple[Finding, ...] = ()
    register: Moved | None = None

    @property
    def changes_access(self) -> bool:
        """Whether anybody gains or loses anything, or would if nothing held it back."""
        return bool(self.plan.operations or self.plan.blocked or self.plan.unmanaged)


def starting(before: Desired | None, register: Register) -> Current:
    """The bureau as if it were what the YAML said before; None for nothing. Whoever would change it may change all."""
    anybody = Operator("", "", None, Rights.everywhere(register.shape.clients))
    access = Access.empty(register.shape) if before is None else before.access
    return Current(register, access, "", anybody, ())


def compare(
    before: Desired | None,
    after: Desired,
    register: Register,
    date: dt.date,
    *,
    half: Half | None = None,
    ahead: int = 14,
    allow: Mapping[str, int] | None = None,
) -> Plan:
    """Who gains and loses what between two desired states.

    Args:
        before: what was desired; None for nothing at all.
        after: what is desired now.
        register: whom and what both are about.
        date: the day.
        half: as for `build`.
        ahead: as for `build`.
        allow: as for `build`.
    """
    plan = build(after, starting(before, register), date, half=half, ahead=ahead, allow=allow)
    return plan if before is None else _with_former(plan, before)


def _with_former(plan: Plan, before: Desired) -> Plan:
    """The plan with the rules that gave what is lost."""
    former = tuple(replace(rule, standing=Standing.FORMER) for rule in before.rules)
    first = len(plan.rules)

    def named(change: Change, rules: tuple[int, ...], block: Block) -> tuple[int, ...]:
        if rules or change.half is Half.GRANTS:
            return rules
        return tuple(first + rule for rule in _gave(before, block.keys(plan.register.shape), block.mask))

    return replace(
        plan,
        rules=(*plan.rules, *former),
        operations=tuple(replace(o, rules=named(o.change, o.rules, o.block)) for o in plan.operations),
        blocked=tuple(replace(b, rules=named(b.change, b.rules, b.block)) for b in plan.blocked),
    )


def _gave(before: Desired, keys: Keys, mask: int) -> list[int]:
    """The rules that gave a block, or any of it, ascending."""
    _, rules = before.sources.covering(keys, np.full(len(keys), mask, dtype=np.uint64))
    return [rule for rule in np.unique(rules).tolist() if _gives(before.rules[rule])]


def _gives(rule: Rule) -> bool:
    return rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE


def judged(edits: Iterable[Edit], before: Desired, after: Desired) -> tuple[Edit, ...]:
    """The edits, each of a rule with whether the rule gives, or forbids, exactly what it did before."""
    was, now = _Reach(before), _Reach(after)

    def same(edit: Edit) -> bool | None:
        kind = _KINDS.get(edit.section)
        if kind is None:
            return None
        one = now.rows(kind, edit.name) if edit.kind is not Kind.GONE else None
        other = was.rows(kind, edit.was) if edit.kind is not Kind.NEW else None
        return _alike(one, other)

    return tuple(replace(edit, same=same(edit)) for edit in edits)


_KINDS = {"access": RuleKind.ASSIGNMENT, "never": RuleKind.DENIAL}


def _alike(one: tuple[Standing, Keys, Masks] | None, other: tuple[Standing, Keys, Masks] | None) -> bool:
    """Whether two rules cover the same, or one that is not there and one that covers nothing."""
    if one is None or other is None:
        there = one or other
        return there is None or len(there[1]) == 0
    return one[0] is other[0] and np.array_equal(one[1], other[1]) and np.array_equal(one[2], other[2])


class _Reach:
    """What each rule of a desired state covers, found by its name."""

    def __init__(self, desired: Desired) -> None:
        self.rules = {(rule.kind, rule.name): number for number, rule in enumerate(desired.rules)}
        self.standing = [rule.standing for rule in desired.rules]
        parts = (desired.sources, desired.ahead)
        numbers = np.concatenate([part.rules for part in parts])
        order = np.argsort(numbers, kind="stable")
        self.numbers: Ids = numbers[order]
        self.keys: Keys = np.concatenate([part.keys for part in parts])[order]
        self.masks: Masks = np.concatenate([part.masks for part in parts])[order]

    def rows(self, kind: RuleKind, name: str) -> tuple[Standing, Keys, Masks] | None:
        """The standing of a rule and what it covers; None where there is no such rule."""
        number = self.rules.get((kind, name))
        if number is None:
            return None
        start, stop = np.searchsorted(self.numbers, [number, number + 1]).tolist()
        return self.standing[number], self.keys[start:stop], self.masks[start:stop]
