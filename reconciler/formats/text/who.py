"""Who has what, as text: as blocks of consultants and clients, by the rules that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.formats.names import FOLD, Namer
from reconciler.formats.safe import short
from reconciler.formats.text.lines import detail, first, heading, item, paragraph
from reconciler.formats.text.wording import by, under
from reconciler.grid import cover, only
from reconciler.plan.grounds import Ground

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.desired import Rule
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Block
    from reconciler.plan.explain import Edit
    from reconciler.plan.holders import Held, Holders

ITEMS = 40
"""Items of a section that are shown before the rest is folded."""


def holders_text(found: Holders, edits: Mapping[int, Edit], say: Catalogue, *, full: bool = False) -> str:
    """The whole answer, with a line break at its end.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
        say: the language.
        full: fold no lists.
    """
    return "\n".join(_Writer(found, edits, say, full=full).lines()) + "\n"


class _Writer:
    """Writes one answer in one language."""

    def __init__(self, found: Holders, edits: Mapping[int, Edit], say: Catalogue, *, full: bool) -> None:
        self.found, self.edits, self.say = found, edits, say
        self.name = Namer(found.register, say, None if full else FOLD)
        self.items = None if full else ITEMS

    def lines(self) -> list[str]:
        sections = [line for ground in Ground for line in self.section(ground)]
        return [*self.head(), *sections, "", *paragraph(self.summary())]

    def head(self) -> list[str]:
        found, say = self.found, self.say
        values = {"bureau": found.register.label, "date": found.date}
        title = (
            say("Who should have access at {bureau} on {date}", **values)
            if found.desired
            else say("Who has access at {bureau} now, compared with the rules of {date}", **values)
        )
        lines = paragraph(title)
        if found.programs is not None:
            lines += paragraph(say("Programs: {programs}", programs=self.name.programs(found.programs)))
        return lines

    def section(self, ground: Ground) -> list[str]:
        groups = [group for group in self.found.groups if group.ground is ground]
        if not groups:
            return []
        pairs = len(np.unique(np.concatenate([group.rows.keys for group in groups])))
        lines = heading(self.say.message(under(ground, pairs)))
        blocks = [(group, block) for group in groups for block in cover(group.rows, only(group.rows))]
        shown, more = first(blocks, self.items, self.say)
        return [*lines, *(line for group, block in shown for line in self.block(group, block)), *more]

    def block(self, group: Held, block: Block) -> list[str]:
        say = self.say
        lines = item("*", self.name.consultants(block.consultants)) + detail(self.name.at(block.clients))
        if block.mask:
            lines += detail(say("programs: {programs}", programs=self.name.programs(block.mask)))
        else:
            lines += detail(say("access without programs"))
        if group.rules:
            told = say.listing([self.rule(number) for number in group.rules])
            lines += detail(say.message(by(len(group.rules), told)))
        return lines

    def rule(self, number: int) -> str:
        """A rule with its reason, its days, where it stands and when it was changed."""
        rule: Rule = self.found.rules[number]
        say, edit = self.say, self.edits.get(number)
        facts = [short(rule.reason)] if rule.reason else []
        if rule.start:
            facts.append(say("from {date}", date=rule.start))
        if rule.until:
            facts.append(say("until {date}", date=rule.until))
        facts.append(short(f"{rule.position.file}:{rule.position.line}"))
        if edit:
            facts.append(self.edit(edit))
        return f"{short(rule.name)} ({'; '.join(facts)})"

    def edit(self, edit: Edit) -> str:
        if edit.date is None:
            return self.say("changed, not committed yet")
        return self.say("changed {date} by {author}", date=edit.date, author=edit.author)

    def summary(self) -> str:
        rows, say = self.found.rows, self.say
        if not len(rows):
            return say("Nobody should have it.") if self.found.desired else say("Nobody has it.")
        people, companies = len(np.unique(rows.consultants)), len(np.unique(rows.clients))
        return say(
            "Summary: {consultants}, {clients}, {programs}.",
            consultants=say.count("{n} consultant", "{n} consultants", people),
            clients=say.count("{n} client", "{n} clients", companies),
            programs=say.count("{n} assigned program", "{n} assigned programs", rows.cells),
        )
