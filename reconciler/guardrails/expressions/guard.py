"""Policy expressions as guardrails: what is not exactly true is held back, or warned of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Message
from reconciler.grid import Access, Change, Half
from reconciler.guardrails.case import Fate, Hold, Kind, Violation
from reconciler.guardrails.expressions import compiled
from reconciler.guardrails.expressions.engine import Refused, Verdict
from reconciler.guardrails.expressions.facts import Facts
from reconciler.guardrails.expressions.rows import Judged, judge_rows
from reconciler.guardrails.waivers import Waived
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.desired.guardrails import Expression
    from reconciler.guardrails.case import Accepted, Case


def on_removals(case: Case) -> Iterator[Hold]:
    """The removals that an expression denies."""
    return _holds(case, Half.REMOVALS)


def on_grants(case: Case) -> Iterator[Hold]:
    """The grants that an expression denies."""
    return _holds(case, Half.GRANTS)


def _holds(case: Case, half: Half) -> Iterator[Hold]:
    facts, waived = Facts(case), Waived(case.desired.guardrails.waivers, case.register.shape)
    for expression in case.desired.guardrails.expressions:
        if expression.deny:
            for change, rows, why in _broken(facts, expression, (half,)):
                held = rows.where(~waived(expression.name, rows.keys))
                yield Hold(change, Reason.EXPRESSION, expression.name, held, why)


def warnings(case: Case) -> Iterator[Violation]:
    """What is held back because it could not be judged, and what is done although an expression speaks against it."""
    for one in case.unjudged:
        if one.why is not None:
            yield _violation(one.guardrail, Fate.HELD, one.rows, one.why)
    facts, waived = Facts(case), Waived(case.desired.guardrails.waivers, case.register.shape)
    excused = {waiver.guardrail for waiver in case.desired.guardrails.waivers}
    for expression in case.desired.guardrails.expressions:
        # what an expression denies and nobody has waived was held back already
        if expression.deny and expression.name not in excused:
            continue
        for _, rows, why in _broken(facts, expression, tuple(Half)):
            for waiver, part in waived.parts(expression.name, rows):
                if waiver is not None:
                    yield _violation(expression.name, Fate.WAIVED, part, why, waiver)
                elif not expression.deny:
                    yield _violation(expression.name, Fate.WARNED, part, why)


def _violation(
    name: str, fate: Fate, rows: Access, why: Message | None, waiver: Accepted | None = None
) -> Violation:
    message = Message("“{name}” is not true here", name=name)
    if why is not None:
        message = Message("“{name}” cannot be judged here: {why}", name=name, why=why)
    return Violation.of(Kind.EXPRESSION, name, fate, message, rows, waiver=waiver)


def _broken(
    facts: Facts, expression: Expression, halves: Sequence[Half]
) -> Iterator[tuple[Change, Access, Message | None]]:
    """The changes of which an expression is not exactly true, those apart that it cannot judge, with why."""
    for change in Change:
        rows = facts.rows(change)
        if change.half in halves and expression.half in {None, change.half} and len(rows):
            judged = _judged(facts, expression, change)
            left = ~judged.true
            for why, about in judged.whys():
                left &= ~about
                yield change, rows.where(about), why
            if left.any():
                yield change, rows.where(left), None


def _judged(facts: Facts, expression: Expression, change: Change) -> Judged:
    count, program = len(facts.rows(change)), compiled(expression.must)
    if isinstance(program, Refused):
        # `policy.check` says so with its place before anything is planned; whoever comes here without is denied
        return Judged(np.zeros(count, dtype=np.int64), (Verdict(true=False, why=program.faults[0].message),))
    return judge_rows(program, facts.columns(program.look, change), count)
