"""The tables of a plan: one row for each change, access or program; and beside them what guardrails and warnings say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import Severity
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.formats.tables.holders import Names
from reconciler.formats.tables.table import Cell, Table
from reconciler.formats.text.guardrails import fate_of, told_of
from reconciler.formats.text.wording import GROUNDS, does
from reconciler.formats.told import because, who_could
from reconciler.grid import Change
from reconciler.plan.grounds import Ground
from reconciler.plan.joint import JointPlan
from reconciler.plan.shares import Share, all_or_none, shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.errors import Position
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Block
    from reconciler.plan import Blocked, Plan

_REASONS = 3
"""Reasons of a row that are written before the rest is left out."""


def plan_tables(plan: Plan | JointPlan, say: Catalogue) -> tuple[Table, ...]:
    """The changes; and what else the plan has to say, where it has.

    Args:
        plan: of one operator, or of several.
        say: the language.
    """
    parts = [part.plan for part in plan.parts] if isinstance(plan, JointPlan) else [plan]
    whole = plan.whole if isinstance(plan, JointPlan) else plan
    changes = Table(say("Changes"), _headings(say), _rows(whole, parts, say))
    told = [*_violations(whole, say), *_refusals(whole, say), *_warnings(whole, say)]
    headings = [say("what"), say("guardrail"), say("message"), say("what becomes of it")]
    headings += [say("consultants"), say("clients"), say("programs"), say("place")]
    return (changes, Table(say("Findings"), headings, told)) if told else (changes,)


def _headings(say: Catalogue) -> list[str]:
    return [
        say("verdict"),
        say("change"),
        say("consultant"),
        say("consultant's name"),
        say("client"),
        say("client's name"),
        say("program"),
        say("program's name"),
        say("why not"),
        say("who could"),
        say("rules"),
        say("why"),
        say("operator"),
    ]


class _Told(NamedTuple):
    """The cells that the changes of a block have in common.

    Attributes:
        verdict: and what would change.
        why_not: and who could.
        why: and by which rules.
    """

    verdict: tuple[Cell, Cell]
    why_not: tuple[Cell, Cell]
    why: tuple[Cell, Cell]


def _rows(whole: Plan, parts: Sequence[Plan], say: Catalogue) -> Iterator[Sequence[Cell]]:
    cells = _Cells(whole, say)
    for plan in parts:
        yield from _done(plan, cells, say)
    yield from _blocked(whole, cells, say)
    told = _Told((say("left as it is"), ""), ("", ""), ("", say.message(GROUNDS[Ground.NONE])))
    left = whole.changes.unmanaged
    bare = Share(left, left.masks == 0)
    yield from cells(told, bare)


def _done(plan: Plan, cells: _Cells, say: Catalogue) -> Iterator[Sequence[Cell]]:
    """What would be done."""
    operator = plan.operator.label or plan.operator.key
    for change, rows in plan.changes.allowed.items():
        operations = [one for one in plan.operations if one.change is change]
        blocks, takes_all = [one.block for one in operations], change is Change.REMOVE_ACCESS
        found = shares(rows, blocks, all_or_none(change, rows), whole=takes_all)
        for operation, (block, share) in zip(operations, found, strict=True):
            told = _Told(
                (say("would be done"), say.message(does(change))),
                ("", ""),
                _why(plan, change, operation.rules, block, say),
            )
            yield from cells(told, share, operator)


def _blocked(plan: Plan, cells: _Cells, say: Catalogue) -> Iterator[Sequence[Cell]]:
    """What is not done, and why not."""
    for why, rows in plan.changes.blocked.items():
        change, reason, guardrail = why
        mine = [one for one in plan.blocked if (one.change, one.reason, one.guardrail) == why]
        own = say.wording(plan.messages.get(guardrail, {}))
        why_not = say.message(reason_text(reason, guardrail, own))
        found = shares(rows, [one.block for one in mine], all_or_none(change, rows))
        for blocked, (block, share) in zip(mine, found, strict=True):
            told = _Told(
                (say("blocked"), say.message(does(change))),
                (why_not, _who_could(plan, blocked, say)),
                _why(plan, change, blocked.rules, block, say),
            )
            yield from cells(told, share)


class _Cells:
    """Makes the rows of a pair: one for the access where it is about that, and one for each program."""

    def __init__(self, plan: Plan, say: Catalogue) -> None:
        self._names = Names(plan.register, say)
        self._access = ("", say("access to the client"))

    def __call__(self, told: _Told, share: Share, operator: Cell = "") -> Iterator[Sequence[Cell]]:
        names, told_before, told_after = self._names, told.verdict, (*told.why_not, *told.why, operator)
        for (consultant, client, mask), access in zip(
            share.rows.rows(), share.accesses.tolist(), strict=True
        ):
            pair = (*told_before, *names.consultant(consultant), *names.client(client))
            for program in [*([self._access] if access else []), *names.programs(mask)]:
                yield (*pair, *program, *told_after)


def _why(plan: Plan, change: Change, rules: Sequence[int], block: Block, say: Catalogue) -> tuple[Cell, Cell]:
    """The rules that say so, and in words what they say; for a removal, why no rule gives it any more."""
    ground, named = because(plan, change, rules, block.consultants)
    listed = ", ".join(rule.name for rule in named)
    if ground is not Ground.RULE:
        return listed, say.message(GROUNDS[ground])
    reasons = list(dict.fromkeys(short(rule.reason) for rule in named if rule.reason))
    # they stand in every row of the block
    return listed, "; ".join(reasons[:_REASONS] + ["…"] * (len(reasons) > _REASONS))


def _who_could(plan: Plan, blocked: Blocked, say: Catalogue) -> str:
    could = who_could(plan, blocked.could, blocked.reason)
    if could is None:
        return ""
    return ", ".join(one.label or one.key for one in could) or say("none of the operators")


def _violations(plan: Plan, say: Catalogue) -> Iterator[Sequence[Cell]]:
    names = Names(plan.register, say)
    for one in plan.violations:
        own = say.wording(plan.messages.get(one.guardrail, {}))
        for block in one.blocks:
            yield (
                say("a guardrail is broken"),
                one.guardrail,
                told_of(one, own, say),
                say.message(fate_of(one)),
                ", ".join(names.consultant(number)[0] for number in block.consultants),
                ", ".join(names.client(number)[0] for number in block.clients),
                ", ".join(name for _, name in names.programs(block.mask)),
                "",
            )


def _refusals(plan: Plan, say: Catalogue) -> Iterator[Sequence[Cell]]:
    for one in plan.refusals:
        yield (
            say("a guardrail refuses"),
            one.guardrail,
            say.message(one.told),
            say("the plan may not be applied"),
            *[""] * 4,
        )


def _warnings(plan: Plan, say: Catalogue) -> Iterator[Sequence[Cell]]:
    for one in plan.findings:
        severity = say("warning") if one.severity is Severity.WARNING else say("error")
        yield (severity, one.code, say.message(one.message), *[""] * 4, _place(one.position))


def _place(position: Position | None) -> str:
    return f"{position.file}:{position.line}" if position else ""
