"""What guardrails say of a plan: what is broken, and what waits until it is taken over."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from reconciler.errors import Message
from reconciler.formats.safe import clean, short
from reconciler.formats.text.lines import detail, heading, item, paragraph
from reconciler.guardrails import Fate, Kind
from reconciler.plan.takeover import takeover

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.names import Namer
    from reconciler.grid import Block
    from reconciler.guardrails import Violation
    from reconciler.plan import Plan
    from reconciler.plan.takeover import Takeover

_FATES = {
    Fate.REMOVED: Message("this plan ends it"),
    Fate.BLOCKED: Message("what would end it is blocked"),
    Fate.LEFT: Message("it ends with the other half of the plan"),
    Fate.WANTED: Message("it lasts, because the rules give it"),
    Fate.LASTS: Message("it lasts, because nothing in the rules ends it"),
    Fate.WAIVED: Message("it is accepted by a waiver"),
    Fate.HELD: Message("it is held back"),
    Fate.WARNED: Message("this is a warning: the plan does it all the same"),
}


class Broken(NamedTuple):
    """One block of a violation."""

    violation: Violation
    block: Block


def broken(violations: Sequence[Violation]) -> list[Broken]:
    """The blocks of all violations, each with its own."""
    return [Broken(violation, block) for violation in violations for block in violation.blocks]


def broken_heading(found: int) -> Message:
    """Above what is broken."""
    return Message.count("A guardrail is broken: {n} finding", "Guardrails are broken: {n} findings", found)


def accepted_heading(found: int) -> Message:
    """Above what is broken and somebody has accepted."""
    return Message.count(
        "Accepted although a guardrail speaks against it: {n} finding",
        "Accepted although guardrails speak against it: {n} findings",
        found,
    )


def broken_item(one: Broken, plan: Plan, name: Namer, say: Catalogue) -> list[str]:
    """A block that breaks a guardrail: whose, where, which, why, and what becomes of it."""
    violation, block = one
    lines = item("!", name.consultants(block.consultants)) + detail(name.at(block.clients))
    if block.mask:
        lines += detail(say("programs: {programs}", programs=name.programs(block.mask)))
    own = say.wording(plan.messages.get(violation.guardrail, {}))
    return lines + detail(told_of(violation, own, say)) + detail(say.message(fate_of(violation)))


def told_of(violation: Violation, own: str, say: Catalogue, safe: Callable[[str], str] = short) -> str:
    """What is wrong, with why.

    Args:
        violation: what was found.
        own: what a policy expression says in the bureau's own words.
        say: the language.
        safe: makes the reason safe where it is printed.
    """
    told = say.message(violation.message)
    why = own if violation.kind is Kind.EXPRESSION else violation.reason
    return f"{told} ({safe(why)})" if why else told


def fate_of(violation: Violation) -> Message:
    """What becomes of it; where somebody has accepted it, who and until when."""
    waiver = violation.waiver
    if waiver is None:
        return _FATES[violation.fate]
    return Message(
        "accepted by {approver} until {date}: {reason} (waiver {name})",
        approver=short(waiver.approved_by),
        date=waiver.until,
        reason=short(waiver.reason),
        name=short(waiver.waiver),
    )


def takeover_lines(plan: Plan, say: Catalogue) -> list[str]:
    """How many changes wait until they are taken over, and how to let them go."""
    waits = takeover(plan)
    if waits is None:
        return []
    return [
        *heading(say("Not taken over yet")),
        *paragraph(held_back(waits, say)),
        f"    {clean(waits.line)}",
        *paragraph(let_go(waits, say)),
    ]


def held_back(waits: Takeover, say: Catalogue) -> str:
    """How many changes wait, before the line to write."""
    return say.count(
        "{n} removal is held back because no rule mentions what it takes, and nobody has said that this folder"
        " has taken it over. If it is meant, write this under “manage:”, or add it to what stands there:",
        "{n} removals are held back because no rule mentions what they take, and nobody has said that this"
        " folder has taken it over. If they are meant, write this under “manage:”, or add it to what stands there:",
        waits.cells,
    )


def let_go(waits: Takeover, say: Catalogue) -> str:
    """How to let them go this once."""
    return say(
        "To let it go this once: {flags}", flags=" ".join(f"--allow {quote(one)}" for one in waits.allow)
    )
