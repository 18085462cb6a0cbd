"""What a change of the YAML means: who gains and loses, what of it the operator gets done now, what guardrails say to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.compare import compare
from reconciler.compare.left import only_these
from reconciler.guardrails import Fate
from reconciler.guardrails.expressions.policy import check_names
from reconciler.plan import build

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reconciler.desired import Desired, Policy
    from reconciler.errors import Finding
    from reconciler.guardrails import Violation
    from reconciler.plan import Current, Plan


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What a change of the YAML means.

    Attributes:
        plan: who gains and who loses, from what the YAML said before. What is blocked in it is blocked for this
            operator at the bureau as it is now; refusals, violations and findings are those that the change brings.
        waits: cells of it that the bureau does not have yet: some of it may be so already.
    """

    plan: Plan
    waits: int

    @property
    def changes_access(self) -> bool:
        """Whether anybody gains or loses anything, or would if nothing held it back."""
        return bool(self.plan.operations or self.plan.blocked)


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What the YAML says, resolved.

    Attributes:
        policy: what it says.
        desired: the same, on the day, for the register of the bureau.
    """

    policy: Policy
    desired: Desired


def meaning(before: Side, after: Side, current: Current, on: dt.date) -> Meaning:
    """Compare two states of the YAML, and look at the bureau for what becomes of the difference.

    Args:
        before: what there was.
        after: what it becomes.
        current: what the bureau has.
        on: the day.

    Raises:
        InputError: where an expression names what is not there.
    """
    register = current.register
    was, now = (check_names(side.policy, register, side.desired) for side in (before, after))
    changed = compare(was, now, register, on)
    left = build(only_these(now, changed.changes, current.access), current, on)
    there, then = build(now, current, on), build(was, current, on)
    known = {one.guardrail for one in then.refusals}
    plan = replace(
        changed,
        operator=current.operator,
        others=current.others,
        blocked=left.blocked,
        summary=replace(changed.summary, blocked=left.summary.blocked),
        refusals=tuple(one for one in there.refusals if one.guardrail not in known),
        violations=tuple(_new_violations(there, then)),
        findings=tuple(_new_findings(there, then)),
        messages=there.messages,
        unmanaged=(),
        ending=(),
        ending_waivers=(),
        places=there.places,
    )
    return Meaning(plan, left.summary.changes + left.summary.blocked)


def _new_violations(now: Plan, then: Plan) -> Iterator[Violation]:
    known = {(one.kind, one.guardrail, one.fate, one.blocks) for one in then.violations}
    for one in now.violations:
        if one.fate is not Fate.WAIVED and (one.kind, one.guardrail, one.fate, one.blocks) not in known:
            yield one


def _new_findings(now: Plan, then: Plan) -> Iterator[Finding]:
    """The warnings that were not there, wherever they stand: lines move."""
    known = {(one.code, str(one.message)) for one in then.findings}
    return (one for one in now.findings if (one.code, str(one.message)) not in known)
