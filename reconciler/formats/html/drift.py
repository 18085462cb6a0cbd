"""Drift as groups of rows for a page: by whom, what, when, and what the rules say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.html.cells import RULES, listed_cell
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.formats.text.drift import group_title, happened, rules_sentence
from reconciler.formats.told import rule_told, who_could
from reconciler.plan.drift import Kind
from reconciler.plan.origins import by_origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.html.values import Cell
    from reconciler.plan.drift import Drift, Drifted

_MARKS = {Kind.GIVEN: "+", Kind.REMOVED: "−", Kind.MISSING: "−", Kind.UNMANAGED: "?"}


@dataclass(frozen=True, slots=True)
class Told:
    """A block of differences in words.

    Attributes:
        item: the value.
        mark: "+" where the bureau has more than the rules give, "−" where it has less, "?" where no rule says.
        happened: what was done to whom.
        who: whom, in full where they are many.
        where: at which clients, likewise.
        programs: which; access alone where there are none.
        when: the day, and the run; "" where nobody knows.
        rules: what the rules say.
        obstacle: why apply does not put it right, and who could; empty where it does.
    """

    item: Drifted
    mark: str
    happened: str
    who: Cell
    where: Cell
    programs: str
    when: str
    rules: str
    obstacle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What one origin has in common.

    Attributes:
        title: who did it, and how much.
        items: each of its blocks.
    """

    title: str
    items: tuple[Told, ...]


def drift_groups(drift: Drift, say: Catalogue) -> list[Group]:
    """All of a drift, by who made it."""
    writer = _Writer(drift, say)
    return [
        Group(say.message(group_title(items, drift.told)), tuple(map(writer.item, items)))
        for items in by_origin(drift.items)
    ]


class _Writer:
    """Writes the items of one drift in one language."""

    def __init__(self, drift: Drift, say: Catalogue) -> None:
        self.plan, self.say = drift.plan, say
        self.name, self.whole = Namer(self.plan.register, say, FOLD), Namer(self.plan.register, say, None)

    def item(self, one: Drifted) -> Told:
        block, say = one.block, self.say
        names = self.name.consultants(block.consultants)
        return Told(
            item=one,
            mark=_MARKS[one.kind],
            happened=say.message(happened(one, names)),
            who=listed_cell(names, block.consultants, self.whole.consultant, say),
            where=listed_cell(self.name.clients(block.clients), block.clients, self.whole.client, say),
            programs=self.name.programs(block.mask) if block.mask else say("access without programs"),
            when=self.when(one),
            rules=self.rules(one),
            obstacle=tuple(self.obstacle(one)),
        )

    def when(self, one: Drifted) -> str:
        origin = one.origin
        if origin.day and origin.run:
            return self.say("on {date}, in the run {run}", date=origin.day, run=short(origin.run))
        return self.say("on {date}", date=origin.day) if origin.day else ""

    def rules(self, one: Drifted) -> str:
        sentence, named = rules_sentence(self.plan, one)
        if isinstance(sentence, Message):
            return self.say.message(sentence)
        shown = [rule_told(rule, self.say) for rule in named[:RULES]]
        if len(named) > RULES:
            shown.append(self.say.count("{n} more", "{n} more", len(named) - RULES))
        return self.say.message(sentence(len(named), self.say.listing(shown)))

    def obstacle(self, one: Drifted) -> Iterator[str]:
        if one.obstacle is None:
            return
        reason, guardrail, could = one.obstacle
        own, say = self.say.wording(self.plan.messages.get(guardrail, {})), self.say
        yield say("apply cannot change it: {reason}", reason=reason_text(reason, guardrail, own))
        operators = who_could(self.plan, could, reason)
        if operators == []:
            yield say("who could: none of the operators")
        elif operators:
            names = say.listing([self.name.operator(other) for other in operators])
            yield say("who could: {names}", names=names)
