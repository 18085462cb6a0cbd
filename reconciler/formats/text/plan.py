"""The plan as an office manager reads it: what happens to whom, why, what is blocked, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from reconciler.formats.headline import headline
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.text.findings import findings_lines
from reconciler.formats.text.guardrails import (
    Broken,
    accepted_heading,
    broken,
    broken_heading,
    broken_item,
    takeover_lines,
)
from reconciler.formats.text.lines import detail, heading, item, paragraph
from reconciler.formats.text.summary import summary_lines
from reconciler.formats.text.wording import Sentence, before, by, forbidden, heading_of, over, would
from reconciler.formats.told import because, goes_along, rule_told, who_could
from reconciler.formats.views import View, title_of
from reconciler.guardrails import Fate
from reconciler.plan import Change
from reconciler.plan.grounds import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.desired import Rule
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Blocked, Operation, Plan, Unmanaged
    from reconciler.plan.drift import Drifted

ITEMS = 40
"""Blocks of a section that are all shown."""

LARGEST = 8
"""Of a section with more blocks, so many of the largest are shown: what one reads in a sitting."""

RULES = 3
"""Names of rules that are shown before the rest is folded."""

_MARKS = {
    Change.GIVE_ACCESS: "+",
    Change.ADD_PROGRAMS: "+",
    Change.REMOVE_PROGRAMS: "-",
    Change.REMOVE_ACCESS: "-",
}


def plan_text(plan: Plan, say: Catalogue, *, full: bool = False, view: View = View.PLAN) -> str:
    """The whole plan as text, with a line break at its end.

    Args:
        plan: what to show.
        say: the language.
        full: fold nothing.
        view: which question it answers; only a plan ends with the digest to approve.
    """
    writer = PlanWriter(plan, say, full=full, view=view)
    digest = writer.digest() if view is View.PLAN else []
    return "\n".join([*paragraph(title_of(plan, view, say)), *writer.lines(), *digest]) + "\n"


def blocked_text(plan: Plan, say: Catalogue, *, full: bool = False) -> str:
    """The blocked changes of a plan alone, "" where there are none."""
    lines = PlanWriter(plan, say, full=full).blocked()
    return "\n".join(lines) + "\n" if lines else ""


_Thing = TypeVar("_Thing", "Operation", "Blocked", "Unmanaged", "Drifted", Broken)


class PlanWriter:
    """Writes one plan in one language; what is said otherwise of a plan of several is in `joint`."""

    def __init__(self, plan: Plan, say: Catalogue, *, full: bool, view: View = View.PLAN) -> None:
        self.plan, self.say, self.view = plan, say, view
        self.name = Namer(plan.register, say, None if full else FOLD)
        self.items = None if full else ITEMS

    def lines(self) -> list[str]:
        """All of it, from the operator to the summary."""
        return [*self.body(), *summary_lines(self.plan, self.say, self.view)]

    def body(self) -> list[str]:
        """All of it but the summary."""
        return [
            *self.head(),
            *self.violations(),
            *self.sections(),
            *self.blocked(),
            *self.unmanaged(),
            *self.ending(),
            *findings_lines(self.plan.findings, self.say),
            *takeover_lines(self.plan, self.say),
            *self.refusals(),
        ]

    def head(self) -> list[str]:
        """Who would do it; of a change of the YAML nobody would, so that its meaning stands there in one sentence."""
        plan = self.plan
        if self.view is View.DIFF:
            return paragraph(f"{headline(plan, self.say, self.view)}.")
        return paragraph(self.say("Operator: {name}", name=plan.operator.label or plan.operator.key))

    def violations(self) -> list[str]:
        """What guardrails find, and after it what somebody has accepted of that."""
        lines: list[str] = []
        for accepted, title in ((False, broken_heading), (True, accepted_heading)):
            found = [one for one in self.plan.violations if (one.fate is Fate.WAIVED) is accepted]
            if found:
                lines += heading(self.say.message(title(len(found))))
                lines += self.folded(
                    broken(found), lambda one: broken_item(one, self.plan, self.name, self.say)
                )
        return lines

    def sections(self) -> list[str]:
        """What is done, by kind."""
        return [line for change in Change for line in self.section(change)]

    def section(self, change: Change) -> list[str]:
        """What is done of one kind."""
        operations = [o for o in self.plan.operations if o.change is change]
        if not operations:
            return []
        cells = sum(o.cells for o in operations)
        pairs = sum(o.pairs for o in operations)
        lines = heading(self.say.message(heading_of(change, pairs, cells)))
        return [*lines, *self.folded(operations, self.operation)]

    def operation(self, operation: Operation) -> list[str]:
        """One operation."""
        block = operation.block
        mark = _MARKS[operation.change]
        lines = item(mark, self.name.consultants(block.consultants))
        lines += detail(self.name.at(block.clients))
        if operation.programs:
            lines += detail(self.programs(operation.change, operation.programs))
        if along := goes_along(self.plan, operation):
            lines += detail(
                self.say("along with it, not managed here: {programs}", programs=self.name.programs(along))
            )
        if operation.after:
            lines += detail(self.say("only when the removal is done that it is swapped for"))
        return lines + self.why(operation.change, operation.rules, block.consultants)

    def programs(self, change: Change, mask: int) -> str:
        """The programs that change, or go with an access."""
        names = self.name.programs(mask)
        match change:
            case Change.REMOVE_ACCESS:
                return self.say("and with the access: {programs}", programs=names)
            case _:
                return self.say("programs: {programs}", programs=names)

    def why(self, change: Change, rules: Sequence[int], consultants: Sequence[int]) -> list[str]:
        """Which rules say so; for a removal, why no rule gives it any more."""
        ground, named = because(self.plan, change, rules, consultants)
        match ground:
            case Ground.RULE:
                return detail(self.rules(by, named)) if named else []
            case Ground.FORBIDDEN:
                return detail(self.rules(forbidden, named))
            case Ground.LEFT:
                return detail(self.say("why: has left the bureau"))
            case Ground.ENDED:
                return detail(self.rules(over, named))
            case _ if named:
                return detail(self.rules(before, named))
            case _:
                return detail(self.say("why: no rule gives it"))

    def rules(self, sentence: Sentence, rules: Sequence[Rule]) -> str:
        """A sentence with the names of rules."""
        shown = [rule_told(rule, self.say) for rule in rules[:RULES]]
        if len(rules) > RULES:
            shown.append(self.say.count("{n} more", "{n} more", len(rules) - RULES))
        return self.say.message(sentence(len(rules), self.say.listing(shown)))

    def blocked(self) -> list[str]:
        """What is not done, and why."""
        blocked = self.plan.blocked
        if not blocked:
            return []
        cells = self.plan.summary.blocked
        return [*heading(self.blocked_heading(cells)), *self.folded(blocked, self.block)]

    def blocked_heading(self, cells: int) -> str:
        """How much is not done, by whom."""
        if self.view is View.DIFF:
            return self.say.count("Blocked: {n} change", "Blocked: {n} changes", cells)
        return self.say.count(
            "Blocked: {n} change that this operator does not get done",
            "Blocked: {n} changes that this operator does not get done",
            cells,
        )

    def block(self, blocked: Blocked) -> list[str]:
        """One block that is not done."""
        say = self.say
        lines = item(
            "!", say.message(would(blocked.change, self.name.consultants(blocked.block.consultants)))
        )
        lines += detail(self.name.at(blocked.block.clients))
        if blocked.block.mask:
            lines += detail(self.programs(blocked.change, blocked.block.mask))
        own = say.wording(self.plan.messages.get(blocked.guardrail, {}))
        lines += detail(say("blocked: {reason}", reason=reason_text(blocked.reason, blocked.guardrail, own)))
        could = who_could(self.plan, blocked.could, blocked.reason)
        if could is not None:
            lines += detail(self.who_could([self.name.operator(one) for one in could]))
        return lines + self.why(blocked.change, blocked.rules, blocked.block.consultants)

    def who_could(self, names: list[str]) -> str:
        """Which operators could do it."""
        if not names:
            return self.say("who could: none of the operators")
        return self.say("who could: {names}", names=self.say.listing(names))

    def unmanaged(self) -> list[str]:
        """What no rule mentions."""
        blocks, say = self.plan.unmanaged, self.say
        if not blocks:
            return []
        lines = heading(
            say.count(
                "Left as it is: {n} access that no rule mentions",
                "Left as it is: {n} accesses that no rule mentions",
                self.plan.summary.unmanaged,
            )
        )
        return [*lines, *self.folded(blocks, self.leave)]

    def leave(self, unmanaged: Unmanaged) -> list[str]:
        """One block that no rule mentions."""
        block = unmanaged.block
        lines = item("?", self.name.consultants(block.consultants)) + detail(self.name.at(block.clients))
        if block.mask:
            return lines + detail(self.say("programs: {programs}", programs=self.name.programs(block.mask)))
        return lines + detail(self.say("access without programs"))

    def ending(self) -> list[str]:
        """What ends soon."""
        if not self.plan.ending and not self.plan.ending_waivers:
            return []
        lines = heading(self.say("Ends soon"))
        for ending in self.plan.ending:
            lines += item("*", rule_told(self.plan.rules[ending.rule], self.say))
        for waiver in self.plan.ending_waivers:
            text = self.say(
                "waiver {name} of {guardrail}, accepted by {approver} (until {date})",
                name=waiver.waiver,
                guardrail=waiver.guardrail,
                approver=waiver.approved_by,
                date=waiver.until,
            )
            lines += item("*", text)
        return lines

    def refusals(self) -> list[str]:
        """Why the plan may not be applied."""
        if not self.plan.refusals:
            return []
        lines = heading(self.say("A guardrail forbids to apply this plan"))
        for refusal in self.plan.refusals:
            lines += item("!", self.say.message(refusal.message))
        return lines

    def digest(self) -> list[str]:
        """What is approved where this plan is approved; the line itself is never broken, so that it can be copied."""
        if not self.plan.operations:
            return []
        text = self.say("To approve exactly these changes, and nothing else, approve their digest:")
        return ["", *paragraph(text), f"  {self.plan.digest}"]

    def folded(self, things: Sequence[_Thing], write: Callable[[_Thing], list[str]]) -> list[str]:
        """Write the blocks of a section; of very many the largest, and how many are not shown."""
        shown = things
        if self.items is not None and len(things) > self.items:
            shown = sorted(things, key=lambda thing: -thing.block.pairs)[:LARGEST]
        lines = [line for thing in shown for line in write(thing)]
        hidden = len(things) - len(shown)
        if hidden:
            text = self.say.count(
                "… and {n} smaller one (--full shows all)",
                "… and {n} smaller ones (--full shows all)",
                hidden,
            )
            lines += paragraph(text, "    ")
        return lines
