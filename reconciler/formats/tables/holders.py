"""The table of who has what: one row for each consultant, client and program."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reconciler.formats.tables.table import Cell, Table
from reconciler.formats.text.wording import GROUNDS
from reconciler.grid.arrays import bits
from reconciler.plan.grounds import lasting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.plan.explain import Edit
    from reconciler.plan.holders import Held, Holders


def holders_table(found: Holders, edits: Mapping[int, Edit], say: Catalogue) -> Table:
    """Who has what.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
        say: the language of the headings and of the programs.
    """
    return Table(say("Access"), _headings(say), _rows(found, edits, say))


def _rows(found: Holders, edits: Mapping[int, Edit], say: Catalogue) -> Iterator[Sequence[Cell]]:
    names = Names(found.register, say)
    told = {id(group): _why(found, group, edits, say) for group in found.groups}
    for consultant, client, mask, group in found.entries():
        pair, why = [*names.consultant(consultant), *names.client(client)], told[id(group)]
        # where there is no program, access is all there is
        for program in names.programs(mask) or [names.no_program]:
            yield [*pair, *program, *why]


def _headings(say: Catalogue) -> list[str]:
    return [
        say("consultant"),
        say("consultant's name"),
        say("client"),
        say("client's name"),
        say("program"),
        say("program's name"),
        say("why"),
        say("rules"),
        say("first day"),
        say("last day"),
        say("reason"),
        say("where the rules stand"),
        say("rules last changed"),
    ]


class Names:
    """Keys and names of a register, as cells; each looked up once.

    Args:
        register: who and what there is.
        say: the language of programs.
    """

    def __init__(self, register: Register, say: Catalogue) -> None:
        self._register, self._say = register, say
        self.consultant = cache(self._consultant)
        self.client = cache(self._client)
        self.programs = cache(self._programs)
        self.no_program = ("", say("access without programs"))

    def _consultant(self, number: int) -> tuple[str, str]:
        people = self._register.consultants
        return people.names[number], people.labels[number]

    def _client(self, number: int) -> tuple[str, str]:
        companies = self._register.clients
        return companies.names[number], companies.labels[number]

    def _programs(self, mask: int) -> list[tuple[str, str]]:
        """One for each program of a mask."""
        programs, language = self._register.programs, self._say.language
        labels = [(programs.names[p], programs.labels[p]) for p in bits(mask)]
        return [(key, known.get(language) or known.get("en") or key) for key, known in labels]


def _why(found: Holders, group: Held, edits: Mapping[int, Edit], say: Catalogue) -> tuple[Cell, ...]:
    """Why it is so, from when, until when, and where that stands."""
    rules = [found.rules[number] for number in group.rules]
    since, until = lasting(rules)
    changed = [edits[number] for number in group.rules if number in edits]
    return (
        say.message(GROUNDS[group.ground]),
        ", ".join(rule.name for rule in rules),
        since,
        until,
        "; ".join(rule.reason for rule in rules if rule.reason),
        ", ".join(f"{rule.position.file}:{rule.position.line}" for rule in rules),
        ", ".join(
            f"{edit.date} {edit.author}" if edit.date else say("not committed yet") for edit in changed
        ),
    )
