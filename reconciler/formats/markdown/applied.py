"""What became of a plan as Markdown: what was not done first, then what is blocked, and what was done, folded.

It stands in the pull request that was merged, where somebody looks who wants to know whether it worked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.apply import ACCESS, Ended
from reconciler.formats.catalogue import Said, catalogue
from reconciler.formats.fits import Comment
from reconciler.formats.markdown import COMPLETE, CUT
from reconciler.formats.markdown.escape import in_markdown, named
from reconciler.formats.markdown.layout import Part, Section, cut, entire, size
from reconciler.formats.markdown.sections import Sections
from reconciler.formats.markdown.tables import Maker, head, heading, row
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.text.results import ENDED, KINDS, figures_of, left_sentence
from reconciler.formats.views import View, title_of
from reconciler.grid import OperationKind, Outcome
from reconciler.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reconciler.apply import Result
    from reconciler.apply.parts import Carried
    from reconciler.errors import Message
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register


class _Told(NamedTuple):
    """A row: what became of one pair.

    Attributes:
        register: the names.
        consultant: key.
        client: key.
        programs: keys, or ACCESS.
        gives: whether it was to be given, not removed.
        became: what became of it; "" where it was done.
    """

    register: Register
    consultant: str
    client: str
    programs: tuple[str, ...]
    gives: bool
    became: str


def applied_markdown(
    parts: Sequence[Carried],
    left: Plan | Message,
    say: Catalogue,
    *,
    full: bool = False,
    comment: Comment | None = None,
) -> str:
    """The whole comment; its last line is a marker that tells whether it was cut.

    Args:
        parts: what became of the plan of each operator.
        left: the plan of what is left, or why nobody could look.
        say: the language.
        full: fold no lists of names.
        comment: where it will stand; None for anywhere.
    """
    comment = comment or Comment()
    writer = _Writer(parts, left, say.language, full=full, folds=comment.folds)
    start, end = "".join(writer.start()), writer.end(comment.report)
    inner = None if comment.room is None else comment.room - size(start) - size(end) - size(COMPLETE)
    told = entire(writer.sections(), inner) if inner is None or inner >= 0 else None
    if told is not None:
        return start + told + end + COMPLETE
    long = writer.say("This was cut, because it would be longer than a comment may be.")
    notice = f"> **{long}**\n\n"
    left_over = (inner or 0) - size(notice)
    return start + notice + cut(writer.sections(), left_over) + end + CUT if left_over >= 0 else CUT


@dataclass(frozen=True, eq=False)
class _Writer:
    """Writes one comment.

    Attributes:
        parts: as for `applied_markdown`.
        left: likewise.
        language: in which.
        full: fold no lists of names.
        folds: whether the forge can fold a part of a comment.
    """

    parts: Sequence[Carried]
    left: Plan | Message
    language: str
    full: bool
    folds: bool

    @property
    def say(self) -> Catalogue:
        """The language, in Markdown."""
        return in_markdown(self.language)

    def start(self) -> Iterator[str]:
        """The figures, what it is about, and what went wrong with all of it."""
        counts: Counter[Outcome] = Counter()
        for part in self.parts:
            for results in part.runs:
                counts.update(results.outcomes)
        yield f"### {self.say('Result: {figures}.', figures=Said(figures_of(counts, self.say)))}\n\n"
        for part in self.parts:
            operator = named(part.plan.operator.label or part.plan.operator.key)
            title = title_of(part.plan, View.PLAN, self.say)
            yield f"{title}. {self.say('Operator: {name}', name=Said(operator))}.\n"
        yield "\n"
        problems = [f"> - {one}\n" for part in self.parts for one in self._problems(part)]
        if problems:
            yield from (*problems, "\n")

    def _problems(self, part: Carried) -> Iterator[str]:
        """Why the part did not come to its end."""
        say = self.say
        if part.problem is not None:
            yield say("stopped: {why}", why=part.problem)
        for results in part.runs:
            if results.interrupted:
                yield say("Stopped by hand: nothing more was sent.")
            if results.stopped is not None:
                yield say("Nothing more was sent: {why}.", why=results.stopped)
            for result in results.results:
                if result.ended is not Ended.FINISHED:
                    yield self._unfinished(result)

    def _unfinished(self, result: Result) -> str:
        say = self.say
        told = f"{say.message(KINDS[result.order.kind])}: {say.message(ENDED[result.ended])}"
        return told if result.problem is None else f"{told} ({say.message(result.problem)})"

    def sections(self) -> Iterator[Section]:
        """What was not done, what is blocked, what was done."""
        wrong, done = list(self._wrong()), list(self._done())
        if wrong:
            title = self.say.count("Not done: {n} item", "Not done: {n} items", len(wrong))
            yield self._table(title, wrong, 50)
        if isinstance(self.left, Plan):
            yield from Sections(
                self.left, self.language, View.PLAN, full=self.full, folds=self.folds
            ).blocked()
        if done:
            title = self.say.count("Done: {n} item", "Done: {n} items", len(done))
            yield self._table(title, done, 20, fold=True)

    def _wrong(self) -> Iterator[_Told]:
        """What was refused or failed, and what the bureau does not tell of as it was asked."""
        say = self.say
        for register, result in self._results():
            for item in result.items:
                if item.outcome in (Outcome.REFUSED, Outcome.FAILED):
                    what = ((ACCESS,) if item.access else ()) + item.programs
                    why = say.message(reason_text(item.reason))
                    yield _Told(register, item.consultant, item.client, what, _gives(result), why)
            for text, cells in (
                (say("asked for, but the result does not tell of it"), result.missing),
                (say("not asked for, but the result tells of it"), result.unexpected),
            ):
                yield from (_Told(register, *cell[:2], cell[2:], _gives(result), text) for cell in cells)

    def _done(self) -> Iterator[_Told]:
        for register, result in self._results():
            for item in result.items:
                if item.outcome is Outcome.DONE:
                    what = ((ACCESS,) if item.access else ()) + item.programs
                    yield _Told(register, item.consultant, item.client, what, _gives(result), "")

    def _results(self) -> Iterator[tuple[Register, Result]]:
        for part in self.parts:
            for results in part.runs:
                yield from ((part.plan.register, result) for result in results.results)

    def _table(self, title: str, things: Sequence[_Told], share: int, *, fold: bool = False) -> Section:
        """A table of rows, open or folded."""
        make, names = Maker(catalogue(self.language), self.folds), self._names()
        heads = [self.say("Who"), self.say("Where"), self.say("What")]
        if not fold:
            heads.append(self.say("What became of it"))

        def part(around: tuple[str, str]) -> Iterable[Part]:
            opens, closes = around
            yield Part(
                opens + head(heads),
                lambda: (row(self._cells(one, names)[: len(heads)]) for one in things),
                closes,
                len(things),
                make.more,
            )

        if fold:
            label = make.fold(title, title)
            return Section("", lambda: part(label), lambda: part((heading(title), "\n")), share)
        return Section(heading(title), lambda: part(("", "\n")), lambda: part(("", "\n")), share)

    def _names(self) -> dict[int, Namer]:
        """What writes names, for each register that results are of."""
        registers = {id(part.plan.register): part.plan.register for part in self.parts}
        fold = None if self.full else FOLD
        return {key: Namer(register, self.say, fold, named) for key, register in registers.items()}

    def _cells(self, told: _Told, names: dict[int, Namer]) -> tuple[str, str, str, str]:
        register, name = told.register, names[id(told.register)]
        person = register.consultants.names.find(told.consultant)
        company = register.clients.names.find(told.client)
        who = named(told.consultant) if person is None else name.consultant(person)
        where = named(told.client) if company is None else name.client(company)
        what = Said(self._what(register, name, told.programs))
        says = self.say("gives {what}", what=what) if told.gives else f"**{self.say('removes')}** {what}"
        return who, where, says, told.became

    def _what(self, register: Register, name: Namer, programs: Iterable[str]) -> str:
        names = []
        for program in programs:
            number = register.programs.names.find(program)
            if program == ACCESS:
                names.append(self.say("access"))
            else:
                names.append(named(program) if number is None else name.program(number))
        return self.say.listing([Said(one) for one in names])

    def end(self, report: str) -> str:
        """What a look at the bureau says, and where all of it is."""
        said = f"{left_sentence(self.left, self.say)}\n\n"
        if not report:
            return said
        return f"{said}{self.say('The whole report: {link}', link=Said(f'<{report}>'))}\n\n"


def _gives(result: Result) -> bool:
    return result.order.kind is OperationKind.GIVE_ACCESS
