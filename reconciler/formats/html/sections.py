"""The sections of the page: all that the text of a plan tells, what matters most first."""

from __future__ import annotations

from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from reconciler.errors import Message
from reconciler.formats.html.cells import Cells
from reconciler.formats.html.values import Cell, Row, Section, Tone
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import clean, short
from reconciler.formats.text.guardrails import (
    accepted_heading,
    broken,
    broken_heading,
    fate_of,
    held_back,
    let_go,
    told_of,
)
from reconciler.formats.text.wording import heading_of
from reconciler.formats.told import who_could
from reconciler.guardrails import Fate
from reconciler.plan import Change, Half
from reconciler.plan.takeover import takeover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.errors import Finding
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.text.guardrails import Broken
    from reconciler.plan import Blocked, Operation, Plan, Unmanaged

ROWS = 500
"""Rows of a table that are all written; of more, as many of the largest. The matrix has all of it anyway."""

_GAIN, _LOSS = "+", "−"

_Thing = TypeVar("_Thing", "Operation", "Blocked", "Unmanaged", "Broken")


def sections(plan: Plan, say: Catalogue, *, full: bool = False, flag: bool = True) -> list[Section]:
    """Everything but the heading and the digest, in order, without what is empty.

    Args:
        plan: what to show.
        say: the language.
        full: leave out nothing, however long.
        flag: whether the reader has a command line, whose flag shows what is left out.
    """
    return list(_Writer(plan, say, full=full, flag=flag).all())


