"""Everything that changes, client by client or team by team, each folded under a line with its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.formats.catalogue import Said
from reconciler.formats.markdown.escape import named, named_in_html
from reconciler.formats.markdown.layout import Part, Section
from reconciler.formats.markdown.lines import groups, lines
from reconciler.formats.markdown.tables import head, heading, row
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.views import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.formats.markdown.lines import Group
    from reconciler.formats.markdown.tables import Maker
    from reconciler.formats.markdown.words import Words
    from reconciler.plan import Plan


@dataclass(frozen=True, slots=True)
class AllChanges:
    """Makes the section of all changes.

    Attributes:
        plan: whose changes they are.
        view: which question it answers.
        make: makes parts.
        long: the words where everything is told.
        short: the words of a document that is cut.
    """

    plan: Plan
    view: View
    make: Maker
    long: Words
    short: Words

    def section(self) -> Section:
        """The section; of a document that is cut first a table of the groups with their figures."""
        single, found = groups(self.plan)
        return Section(
            heading(self._title(single=single)),
            lambda: (self._group(one, self.long, single=single) for one in found),
            lambda: self._brief(found, single=single),
            25,
        )

    def _title(self, *, single: bool) -> str:
        say = self.make.say
        if self.view is View.DRIFT:
            return say("All differences, by client") if single else say("All differences, by team")
        return say("All changes, by client") if single else say("All changes, by team")

    def _brief(self, found: Sequence[Group], *, single: bool) -> Iterator[Part]:
        say = self.make.say
        heads = (say("Client") if single else say("Team"), say("Granted"), say("Removed"))

        def rows() -> Iterator[str]:
            for one in found:
                yield row((self._name(one, as_html=False), say.number(one.grants), say.number(one.removals)))

        yield Part(head(heads), rows, "\n", len(found), self.make.more)
        yield from (self._group(one, self.short, single=single) for one in found)

    def _name(self, group: Group, *, as_html: bool) -> str:
        safe = named_in_html if as_html else named
        if group.name:
            return self.make.say("team {team}", team=Said(safe(group.name)))
        if len(group.clients) == 1:
            return Namer(self.plan.register, self.make.say, FOLD, safe).client(group.clients[0])
        return self.make.say("clients without a team")

    def _label(self, group: Group, *, as_html: bool) -> str:
        say = self.make.say
        figures = [say.count("{n} grant", "{n} grants", group.grants)] if group.grants else []
        figures += [say.count("{n} removal", "{n} removals", group.removals)] if group.removals else []
        return f"{self._name(group, as_html=as_html)}: {', '.join(figures)}"

    def _group(self, group: Group, words: Words, *, single: bool) -> Part:
        say = self.make.say
        heads = [say("Who"), say("What"), say("Why")]
        if not single:
            heads.insert(1, say("Where"))
        opens, closes = self.make.fold(self._label(group, as_html=True), self._label(group, as_html=False))
        return Part(
            opens + head(heads),
            lambda: self._rows(group, words, single=single),
            closes,
            None,
            self.make.more,
        )

    def _rows(self, group: Group, words: Words, *, single: bool) -> Iterator[str]:
        plan, clients = self.plan, frozenset(group.clients)
        ids = np.array(group.clients, dtype=np.int64)
        rows = {change: some.at_clients(ids) for change, some in plan.changes.allowed.items()}
        told = words.differs if self.view is View.DRIFT else words.moves
        for number in group.operations:
            operation = plan.operations[number]
            for one in lines(plan, operation, rows[operation.change], clients):
                why = words.why(one.change, one.rules, one.block, waits=one.waits)
                where = () if single else (words.where(one.block),)
                yield row((words.who(one.block), *where, told(one), why))
