"""What the lines of a plan say in Markdown: what happens to whom, why, and who could do what is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.catalogue import Said
from reconciler.formats.markdown.escape import named
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.text.guardrails import told_of
from reconciler.formats.text.wording import GROUNDS, by, given_before
from reconciler.formats.told import because, who_could
from reconciler.plan import Change, Half
from reconciler.plan.grounds import Ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.desired import Rule
    from reconciler.formats.markdown.escape import MarkdownCatalogue
    from reconciler.formats.markdown.lines import Line
    from reconciler.formats.text.guardrails import Broken
    from reconciler.grid import Block
    from reconciler.plan import Blocked, Plan

RULES = 3
"""Names of rules that are shown before the rest is folded."""


class Words:
    """The cells of tables, in one language.

    Args:
        plan: whose lines they are.
        say: the language, in Markdown.
        fold: as for `Namer`; None folds nothing.
    """

    def __init__(self, plan: Plan, say: MarkdownCatalogue, fold: int | None = FOLD) -> None:
        self.plan, self.say = plan, say
        self.name = Namer(plan.register, say, fold, named)

    def who(self, block: Block) -> str:
        """The consultants of a block."""
        return self.name.consultants(block.consultants)

    def where(self, block: Block) -> str:
        """The clients of a block, with their number where they are several."""
        names = self.name.clients(block.clients)
        if len(block.clients) == 1:
            return names
        return self.say.count(
            "{n} client: {names}", "{n} clients: {names}", len(block.clients), names=Said(names)
        )

    def what(self, change: Change, mask: int, along: int = 0) -> str:
        """What is granted or removed."""
        say, programs = self.say, Said(self.name.programs(mask))
        if change in {Change.ADD_PROGRAMS, Change.REMOVE_PROGRAMS}:
            told = programs
        elif mask:
            told = Said(say("access with {programs}", programs=programs))
        else:
            told = Said(say("access"))
        if along:
            others = Said(self.name.programs(along))
            return say("{what}; along with it {programs}, not managed here", what=told, programs=others)
        return told

    def moves(self, line: Line) -> str:
        """What happens to somebody; what is removed stands out."""
        what = Said(self.what(line.change, line.block.mask, line.along))
        if line.change.half is Half.GRANTS:
            return self.say("gives {what}", what=what)
        return "**" + self.say("removes") + "** " + what

    def differs(self, line: Line) -> str:
        """The same of drift: what is missing, or too much."""
        what = Said(self.what(line.change, line.block.mask, line.along))
        if line.change.half is Half.GRANTS:
            return self.say("missing: {what}", what=what)
        return "**" + self.say("too much:") + "** " + what

    def why(self, change: Change, rules: Sequence[int], block: Block, *, waits: bool = False) -> str:
        """Which rules say so; for a removal, why no rule gives it any more."""
        ground, named_rules = because(self.plan, change, rules, block.consultants)
        told = self.rules(named_rules)
        if ground is Ground.NONE and named_rules:
            told = self.say.message(given_before(len(named_rules), Said(told)))
        elif ground is not Ground.RULE:
            why = self.say.message(GROUNDS[ground])
            told = self.say("{why}: {rules}", why=Said(why), rules=Said(told)) if told else why
        if waits:
            told += "; " + self.say("only when the removal is done that it is swapped for")
        return told

    def rules(self, rules: Sequence[Rule]) -> str:
        """The names of rules, each with its reason and its end."""
        shown = [self.rule(rule) for rule in rules[:RULES]]
        if len(rules) > RULES:
            shown.append(self.say.count("{n} more", "{n} more", len(rules) - RULES))
        return self.say.listing(shown)

    def rule(self, rule: Rule) -> str:
        """A rule with its reason and its end."""
        facts = [named(rule.reason)] if rule.reason else []
        if rule.until:
            facts.append(self.say("until {date}", date=rule.until))
        return f"{named(rule.name)} ({'; '.join(facts)})" if facts else named(rule.name)

    def would(self, blocked: Blocked) -> str:
        """What is blocked, and which rules want it."""
        say, what = self.say, Said(self.what(blocked.change, blocked.block.mask))
        why = Said(self.why(blocked.change, blocked.rules, blocked.block))
        if blocked.change.half is Half.REMOVALS:
            return say("lose {what}; {why}", what=what, why=why)
        told = Said(say("get {what}", what=what))
        return say("{what}; {why}", what=told, why=by(len(blocked.rules), why)) if why else told

    def because(self, blocked: Blocked) -> str:
        """Why it is blocked: the right that is missing, or the guardrail."""
        own = self.say.wording(self.plan.messages.get(blocked.guardrail, {}))
        return self.say.message(reason_text(blocked.reason, blocked.guardrail, own))

    def could(self, blocked: Blocked) -> str:
        """Who has the right that is missing."""
        could = who_could(self.plan, blocked.could, blocked.reason)
        if could is None:
            return "–"
        if not could:
            return self.say("none of the operators")
        return self.say.listing([self.name.operator(one) for one in could])

    def finding(self, one: Broken) -> str:
        """What a guardrail finds wrong, with why."""
        own = self.say.wording(self.plan.messages.get(one.violation.guardrail, {}))
        return told_of(one.violation, own, self.say, named)