class _Writer:
    """Writes the sections of one plan in one language."""

    def __init__(self, plan: Plan, say: Catalogue, *, full: bool, flag: bool) -> None:
        self.plan, self.say, self.flag = plan, say, flag
        self.name, self.cells = Namer(plan.register, say, FOLD), Cells(plan, say, full=full, flag=flag)
        self.rows = None if full else ROWS

    def all(self) -> Iterator[Section]:
        yield from self.refusals()
        yield from self.violations()
        for change in (Change.REMOVE_ACCESS, Change.REMOVE_PROGRAMS):
            yield from self.operations(change)
        yield from self.blocked()
        yield from self.takeover()
        for change in (Change.GIVE_ACCESS, Change.ADD_PROGRAMS):
            yield from self.operations(change)
        yield from self.unmanaged()
        yield from self.ending()
        yield from self.findings()

    @cached_property
    def doers(self) -> dict[int, str]:
        """Where several operators share the plan, which of them does each operation."""
        operations, parts = iter(self.plan.operations), self.plan.parts
        doers = zip(self.plan.operator.each, parts, strict=False)
        return {
            id(one): self.name.operator(operator)
            for operator, count in doers
            for one in islice(operations, count)
        }

    def refusals(self) -> Iterator[Section]:
        """Why the plan may not be applied."""
        if self.plan.refusals:
            told = tuple(self.say.message(refusal.message) for refusal in self.plan.refusals)
            title = self.say("A guardrail forbids to apply this plan")
            yield Section("refused", Tone.BLOCKED, title, text=told)

    def violations(self) -> Iterator[Section]:
        """What guardrails find, and after it what somebody has accepted of that."""
        for accepted, title in ((False, broken_heading), (True, accepted_heading)):
            found = [one for one in self.plan.violations if (one.fate is Fate.WAIVED) is accepted]
            if found:
                yield self.table(
                    (
                        "accepted" if accepted else "broken",
                        Tone.NOTE if accepted else Tone.BLOCKED,
                        self.say.message(title(len(found))),
                    ),
                    (self.say("What is wrong"), self.say("What becomes of it")),
                    broken(found),
                    self.violation,
                )

    def violation(self, one: Broken) -> Row:
        own = self.say.wording(self.plan.messages.get(one.violation.guardrail, {}))
        told = Cell(told_of(one.violation, own, self.say))
        return Row("!", (*self.cells.span(one.block), told, Cell(self.say.message(fate_of(one.violation)))))

    def operations(self, change: Change) -> Iterator[Section]:
        """What is done of one kind."""
        found = [one for one in self.plan.operations if one.change is change]
        if found:
            pairs, cells = sum(one.pairs for one in found), sum(one.cells for one in found)
            yield self.table(
                (
                    change.value,
                    Tone.GAIN if change.half is Half.GRANTS else Tone.LOSS,
                    self.say.message(heading_of(change, pairs, cells)),
                ),
                (self.say("Why"),),
                found,
                self.operation,
                numbers=self.say("Changes"),
            )

    def operation(self, one: Operation) -> Row:
        who, where, _ = self.cells.span(one.block)
        lines = (self.say("only when the removal is done that it is swapped for"),) if one.after else ()
        if doer := self.doers.get(id(one)):
            lines = (*lines, self.say("done by {operator}", operator=doer))
        what = self.cells.changed(one.change, one.programs, lines)
        mark = _GAIN if one.change.half is Half.GRANTS else _LOSS
        return Row(mark, (who, where, what, self.cells.why(one.change, one.rules, one.block)), one.cells)

    def blocked(self) -> Iterator[Section]:
        """What is not done, why, and who could do it."""
        if self.plan.blocked:
            title = self.say.message(blocked_heading(self.plan))
            heads = (self.say("Why it is blocked"), self.say("Who could"), self.say("Reason for the change"))
            yield self.table(
                ("blocked", Tone.BLOCKED, title),
                heads,
                self.plan.blocked,
                self.block,
                numbers=self.say("Changes"),
            )

    def block(self, one: Blocked) -> Row:
        say = self.say
        own = say.wording(self.plan.messages.get(one.guardrail, {}))
        reason = Cell(say.message(reason_text(one.reason, one.guardrail, own)))
        could = who_could(self.plan, one.could, one.reason)
        if could is None:
            able = Cell("–")
        else:
            able = Cell(say.listing([self.name.operator(o) for o in could]) or say("none of the operators"))
        who, where, _ = self.cells.span(one.block)
        what = self.cells.changed(one.change, one.block.mask, (say.message(_WOULD[one.change]),))
        return Row(
            "!", (who, where, what, reason, able, self.cells.why(one.change, one.rules, one.block)), one.cells
        )

    def takeover(self) -> Iterator[Section]:
        """What waits until it is taken over, and how to let it go."""
        waits = takeover(self.plan)
        if waits is not None:
            told, once = held_back(waits, self.say), let_go(waits, self.say)
            title = self.say("Not taken over yet")
            yield Section("takeover", Tone.NOTE, title, text=(told,), code=clean(waits.line), after=once)

    def unmanaged(self) -> Iterator[Section]:
        """What no rule mentions."""
        if self.plan.unmanaged:
            title = self.say.count(
                "Left as it is: {n} access that no rule mentions",
                "Left as it is: {n} accesses that no rule mentions",
                self.plan.summary.unmanaged,
            )
            yield self.table(
                ("left", Tone.NOTE, title),
                (),
                self.plan.unmanaged,
                lambda one: Row("?", self.cells.span(one.block)),
            )

    def ending(self) -> Iterator[Section]:
        """What ends soon."""
        plan, say = self.plan, self.say
        ends = [(plan.rules[one.rule], one.until) for one in plan.ending]
        rows = [
            Row("*", (Cell(short(rule.name)), Cell(str(until)), Cell(short(rule.reason))))
            for rule, until in ends
        ]
        for waiver in plan.ending_waivers:
            told = say(
                "waiver of {guardrail}, accepted by {approver}",
                guardrail=waiver.guardrail,
                approver=waiver.approved_by,
            )
            rows.append(Row("*", (Cell(short(waiver.waiver)), Cell(str(waiver.until)), Cell(told))))
        if rows:
            heads = (say("Rule or waiver"), say("Last day"), say("Reason"))
            yield Section("ending", Tone.NOTE, say("Ends soon"), heads, tuple(rows))

    def findings(self) -> Iterator[Section]:
        """Warnings about the YAML."""
        found, say = self.plan.findings, self.say
        if found:
            title = say.count("{n} warning about the rules", "{n} warnings about the rules", len(found))
            heads = (say("File"), say("Warning"))
            yield Section("warnings", Tone.NOTE, title, heads, tuple(self.finding(one) for one in found))

    def finding(self, one: Finding) -> Row:
        say = self.say
        lines = [say("see also {place}", place=place) for place in one.also]
        if one.hint:
            lines.append(say("hint: {hint}", hint=one.hint))
        place = Cell(clean(str(one.position)) if one.position else "–")
        return Row("*", (place, Cell(say.message(one.message), lines=tuple(lines))))

    def table(
        self,
        about: tuple[str, Tone, str],
        heads: tuple[str, ...],
        things: Sequence[_Thing],
        write: Callable[[_Thing], Row],
        *,
        numbers: str = "",
    ) -> Section:
        """A section of blocks: whose, where and which programs, and what else there is to say of each."""
        say, shown, (key, tone, title) = self.say, things, about
        if self.rows is not None and len(things) > self.rows:
            shown = sorted(things, key=lambda thing: -thing.block.pairs)[: self.rows]
        hidden = len(things) - len(shown)
        with_flag = say.count(
            "… and {n} smaller one (--full shows all)", "… and {n} smaller ones (--full shows all)", hidden
        )
        more = with_flag if self.flag else say.count("… and {n} more", "… and {n} more", hidden)
        return Section(
            key=key,
            tone=tone,
            title=title,
            columns=(say("Who"), say("Where"), say("Programs"), *heads),
            rows=tuple(write(thing) for thing in shown),
            numbers=numbers,
            hidden=more if hidden else "",
        )


def blocked_heading(plan: Plan) -> Message:
    """How much is not done, by whom."""
    if plan.operator.members:
        return Message.count(
            "Blocked: {n} change that none of these operators gets done",
            "Blocked: {n} changes that none of these operators gets done",
            plan.summary.blocked,
        )
    return Message.count(
        "Blocked: {n} change that this operator does not get done",
        "Blocked: {n} changes that this operator does not get done",
        plan.summary.blocked,
    )


_WOULD = {
    Change.GIVE_ACCESS: Message("would get access"),
    Change.ADD_PROGRAMS: Message("would get programs"),
    Change.REMOVE_PROGRAMS: Message("would lose programs"),
    Change.REMOVE_ACCESS: Message("would lose access"),
}
