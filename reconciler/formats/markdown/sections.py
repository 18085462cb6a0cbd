"""The sections of a plan in Markdown, in the order in which a reviewer needs them: what could do harm comes first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from reconciler.formats.catalogue import Said, catalogue
from reconciler.formats.markdown.changes import AllChanges
from reconciler.formats.markdown.escape import code, in_markdown
from reconciler.formats.markdown.lines import Line, lines, people, strangers
from reconciler.formats.markdown.origins import origins
from reconciler.formats.markdown.tables import Maker, Table
from reconciler.formats.markdown.words import Words
from reconciler.formats.names import FOLD
from reconciler.formats.safe import clean
from reconciler.formats.text.guardrails import accepted_heading, broken, broken_heading, fate_of
from reconciler.formats.views import View
from reconciler.guardrails import Fate
from reconciler.plan import Half
from reconciler.plan.takeover import takeover

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.markdown.layout import Section
    from reconciler.formats.text.guardrails import Broken
    from reconciler.plan import Blocked, Plan, Unmanaged
    from reconciler.plan.drift import Drift


@dataclass(frozen=True, slots=True)
class Besides:
    """What is told beside a plan: titles, each with lines that are Markdown already.

    Attributes:
        first: before everything else.
        last: after what changes.
    """

    first: tuple[tuple[str, tuple[str, ...]], ...] = ()
    last: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, eq=False)
class Sections:
    """Makes the sections of one plan in one language.

    Attributes:
        plan: what to tell.
        language: in which language.
        view: which question it answers.
        full: fold no lists of names.
        folds: whether the forge can fold a part of a comment; else all of it stands open.
        besides: what else is told.
        drift: that the plan would put right, where it is known by whom and when it came about.
    """

    plan: Plan
    language: str
    view: View
    full: bool
    folds: bool
    besides: Besides = Besides()
    drift: Drift | None = None

    @cached_property
    def say(self) -> Catalogue:
        """The language, for what holds no names."""
        return catalogue(self.language)

    @cached_property
    def make(self) -> Maker:
        """What makes sections."""
        return Maker(self.say, self.folds)

    @cached_property
    def short(self) -> Words:
        """Cells with lists that are folded."""
        return Words(self.plan, in_markdown(self.language), None if self.full else FOLD)

    @cached_property
    def long(self) -> Words:
        """Cells that name everybody; a team is named as such unless everything is asked for."""
        return Words(self.plan, in_markdown(self.language), None if self.full else 1 << 60)

    def all(self) -> Iterator[Section]:
        """All that there is to tell, in order."""
        yield from (self.make.listing(title, told, 10) for title, told in self.besides.first)
        if self.drift is not None:
            yield from origins(self.drift, self.make, self.long, self.short)
        yield from self.removals()
        yield from self.sensitive()
        yield from self.strangers()
        yield from self.broken(accepted=False)
        yield from self.blocked()
        yield from self.changes()
        yield from (self.make.listing(title, told, 15) for title, told in self.besides.last)
        yield from self.broken(accepted=True)
        yield from self.unmanaged()
        yield from self.remarks()

    def removals(self) -> Iterator[Section]:
        """What somebody loses, or has and should not."""
        operations = [one for one in self.plan.operations if one.change.half is Half.REMOVALS]
        rows = [rows for change, rows in self.plan.changes.allowed.items() if change.half is Half.REMOVALS]
        count = people(rows)
        if not count:
            return
        title = (
            self.say.count(
                "Too much: {n} person has what no rule gives",
                "Too much: {n} people have what no rule gives",
                count,
            )
            if self.view is View.DRIFT
            else self.say.count(
                "Removals: {n} person loses access or programs",
                "Removals: {n} people lose access or programs",
                count,
            )
        )
        column = self.say("Has") if self.view is View.DRIFT else self.say("Loses")
        yield self._lines(title, column, chain.from_iterable(lines(self.plan, one) for one in operations), 30)

    def sensitive(self) -> Iterator[Section]:
        """Who gets programs that the YAML marks."""
        if self.view is View.DRIFT or not self.plan.sensitive:
            return
        mask = self.plan.sensitive
        grants = [
            one for one in self.plan.operations if one.change.half is Half.GRANTS and one.programs & mask
        ]
        rows = [rows for change, rows in self.plan.changes.allowed.items() if change.half is Half.GRANTS]
        count = people([some.where(some.masks & mask != 0) for some in rows])
        if count:
            title = self.say.count(
                "Sensitive programs: {n} person gets them", "Sensitive programs: {n} people get them", count
            )
            found = (lines(self.plan, one, programs=mask) for one in grants)
            yield self._lines(title, self.say("Gets"), chain.from_iterable(found), 15)

    def strangers(self) -> Iterator[Section]:
        """Who gets something at clients of other teams."""
        if self.view is View.DRIFT:
            return
        away = strangers(self.plan)
        count = people(list(away.values()))
        if count:
            title = self.say.count(
                "Outside the own team: {n} person gets something at another team's clients",
                "Outside the own team: {n} people get something at another team's clients",
                count,
            )
            grants = (one for one in self.plan.operations if one.change.half is Half.GRANTS)
            found = (lines(self.plan, one, away[one.change]) for one in grants)
            yield self._lines(title, self.say("Gets"), chain.from_iterable(found), 10, fold=True)

    def _lines(
        self,
        title: str,
        column: str,
        found: Iterable[Line],
        share: int,
        *,
        fold: bool = False,
    ) -> Section:
        """A table of what operations do, each cut down to what it is about."""
        say = self.say

        def row(words: Words, one: Line) -> Sequence[str]:
            what = words.what(one.change, one.block.mask, one.along)
            why = words.why(one.change, one.rules, one.block, waits=one.waits)
            return words.who(one.block), words.where(one.block), what, why

        heads = (say("Who"), say("Where"), column, say("Why"))
        table = Table(title, heads, list(found), row, share, fold)
        return self.make.section(table, self.short, self.short)

    def broken(self, *, accepted: bool) -> Iterator[Section]:
        """What guardrails find; or what of it somebody has accepted."""
        found = [one for one in self.plan.violations if (one.fate is Fate.WAIVED) is accepted]
        if not found:
            return
        say = self.say
        title = say.message((accepted_heading if accepted else broken_heading)(len(found)))
        heads = (say("Who"), say("Where"), say("Programs"), say("What is wrong"), say("What becomes of it"))

        def row(words: Words, one: Broken) -> Sequence[str]:
            programs = words.name.programs(one.block.mask) if one.block.mask else "–"
            fate = words.say.message(fate_of(one.violation))
            return words.who(one.block), words.where(one.block), programs, words.finding(one), fate

        table = Table(title, heads, broken(found), row, 5 if accepted else 10, fold=accepted)
        yield self.make.section(table, self.long, self.short)

    def blocked(self) -> Iterator[Section]:
        """What is not done, the right that is missing, and who has it."""
        if not self.plan.blocked:
            return
        say = self.say
        cells = self.plan.summary.blocked
        title = say.count("Blocked: {n} change", "Blocked: {n} changes", cells)
        heads = (say("Who"), say("Where"), say("Would"), say("Blocked because"), say("Who could"))

        def row(words: Words, one: Blocked) -> Sequence[str]:
            block = one.block
            return (
                words.who(block),
                words.where(block),
                words.would(one),
                words.because(one),
                words.could(one),
            )

        yield self.make.section(Table(title, heads, self.plan.blocked, row, 15), self.long, self.short)

    def changes(self) -> Iterator[Section]:
        """Everything that changes, by client or by team, each folded."""
        if self.plan.operations:
            yield AllChanges(self.plan, self.view, self.make, self.long, self.short).section()

    def unmanaged(self) -> Iterator[Section]:
        """What no rule mentions and is left."""
        if not self.plan.unmanaged:
            return
        say = self.say
        title = say.count(
            "Left as it is: {n} access that no rule mentions",
            "Left as it is: {n} accesses that no rule mentions",
            self.plan.summary.unmanaged,
        )

        def row(words: Words, one: Unmanaged) -> Sequence[str]:
            programs = (
                words.name.programs(one.block.mask) if one.block.mask else say("access without programs")
            )
            return words.who(one.block), words.where(one.block), programs

        heads = (say("Who"), say("Where"), say("Programs"))
        table = Table(title, heads, self.plan.unmanaged, row, 5, fold=True)
        yield self.make.section(table, self.long, self.short)

    def remarks(self) -> Iterator[Section]:
        """What else there is to know: warnings about the YAML, what ends soon, what is not taken over."""
        remarks = [*self._ending(), *self._findings(), *self._takeover()]
        if remarks:
            yield self.make.listing(self.say("To know besides"), remarks, 5)

    def _ending(self) -> Iterator[str]:
        plan, words = self.plan, self.short
        for ending in plan.ending:
            yield words.say("ends soon: {rule}", rule=Said(words.rule(plan.rules[ending.rule])))
        for waiver in plan.ending_waivers:
            told = words.say(
                "waiver {name} of {guardrail}, accepted by {approver} (until {date})",
                name=waiver.waiver,
                guardrail=waiver.guardrail,
                approver=waiver.approved_by,
                date=waiver.until,
            )
            yield words.say("ends soon: {rule}", rule=Said(told))

    def _findings(self) -> Iterator[str]:
        say = self.short.say
        for finding in self.plan.findings:
            told = say("warning: {message}", message=finding.message)
            if finding.position:
                told = f"{code(clean(str(finding.position)))}: {told}"
            hint = say("hint: {hint}", hint=finding.hint) if finding.hint else ""
            yield f"{told} ({hint})" if hint else told

    def _takeover(self) -> Iterator[str]:
        waits = takeover(self.plan)
        if waits is not None:
            yield self.short.say.count(
                "{n} removal is held back until the folder has taken it over; if it is meant, write {line} under"
                " “manage:”",
                "{n} removals are held back until the folder has taken them over; if they are meant, write {line}"
                " under “manage:”",
                waits.cells,
                line=Said(code(clean(waits.line))),
            )
