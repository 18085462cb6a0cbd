"""A plan in one sentence, for somebody who reads nothing else: how many people gain, lose, and how much is blocked.

People are consultants, each counted once, however much they gain or lose. The sentence holds no names of anybody or
anything, so it may stand where names may not: in the title of an issue, in a subject line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Message
from reconciler.formats.catalogue import Said
from reconciler.formats.views import View
from reconciler.grid import Half
from reconciler.guardrails import Fate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Access
    from reconciler.plan import Plan


def headline(plan: Plan, say: Catalogue, view: View = View.PLAN) -> str:
    """The sentence, without a full stop: "3 people gain, 1 person loses access; 2 changes are blocked".

    Args:
        plan: what to tell of.
        say: the language.
        view: which question it answers. Drift counts what is blocked among the differences too: it is how the
            bureau is, whoever could put it right.
    """
    refused = bool(plan.refusals) and view is not View.DRIFT
    parts = [say.message(one) for one in _parts(plan, view)]
    if not parts:
        return say("Refused by a guardrail") if refused else say.message(nothing(plan, view))
    told = Said("; ".join(parts))
    return say("Refused by a guardrail: {what}", what=told) if refused else told


def _parts(plan: Plan, view: View) -> Iterator[Message]:
    """What there is to tell, in order; nothing where nothing changes and nothing is blocked."""
    rows = list(_rows(plan, view))
    gain = _people(some for half, some in rows if half is Half.GRANTS)
    lose = _people(some for half, some in rows if half is Half.REMOVALS)
    if view is View.DRIFT:
        tell = _differing(gain, lose)
    elif plan.refusals:
        tell = _would(gain, lose)
    else:
        tell = _moving(gain, lose)
    if tell is not None:
        yield tell
    if sensitive := _people(_sensitive(plan, view, rows)):
        yield _of_sensitive(sensitive, view, refused=bool(plan.refusals))
    if plan.summary.blocked:
        blocked = Message.count("{n} change is blocked", "{n} changes are blocked", plan.summary.blocked)
        alone = tell is None and not plan.refusals
        yield Message("Nobody gains or loses access; {blocked}", blocked=blocked) if alone else blocked
    if plan.refusals and view is View.DRIFT:
        yield Message("a guardrail refuses the plan that would put it right")


def _rows(plan: Plan, view: View) -> Iterator[tuple[Half, Access]]:
    """What really changes; of drift, all that differs."""
    yield from ((change.half, rows) for change, rows in plan.changes.allowed.items())
    if view is View.DRIFT:
        yield from ((why.change.half, rows) for why, rows in plan.changes.blocked.items())


def _sensitive(plan: Plan, view: View, rows: Iterable[tuple[Half, Access]]) -> Iterator[Access]:
    """What of it is sensitive: of a plan what is granted, of drift what somebody has and should not."""
    half = Half.REMOVALS if view is View.DRIFT else Half.GRANTS
    mask = np.uint64(plan.sensitive)
    return (some.where(some.masks & mask != 0) for one, some in rows if one is half)


def _people(rows: Iterable[Access]) -> int:
    """How many consultants rows are about."""
    return len(np.unique(np.concatenate([np.empty(0, np.int64), *(some.consultants for some in rows)])))


def _moving(gain: int, lose: int) -> Message | None:
    if gain and lose:
        return Message(
            "{gain}, {lose}",
            gain=Message.count("{n} person gains", "{n} people gain", gain),
            lose=Message.count("{n} person loses access", "{n} people lose access", lose),
        )
    if gain:
        return Message.count("{n} person gains access", "{n} people gain access", gain)
    return Message.count("{n} person loses access", "{n} people lose access", lose) if lose else None


def _would(gain: int, lose: int) -> Message | None:
    if gain and lose:
        return Message(
            "{gain}, {lose}",
            gain=Message.count("{n} person would gain", "{n} people would gain", gain),
            lose=Message.count("{n} person would lose access", "{n} people would lose access", lose),
        )
    if gain:
        return Message.count("{n} person would gain access", "{n} people would gain access", gain)
    return (
        Message.count("{n} person would lose access", "{n} people would lose access", lose) if lose else None
    )


def _differing(less: int, more: int) -> Message | None:
    if less and more:
        return Message(
            "{less}, {more}",
            less=Message.count("{n} person has less", "{n} people have less", less),
            more=Message.count(
                "{n} person more access than the rules give",
                "{n} people more access than the rules give",
                more,
            ),
        )
    if less:
        return Message.count(
            "{n} person has less access than the rules give",
            "{n} people have less access than the rules give",
            less,
        )
    return (
        Message.count(
            "{n} person has more access than the rules give",
            "{n} people have more access than the rules give",
            more,
        )
        if more
        else None
    )


def _of_sensitive(people: int, view: View, *, refused: bool) -> Message:
    if view is View.DRIFT:
        return Message.count(
            "{n} person has sensitive programs that no rule gives",
            "{n} people have sensitive programs that no rule gives",
            people,
        )
    if refused:
        return Message.count(
            "{n} person would get sensitive programs", "{n} people would get sensitive programs", people
        )
    return Message.count("{n} person gets sensitive programs", "{n} people get sensitive programs", people)


def nothing(plan: Plan, view: View = View.PLAN) -> Message:
    """That a plan does nothing, and what stays as it is; without a full stop."""
    left = plan.summary.unmanaged
    if view is View.DIFF and left:
        return Message.count(
            "Nobody gains or loses access; {n} access is left that no rule gives any more",
            "Nobody gains or loses access; {n} accesses are left that no rule gives any more",
            left,
        )
    if view is View.DIFF:
        return Message("Nobody gains or loses access")
    if left:
        return Message.count(
            "Nothing to do, apart from {n} access that is left as it is",
            "Nothing to do, apart from {n} accesses that are left as they are",
            left,
        )
    if any(violation.fate in {Fate.LEFT, Fate.WANTED, Fate.LASTS} for violation in plan.violations):
        return Message("Nothing to do here, and what breaks a guardrail stays as it is")
    return Message("Nothing to do: access is what the rules say")
