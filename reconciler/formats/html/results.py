"""What became of a run, as sections of a page: what went wrong first, item by item, and how much went well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.apply import ACCESS, Ended
from reconciler.formats.html.values import Cell, Row, Section, Tone
from reconciler.formats.reasons import reason_text
from reconciler.formats.text.results import ENDED, KINDS, OUTCOMES
from reconciler.formats.text.review import Words
from reconciler.grid import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.apply import Item, Result
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

ROWS = 500
"""Rows of what went well that are written; what went wrong is all written, up to MOST."""

MOST = 5_000

_WRONG = (Outcome.FAILED, Outcome.REFUSED)


def results_sections(
    results: Sequence[Result], register: Register, say: Catalogue, *, going: bool
) -> list[Section]:
    """The sections, without what is empty.

    Args:
        results: one for each operation.
        register: the names behind the keys.
        say: the language.
        going: whether the run goes on, so that what is not done yet is no news.
    """
    writer = _Writer(register, say)
    wrong = [(one, item) for one in results for item in one.items if item.outcome in _WRONG]
    done = [(one, item) for one in results for item in one.items if item.outcome is Outcome.DONE]
    found = [writer.items("refused", Tone.BLOCKED, say("Refused or failed"), wrong, MOST)]
    found.append(writer.untold(results))
    if not going:
        found.append(writer.unfinished([one for one in results if one.ended is not Ended.FINISHED]))
    found.append(writer.items("done", Tone.GAIN, say("Done"), done, ROWS))
    return [section for section in found if section.rows]


class _Writer:
    """Writes the results of one run in one language."""

    def __init__(self, register: Register, say: Catalogue) -> None:
        self.say, self.words = say, Words(register, say)

    def items(
        self, key: str, tone: Tone, title: str, told: Sequence[tuple[Result, Item]], most: int
    ) -> Section:
        """Items that ended alike, by client and consultant."""
        say, hidden = self.say, len(told) - most
        return Section(
            key,
            tone,
            title,
            (say("Who"), say("Where"), say("What"), say("Result")),
            tuple(self.item(result, item) for result, item in told[:most]),
            hidden=say.count("… and {n} more", "… and {n} more", hidden) if hidden > 0 else "",
        )

    def item(self, result: Result, item: Item) -> Row:
        say, words = self.say, self.words
        outcome = say.message(OUTCOMES[item.outcome])
        if item.outcome in _WRONG:
            outcome = f"{outcome}: {say.message(reason_text(item.reason))}"
        lines = (say.message(KINDS[result.order.kind]),)
        cells = (
            Cell(words.consultant(item.consultant)),
            Cell(words.client(item.client)),
            Cell(self.what(item.programs, access=item.access), lines=lines),
            Cell(outcome),
        )
        return Row("!" if item.outcome in _WRONG else "✓", cells)

    def what(self, programs: Sequence[str], *, access: bool) -> str:
        """Access itself, programs, or both."""
        names = [self.say("access")] if access else []
        return self.say.listing([*names, *(self.words.program(program) for program in programs)])

    def untold(self, results: Sequence[Result]) -> Section:
        """What was asked for and not told of, and the other way round."""
        say = self.say
        rows = [
            Row("!", (*self.cell(cell), Cell(text)))
            for result in results
            for text, cells in (
                (say("asked for, but the result does not tell of it"), result.missing),
                (say("not asked for, but the result tells of it"), result.unexpected),
            )
            for cell in cells
        ]
        heads = (say("Who"), say("Where"), say("What"), say("Result"))
        return Section("untold", Tone.BLOCKED, say("Not as it was asked for"), heads, tuple(rows[:MOST]))

    def cell(self, cell: tuple[str, str, str]) -> Iterator[Cell]:
        consultant, client, program = cell
        yield Cell(self.words.consultant(consultant))
        yield Cell(self.words.client(client))
        access = program == ACCESS
        yield Cell(self.what(() if access else (program,), access=access))

    def unfinished(self, results: Sequence[Result]) -> Section:
        """Operations that did not come to their end, and why."""
        say = self.say
        rows = []
        for one in results:
            problem = () if one.problem is None else (say.message(one.problem),)
            size = say.count(
                "{n} pair of consultant and client",
                "{n} pairs of consultant and client",
                len(one.order.consultants) * len(one.order.clients),
            )
            why = Cell(say.message(ENDED[one.ended]), lines=problem)
            rows.append(Row("!", (Cell(say.message(KINDS[one.order.kind])), Cell(size), why)))
        heads = (say("Operation"), say("Of"), say("What became of it"))
        return Section("unfinished", Tone.BLOCKED, say("Not come to its end"), heads, tuple(rows[:MOST]))
