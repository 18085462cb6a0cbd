"""A plan that several operators carry out together: one look at the bureau, and a part for each who is needed.

    together they may ─ changes (guardrails, rights) ─ route ─ a part for each: its blocks ─ the whole

The whole is a plan like any other, for all of them as one operator: what is blocked there none of them may do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from reconciler.grid import PAIR_CHANGES, Access, Change
from reconciler.guardrails.together import never_together
from reconciler.plan.build import AHEAD, assemble
from reconciler.plan.changes import changes
from reconciler.plan.holds import hold_back
from reconciler.plan.operations import operations
from reconciler.plan.route import route
from reconciler.plan.values import Changes, Operation, Plan, summarise
from reconciler.plan.within import within
from reconciler.rights import together

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.desired import Desired
    from reconciler.grid import Half
    from reconciler.guardrails import Case
    from reconciler.plan.current import Current
    from reconciler.rights import Operator


class Part(NamedTuple):
    """What one operator does of a joint plan.

    Attributes:
        number: the place of the operator among those that were asked about.
        plan: for that operator alone: its changes and operations, and nothing that is not its own.
    """

    number: int
    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class JointPlan:
    """A plan of several operators.

    Attributes:
        whole: what they do together; its operations are those of the parts, one part after the other.
        parts: in the order in which they are carried out.
    """

    whole: Plan
    parts: tuple[Part, ...]


def build_joint(
    desired: Desired,
    current: Current,
    date: dt.date,
    operators: Sequence[Operator],
    *,
    half: Half | None = None,
    ahead: int = AHEAD,
    allow: Mapping[str, int] | None = None,
) -> JointPlan:
    """Plan how the current state becomes the desired one, with the rights of several operators.

    Args:
        desired: what the YAML says on the date, for the register of the current state.
        current: what the backend says; its operator is not looked at, and the others are those who do not act.
        date: the day that the plan is made for.
        operators: who act, in the order in which they are preferred; at least one.
        half: the grants or the removals alone; None for both.
        ahead: name the assignments that end within so many days.
        allow: by name of a limit the figure that is meant, although it is over the limit.

    Returns:
        The plan; the same for the same input. With as few parts as there can be: see `route`.
    """
    everybody = together(operators)
    current = replace(current, operator=everybody)
    found, case = changes(desired, current, date, half)
    routes = route(found.allowed, operators)
    cases = [_case(case, operators[one.operator], one.allowed) for one in routes]
    todo = [operations(one) for one in cases]
    acting = together([one.operator for one in cases]) if cases else everybody
    whole = assemble(found, case, tuple(_joined(todo)), current, ahead=ahead, allow=allow or {})
    whole = replace(whole, operator=acting, parts=tuple(map(len, todo)))
    return JointPlan(
        whole,
        tuple(
            Part(one.operator, _part(whole, one.allowed, mine, of.operator))
            for one, mine, of in zip(routes, todo, cases, strict=True)
        ),
    )


def split(whole: Plan) -> JointPlan:
    """A plan of several operators that was kept as one, in its parts again.

    No two parts change the same cell, and a block of one covers nothing that another one changes: so what a part does
    is what its blocks cover of all changes. Which of the operators that were asked about does a part is not known any
    more: they are numbered in the order of the parts.
    """
    parts, start = [], 0
    for number, (operator, count) in enumerate(zip(whole.operator.each, whole.parts, strict=False)):
        todo = whole.operations[start : start + count]
        mine = tuple(replace(one, after=tuple(after - start for after in one.after)) for one in todo)
        parts.append(Part(number, _part(whole, _covered(whole, mine), mine, operator)))
        start += count
    return JointPlan(whole, tuple(parts))


def _covered(whole: Plan, todo: Sequence[Operation]) -> dict[Change, Access]:
    """What operations do of all that a plan changes."""
    covered = {}
    for change, every in whole.changes.allowed.items():
        blocks = (replace(one.block, mask=one.programs) for one in todo if one.change is change)
        mine = Access.from_blocks(every.shape, blocks)
        rows = every.inside(mine)
        if change not in PAIR_CHANGES:
            masks = rows.masks & mine.masks_at(rows.keys)[0]
            rows = Access(rows.shape, rows.keys, masks).where(masks != 0)
        covered[change] = rows
    return covered


class Resumed(NamedTuple):
    """What is left of a part, at a fresh look.

    Attributes:
        plan: what may be done now of what was approved.
        waiting: by kind, what was approved and is blocked now; maybe only until another part is done.
    """

    plan: Plan
    waiting: Mapping[Change, Access]


def resume_part(
    desired: Desired, current: Current, date: dt.date, approved: Mapping[Change, Access], half: Half | None
) -> Resumed:
    """What an operator may do now of what was approved: planned anew, and no more than that.

    Args:
        desired: what the YAML says on the date, for the register of the current state.
        current: what the backend says now, to this operator.
        date: the day that the plan is made for.
        approved: by kind, in the ids of this register.
        half: as the plan was asked for.
    """
    found, case = changes(desired, current, date, half)
    case = _case(case, current.operator, within(found.allowed, approved))
    # a removal that a grant counts on may not be among what was approved
    case, held = hold_back(case, (never_together,))
    allowed = {
        Change.GIVE_ACCESS: case.give,
        Change.ADD_PROGRAMS: case.add,
        Change.REMOVE_PROGRAMS: case.remove,
        Change.REMOVE_ACCESS: case.take,
    }
    plan = assemble(found, case, operations(case), current, ahead=-1, allow={})
    nothing = Access.empty(current.register.shape)
    blocked = dict.fromkeys(Change, nothing)
    for why, rows in (*found.blocked.items(), *held.items()):
        blocked[why.change] = blocked[why.change].union(rows)
    return Resumed(_part(plan, allowed, plan.operations, current.operator), within(blocked, approved))


def _case(case: Case, operator: Operator, allowed: Mapping[Change, Access]) -> Case:
    """What one operator will really do."""
    return replace(
        case,
        operator=operator,
        give=allowed[Change.GIVE_ACCESS],
        add=allowed[Change.ADD_PROGRAMS],
        remove=allowed[Change.REMOVE_PROGRAMS],
        take=allowed[Change.REMOVE_ACCESS],
    )


def _joined(parts: Sequence[Sequence[Operation]]) -> Iterator[Operation]:
    """The operations of all parts; what they wait for is counted through."""
    start = 0
    for part in parts:
        for operation in part:
            yield replace(operation, after=tuple(start + number for number in operation.after))
        start += len(part)


def _part(
    whole: Plan, allowed: Mapping[Change, Access], todo: tuple[Operation, ...], operator: Operator
) -> Plan:
    """The plan of one operator: what the whole says about anything else stays with the whole."""
    found = Changes(allowed, {}, Access.empty(whole.register.shape), whole.changes.along)
    return replace(
        whole,
        operator=operator,
        changes=found,
        operations=todo,
        blocked=(),
        unmanaged=(),
        ending=(),
        ending_waivers=(),
        violations=(),
        refusals=(),
        findings=(),
        summary=summarise(found),
        parts=(),
    )
