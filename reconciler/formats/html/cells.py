"""The cells of a block: whose, where, which programs, and why; a long list in short, and in full on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.html.values import Cell
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.text.wording import GROUNDS, given_before
from reconciler.formats.told import because, rule_told
from reconciler.plan import Change
from reconciler.plan.grounds import Ground

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Block
    from reconciler.plan import Plan

NAMES = 200
"""Entries of an unfolded list that are all written."""

RULES = 3
"""Rules of a cell that are read at once."""


def listed_cell(text: str, numbers: Sequence[int], write: Callable[[int], str], say: Catalogue) -> Cell:
    """A list in short, and in full where that is another one; where no plan stands behind it.

    Args:
        text: the list in short.
        numbers: of its entries.
        write: says one in full.
        say: the language.
    """
    entries = [write(number) for number in numbers[:NAMES]]
    if len(numbers) <= FOLD + 1 and text == say.listing(entries):
        return Cell(text)
    hidden = len(numbers) - len(entries)
    more = [say.count("… and {n} more", "… and {n} more", hidden)] if hidden else []
    return Cell(text, (*entries, *more))


class Cells:
    """Writes the cells of blocks of one plan in one language.

    Args:
        plan: that the blocks are of.
        say: the language.
        full: leave out nothing, however long.
        flag: whether the reader has a command line, whose flag shows what is left out.
    """

    def __init__(self, plan: Plan, say: Catalogue, *, full: bool, flag: bool = True) -> None:
        self.plan, self.say, self.flag = plan, say, flag
        self.name, self.whole = Namer(plan.register, say, FOLD), Namer(plan.register, say, None)
        self.names = None if full else NAMES

    def span(self, block: Block) -> tuple[Cell, Cell, Cell]:
        """Whose, where and which programs."""
        people, places = block.consultants, block.clients
        who = self.folded(self.name.consultants(people), people, self.whole.consultant)
        where = self.folded(self.name.clients(places), places, self.whole.client)
        return who, where, self.programs(block.mask)

    def programs(self, mask: int) -> Cell:
        """Those of a mask; none is access alone."""
        text = self.name.programs(mask) if mask else self.say("access without programs")
        return Cell(text, sensitive=self.sensitive(mask))

    def changed(self, change: Change, mask: int, lines: tuple[str, ...]) -> Cell:
        """The programs that change, with the access where that goes."""
        text = self.name.programs(mask)
        if not mask:
            text = self.say("access to the client")
        elif change is Change.REMOVE_ACCESS:
            text = self.say("access to the client, and with it: {programs}", programs=text)
        return Cell(text, lines=lines, sensitive=self.sensitive(mask))

    def sensitive(self, mask: int) -> str:
        """Which of the programs the YAML calls sensitive."""
        some = mask & self.plan.sensitive
        return self.say("sensitive: {programs}", programs=self.name.programs(some)) if some else ""

    def folded(self, text: str, numbers: Sequence[int], write: Callable[[int], str]) -> Cell:
        """A list in short, and in full where that is another one: it may be folded to its first, or to a team's name."""
        entries = [write(i) for i in numbers[: self.names]]
        whole = len(numbers) <= FOLD + 1 and text == self.say.listing(entries)
        return Cell(text, () if whole else self.listed(entries, len(numbers)))

    def listed(self, entries: list[str], total: int) -> tuple[str, ...]:
        """A list in full, or nearly."""
        hidden = total - len(entries)
        if hidden:
            say = self.say
            with_flag = say.count(
                "… and {n} more (--full shows all)", "… and {n} more (--full shows all)", hidden
            )
            entries.append(with_flag if self.flag else say.count("… and {n} more", "… and {n} more", hidden))
        return tuple(entries)

    def why(self, change: Change, numbers: Sequence[int], block: Block) -> Cell:
        """Which rules say so; for a removal, why no rule gives it any more."""
        ground, rules = because(self.plan, change, numbers, block.consultants)
        told = [rule_told(rule, self.say) for rule in rules]
        shown = told[:RULES] if len(told) > RULES + 1 else told
        if len(told) > len(shown):
            shown = [*shown, self.say.count("{n} more", "{n} more", len(told) - len(shown))]
        listed = self.say.listing(shown)
        if ground is Ground.RULE:
            text = listed or "–"
        else:
            text = self.say.message(_because(ground, len(rules), listed))
        return Cell(text, self.listed(told[: self.names], len(told)) if len(told) > RULES + 1 else ())


def _because(ground: Ground, n: int, rules: str) -> Message:
    """Why something changes, where the column says already that this is the reason."""
    match ground:
        case Ground.FORBIDDEN:
            return Message.count(
                "forbidden by the rule {rules}", "forbidden by the rules {rules}", n, rules=rules
            )
        case Ground.ENDED:
            return Message.count(
                "the rule has ended: {rules}", "the rules have ended: {rules}", n, rules=rules
            )
        case Ground.NONE if n:
            return given_before(n, rules)
        case _:
            return GROUNDS[ground]
