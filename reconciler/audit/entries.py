"""What is written of a run, as documents that `schemas/audit.schema.json` describes; names, not ids.

    run-begun     who, when, on whose approval, which plan, from which commit
    operation     what is about to be sent, and by which rules: one for each order, before the first is sent
    result        what became of an order: counts, and as blocks all that was done, was refused or failed
    run-ended     the figures, and what is left
    plan-refused  a guardrail forbade a plan; nothing was sent

A run whose process was killed has no `run-ended`, and orders whose result is not known; `apply --resume` then
goes on with the same run.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reconciler.apply import Ended
from reconciler.grid import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reconciler.apply import Item, Result, Results
    from reconciler.desired import Rule
    from reconciler.plan import Plan


class Event(StrEnum):
    """What an entry tells of."""

    RUN_BEGUN = "run-begun"
    OPERATION = "operation"
    RESULT = "result"
    RUN_ENDED = "run-ended"
    PLAN_REFUSED = "plan-refused"


class ApprovalKind(StrEnum):
    """How a plan was approved."""

    ASKED = "asked"
    """Somebody at the terminal was shown it and said yes."""
    YES = "yes"
    """With --yes: whoever called the command had decided."""
    FILE = "file"
    """A plan file."""
    EXPECT = "expect"
    """The digest of a plan, with --expect."""
    PAGE = "page"
    """Somebody was shown it on a page, with its digest, and said yes there."""
    RESUME = "resume"
    """It is a run that was approved before."""


@dataclass(frozen=True, slots=True)
class Approval:
    """On whose approval a run is.

    Attributes:
        kind: how it was given.
        by: who signed it; "" where nobody did.
        file: the name of the plan file; "" where there is none.
        allowed: limits that were overruled by name, such as "removals=120".
    """

    kind: ApprovalKind
    by: str = ""
    file: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a run comes from, as far as this machine can tell; "" where it cannot.

    Attributes:
        user: who the process runs as.
        host: the machine.
        ci_actor: on whose behalf a pipeline runs, as it says itself.
        ci_run: the address of the pipeline's run.
        tool: version of this program.
        commit: of the YAML.
        dirty: whether the YAML differs from that commit; None where there is none.
        policies: digest of what the YAML says.
    """

    user: str = ""
    host: str = ""
    ci_actor: str = ""
    ci_run: str = ""
    tool: str = ""
    commit: str = ""
    dirty: bool | None = None
    policies: str = ""


_Alike = tuple[str, str, bool, tuple[str, ...]]
"""Outcome, reason, whether access itself is meant, programs."""


def run_begun(plan: Plan, run: str, at: str, source: Source, approval: Approval) -> dict[str, Any]:
    """The first entry of a run.

    Args:
        plan: what is applied.
        run: its key.
        at: the time, RFC 3339 in UTC.
        source: where it comes from.
        approval: on whose approval.
    """
    approved = _said({"kind": approval.kind.value, "by": approval.by, "file": approval.file})
    entry = {"event": Event.RUN_BEGUN.value, "at": at, "run": run, **_facts(plan, source)}
    return {**entry, "approval": approved, "allowed": list(approval.allowed)}


def plan_refused(plan: Plan, at: str, source: Source) -> dict[str, Any]:
    """That guardrails forbid a plan, and which."""
    refusals = [
        {"guardrail": one.guardrail, "figure": one.figure, "limit": one.limit, "message": str(one.message)}
        for one in plan.refusals
    ]
    return {"event": Event.PLAN_REFUSED.value, "at": at, **_facts(plan, source), "refusals": refusals}


def operations(plan: Plan, at: str, begun: Results) -> Iterator[dict[str, Any]]:
    """What is about to be sent: one entry for each order, by its place in the run.

    Args:
        plan: what is applied.
        at: the time.
        begun: the orders of the run, and what is known of each; what has come to its end is left out.
    """
    for place, known in enumerate(begun.results):
        if known.ended.final:
            continue
        order = known.order
        yield {
            "event": Event.OPERATION.value,
            "at": at,
            "run": begun.run,
            "place": place,
            "kind": order.kind.value,
            "consultants": list(order.consultants),
            "clients": list(order.clients),
            "programs": list(order.programs),
            "rules": [_rule(plan.rules[rule]) for rule in plan.operations[known.operation].rules],
        }


