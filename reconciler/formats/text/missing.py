"""Which rights an operator lacks, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.names import FOLD, Namer
from reconciler.formats.text.lines import detail, heading, item, paragraph
from reconciler.plan.missing import grouped, select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.missing import MissingRight, MissingRights


def missing_text(found: MissingRights, say: Catalogue, *, full: bool = False) -> str:
    """What is missing, a line for each right, who has it already, and the figures; a line break at the end."""
    writer, lines = _Writer(found, say, full=full), grouped(found)
    each = found.operator.each
    title = say.count(
        "Rights that {names} lacks for the plan of {bureau} on {date}",
        "Rights that {names} lack for the plan of {bureau} on {date}",
        len(each),
        names=say.listing([writer.name.operator(one) for one in each]),
        bureau=found.register.label,
        date=found.date,
    )
    text = paragraph(title) if not lines else heading(title)[1:]
    for line in lines:
        text += writer.line(line)
    return "\n".join([*text, "", *paragraph(writer.summary())]) + "\n"


class _Writer:
    """Writes the rights that one operator lacks, in one language."""

    def __init__(self, found: MissingRights, say: Catalogue, *, full: bool) -> None:
        self.found, self.say = found, say
        self.name = Namer(found.register, say, None if full else FOLD)

    def line(self, line: MissingRight) -> list[str]:
        say = self.say
        right = (
            say("system administrator")
            if line.system
            else say("program administrator of {programs}", programs=self.name.programs(line.programs))
        )
        lines = item("*", f"{right} {self.at(line.clients)}")
        if line.have is not None:
            lines += detail(self.who(line.have))
        return lines

    def at(self, clients: Sequence[int]) -> str:
        """Where: all clients, or those of teams and with tags, and the rest by name."""
        selection = select(self.found.register, clients)
        say = self.say
        if selection.whole:
            return say.count("at all {n} clients", "at all {n} clients", len(clients))
        parts = [say("all of the team {team}", team=team) for team in selection.teams]
        parts += [say("all with the tag {tag}", tag=tag) for tag in selection.tags]
        parts += [self.name.clients(selection.rest)] if selection.rest else []
        if not (selection.teams or selection.tags):
            return self.name.at(clients)
        return say.count(
            "at {n} client: {names}", "at {n} clients: {names}", len(clients), names=say.listing(parts)
        )

    def who(self, keys: Sequence[str]) -> str:
        others = {other.key: other for other in self.found.others or ()}
        names = [self.name.operator(others[key]) for key in keys]
        if not names:
            return self.say("none of the other operators has it")
        return self.say("who has it already: {names}", names=self.say.listing(names))

    def summary(self) -> str:
        found, say = self.found, self.say
        if not found.blocked:
            text = say("Nothing is blocked for lack of a right.")
        else:
            text = say.count(
                "With these rights, {n} change that is blocked could be made.",
                "With these rights, {n} changes that are blocked could be made.",
                found.blocked,
            )
        if found.otherwise:
            text += " " + say.count(
                "{n} change is blocked for another reason, and stays so.",
                "{n} changes are blocked for other reasons, and stay so.",
                found.otherwise,
            )
        return text
