"""Remarks from a plan: warnings about the rules, what guardrails find and refuse, and what is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.names import Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.remarks.findings import finding_remarks
from reconciler.formats.remarks.remark import Level, Remark
from reconciler.formats.text.guardrails import fate_of, told_of
from reconciler.formats.text.wording import would
from reconciler.formats.told import who_could
from reconciler.grid.arrays import bits
from reconciler.guardrails import Fate
from reconciler.plan.places import place_of_blocked, place_of_refusal, place_of_violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Block, Register
    from reconciler.plan import Blocked, Plan

_QUIET = frozenset({Fate.REMOVED, Fate.WAIVED})
"""What becomes of a violation that nobody need act on."""


def plan_remarks(plan: Plan, say: Catalogue) -> list[Remark]:
    """All that a plan has to say beside its changes; what refuses it first."""
    name = Namer(plan.register, say)
    return [
        *_refusals(plan, say),
        *_violations(plan, name, say),
        *finding_remarks(plan.findings, say),
        *(_blocked(one, plan, name, say) for one in plan.blocked),
    ]


def _refusals(plan: Plan, say: Catalogue) -> Iterator[Remark]:
    for one in plan.refusals:
        place = place_of_refusal(plan, one)
        yield Remark(Level.ERROR, f"limit/{one.guardrail}", say.message(one.message), (), place)


def _violations(plan: Plan, name: Namer, say: Catalogue) -> Iterator[Remark]:
    for one in plan.violations:
        own = say.wording(plan.messages.get(one.guardrail, {}))
        what = f"{told_of(one, own, say)}; {say.message(fate_of(one))}"
        for block in one.blocks:
            yield Remark(
                level=Level.NOTE if one.fate in _QUIET else Level.WARNING,
                rule=f"{one.kind.value}/{one.guardrail}",
                message=f"{_where(name.consultants(block.consultants), block, name, say)}: {what}",
                identity=(one.fate.value, *_keys(block, plan.register)),
                position=place_of_violation(plan, one),
            )


def _blocked(one: Blocked, plan: Plan, name: Namer, say: Catalogue) -> Remark:
    own = say.wording(plan.messages.get(one.guardrail, {}))
    who = say.message(would(one.change, name.consultants(one.block.consultants)))
    why = say("blocked: {reason}", reason=reason_text(one.reason, one.guardrail, own))
    could = who_could(plan, one.could, one.reason)
    if could:
        names = say.listing([name.operator(operator) for operator in could])
        why = f"{why}; {say('who could: {names}', names=names)}"
    return Remark(
        level=Level.WARNING if one.guardrail else Level.NOTE,
        rule=f"blocked/{one.reason.value}",
        message=f"{_where(who, one.block, name, say)}; {why}",
        identity=(one.change.value, one.guardrail, *_keys(one.block, plan.register)),
        position=place_of_blocked(plan, one),
    )


def _where(who: str, block: Block, name: Namer, say: Catalogue) -> str:
    told = f"{who} {name.at(block.clients)}"
    if not block.mask:
        return told
    return f"{told}, {say('programs: {programs}', programs=name.programs(block.mask))}"


def _keys(block: Block, register: Register) -> tuple[str, ...]:
    """What a block is about, in keys."""
    people, companies = register.consultants.names, register.clients.names
    return (
        *(people[number] for number in block.consultants),
        *(companies[number] for number in block.clients),
        *(register.programs.names[number] for number in bits(block.mask)),
    )