def result(run: str, at: str, place: int, told: Result) -> dict[str, Any]:
    """What became of an order."""
    figures: Counter[Outcome] = Counter()
    for item in told.items:
        figures[item.outcome] += len(item.programs) + item.access
    entry = {
        "event": Event.RESULT.value,
        "at": at,
        "run": run,
        "place": place,
        "kind": told.order.kind.value,
        "ended": told.ended.value,
        "outcomes": _figures(figures),
        "blocks": list(_blocks(item for item in told.items if item.outcome is not Outcome.ALREADY)),
    }
    more = {
        "job": told.job or "",
        "problem": str(told.problem) if told.problem else "",
        "missing": [list(cell) for cell in told.missing],
        "unexpected": [list(cell) for cell in told.unexpected],
    }
    return {**entry, **_said(more)}


def run_ended(results: Results, at: str, left: Plan | None) -> dict[str, Any]:
    """The last entry of a run.

    Args:
        results: what became of it.
        at: the time.
        left: the plan of what is left, None where nobody could look.
    """
    unfinished = sum(one.ended is not Ended.FINISHED for one in results.results)
    entry: dict[str, Any] = {
        "event": Event.RUN_ENDED.value,
        "at": at,
        "run": results.run,
        "interrupted": results.interrupted,
        "outcomes": _figures(results.outcomes),
        "unfinished": unfinished,
    }
    if results.stopped is not None:
        entry["stopped"] = str(results.stopped)
    if left is not None:
        entry["left"] = {"changes": left.summary.changes, "blocked": left.summary.blocked}
    return entry


def _facts(plan: Plan, source: Source) -> dict[str, Any]:
    """Who, where, and what plan."""
    said = {
        "bureau": plan.register.bureau,
        "timezone": plan.register.timezone,
        "date": plan.date.isoformat(),
        "revision": plan.revision,
        "plan": plan.digest,
        "operator": plan.operator.key,
        "user": source.user,
        "host": source.host,
        "ci-actor": source.ci_actor,
        "ci-run": source.ci_run,
        "tool": source.tool,
        "commit": source.commit,
        "policies": source.policies,
    }
    return _said(said) | ({} if source.dirty is None else {"dirty": source.dirty})


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """What says something."""
    return {name: value for name, value in values.items() if value}


def _figures(counts: Counter[Outcome]) -> dict[str, int]:
    return {outcome.value: counts[outcome] for outcome in Outcome}


def _rule(rule: Rule) -> dict[str, Any]:
    until = rule.until.isoformat() if rule.until else ""
    said = {"kind": rule.kind.value, "until": until, "reason": rule.reason, "ticket": rule.ticket}
    return {"rule": rule.name, **_said(said)}


def _blocks(items: Iterable[Item]) -> Iterator[dict[str, Any]]:
    """Items that ended alike as blocks: exactly their cells, in a fixed order.

    Clients at which the same consultants are told the same of stand together.
    """
    people: dict[tuple[_Alike, str], list[str]] = {}
    for item in items:
        alike = item.outcome.value, str(item.reason or ""), item.access, tuple(sorted(item.programs))
        people.setdefault((alike, item.client), []).append(item.consultant)
    clients: dict[tuple[_Alike, tuple[str, ...]], list[str]] = {}
    for (alike, client), consultants in people.items():
        clients.setdefault((alike, tuple(sorted(consultants))), []).append(client)
    for ((outcome, reason, access, programs), group), places in sorted(clients.items()):
        yield {
            "outcome": outcome,
            **_said({"reason": reason}),
            "access": access,
            "programs": list(programs),
            "consultants": list(group),
            "clients": sorted(places),
        }
