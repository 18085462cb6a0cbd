"""Notices: what a check or an apply found, in a few lines for a channel of people; one file for each kind of channel.

A notice is text that is safe to print. Each kind of channel has a markup of its own, in which names must mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message
from reconciler.formats.names import Namer
from reconciler.formats.text.drift import figures, happened
from reconciler.grid import Outcome
from reconciler.plan.drift import Kind, Through

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.apply import Results
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan
    from reconciler.plan.drift import Drift, Drifted

LINES = 10
"""Lines of a notice below its title; who wants more looks at the report."""

LONGEST = 300
"""Characters of a line."""

_MARKS = {Kind.GIVEN: "+", Kind.REMOVED: "-", Kind.MISSING: "-", Kind.UNMANAGED: "?"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told.

    Attributes:
        title: one line, safe to print.
        lines: more, likewise.
    """

    title: str
    lines: tuple[str, ...] = ()


def drift_notice(drift: Drift, say: Catalogue) -> Notice:
    """That there is drift: how much, and the first of it."""
    name = Namer(drift.plan.register, say)
    lines = [_line(one, name, say) for one in drift.items[:LINES]]
    hidden = len(drift.items) - len(lines)
    if hidden:
        lines.append(say.count("… and {n} more", "… and {n} more", hidden))
    told = "; ".join(figures(drift, say)) or say("a guardrail is broken")
    title = say("Drift at {bureau}: {figures}", bureau=drift.plan.register.label, figures=told)
    return _bounded(title, lines)


def calm_notice(bureau: str, say: Catalogue) -> Notice:
    """That there is no drift any more."""
    return _bounded(say("No drift at {bureau} any more", bureau=bureau), [])


def applied_notice(plan: Plan, results: Results, left: Plan | Message, say: Catalogue) -> Notice:
    """What became of an apply."""
    outcomes = results.outcomes
    title = say(
        "Applied at {bureau}: {done} done, {refused} refused, {failed} failed",
        bureau=plan.register.label,
        done=outcomes[Outcome.DONE],
        refused=outcomes[Outcome.REFUSED],
        failed=outcomes[Outcome.FAILED],
    )
    lines = [say("run {run}", run=results.run)] if results.run else []
    if results.stopped is not None:
        lines.append(say.message(results.stopped))
    if results.interrupted:
        lines.append(say("It was stopped by hand."))
    if isinstance(left, Message):
        lines.append(say.message(left))
    elif left.summary.blocked:
        lines.append(say.count("{n} change blocked", "{n} changes blocked", left.summary.blocked))
    return _bounded(title, lines)


def _line(one: Drifted, name: Namer, say: Catalogue) -> str:
    """One difference."""
    what = say.message(happened(one, name.consultants(one.block.consultants)))
    text = f"{_MARKS[one.kind]} {what} {name.at(one.block.clients)}"
    if one.block.mask:
        text += f": {name.programs(one.block.mask)}"
    if one.origin.day:
        text += ", " + say("on {date}", date=one.origin.day)
    if one.origin.through is Through.OPERATION:
        text += ", " + say("by {name}", name=one.origin.label or one.origin.key)
    return text


def _bounded(title: str, lines: list[str]) -> Notice:
    return Notice(_short(title), tuple(_short(line) for line in lines))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def payload_of(kind: str, notice: Notice) -> Mapping[str, Any]:
    """A notice as a channel takes it; `kind` is one of KINDS."""
    from reconciler.formats.notices.slack import slack
    from reconciler.formats.notices.teams import teams

    writers: dict[str, Callable[[Notice], dict[str, Any]]] = {"slack": slack, "teams": teams}
    return writers[kind](notice)
