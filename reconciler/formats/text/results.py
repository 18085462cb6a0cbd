"""What became of a plan, item by item: what went wrong first, and what was left because it is blocked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.apply import ACCESS, Ended
from reconciler.errors import Message
from reconciler.formats.names import FOLD, Namer
from reconciler.formats.reasons import reason_text
from reconciler.formats.safe import short
from reconciler.formats.text.lines import detail, first, heading, item, paragraph
from reconciler.formats.text.plan import blocked_text
from reconciler.grid import OperationKind, Outcome
from reconciler.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.apply import Item, Notification, Result, Results
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

SHOWN = 5
"""Operations that went well and are shown where there are very many."""

ITEMS = 40
"""Items of a job that went well and are shown before the rest is folded; what went wrong is never folded."""

KINDS = {
    OperationKind.GIVE_ACCESS: Message("give access and assign programs"),
    OperationKind.REMOVE_ACCESS: Message("remove access to clients"),
    OperationKind.REMOVE_PROGRAMS: Message("remove access to programs"),
}

OUTCOMES = {
    Outcome.DONE: Message("done"),
    Outcome.ALREADY: Message("already so"),
    Outcome.REFUSED: Message("refused"),
    Outcome.FAILED: Message("failed"),
}

ENDED = {
    Ended.FINISHED: Message("finished"),
    Ended.UNFINISHED: Message("its job was not done in time and may still be running at the backend"),
    Ended.UNANSWERED: Message("it got no answer; it may or may not have reached the backend"),
    Ended.REJECTED: Message("the backend did not take it"),
    Ended.NOT_SENT: Message("not sent, because the run was stopped before"),
    Ended.WITHHELD: Message("not sent, because a removal that must come before it was not done"),
}


def _figure(outcome: Outcome, n: int) -> Message:
    """How many items ended so."""
    match outcome:
        case Outcome.DONE:
            return Message.count("{n} done", "{n} done", n)
        case Outcome.ALREADY:
            return Message.count("{n} already so", "{n} already so", n)
        case Outcome.REFUSED:
            return Message.count("{n} refused", "{n} refused", n)
        case Outcome.FAILED:
            return Message.count("{n} failed", "{n} failed", n)


def figures_of(counts: Mapping[Outcome, int] | Mapping[str, int], say: Catalogue) -> str:
    """How many items ended how, in words."""
    told = {str(outcome): count for outcome, count in counts.items()}
    return ", ".join(say.message(_figure(outcome, told.get(outcome, 0))) for outcome in Outcome)


def applied_text(
    plan: Plan,
    results: Results,
    left: Plan | Message,
    notifications: Sequence[Notification],
    say: Catalogue,
    *,
    full: bool = False,
) -> str:
    """All that follows a plan that was applied: notifications, results, what was blocked, what is left."""
    text = results_text(plan.register, results, notifications, say, full=full)
    if not results.final:
        text += "\n".join(paragraph(say("“reconciler apply --resume” goes on from here."))) + "\n"
    return text + left_text(left, blocked_text(left, say, full=full) if isinstance(left, Plan) else "", say)


def left_text(left: Plan | Message, blocked: str, say: Catalogue) -> str:
    """What is left after a run: what is blocked, as it was written, and what a look at the bureau says."""
    return blocked + "\n" + "\n".join(paragraph(left_sentence(left, say))) + "\n"


def left_sentence(left: Plan | Message, say: Catalogue) -> str:
    """In a sentence, what a look at the bureau after the run says."""
    if isinstance(left, Message):
        return say("Could not look again: {why}.", why=left)
    if left.in_sync:
        return say("Looked again: the bureau is what the rules say.")
    changes, blocked = left.summary.changes, left.summary.blocked
    if not changes:
        return say.count(
            "Looked again: {n} blocked change is left, and nothing else.",
            "Looked again: {n} blocked changes are left, and nothing else.",
            blocked,
        )
    return say.count(
        "Looked again: {n} change is still to be made, and {blocked} are blocked.",
        "Looked again: {n} changes are still to be made, and {blocked} are blocked.",
        changes,
        blocked=blocked,
    )


def results_text(
    register: Register,
    results: Results,
    notifications: Sequence[Notification],
    say: Catalogue,
    *,
    full: bool = False,
) -> str:
    """What became of each operation, and the figures, with a line break at its end."""
    writer = _Writer(register, notifications, say, full=full)
    return "\n".join([*writer.results(results.results), *writer.summary(results)]) + "\n"


class _Writer:
    """Writes the results of one plan in one language."""

    def __init__(
        self, register: Register, notifications: Sequence[Notification], say: Catalogue, *, full: bool
    ) -> None:
        self.register, self.say = register, say
        self.notified = {notification.job for notification in notifications}
        self.name = Namer(register, say, None if full else FOLD)
        self.items = None if full else ITEMS

    def results(self, results: Sequence[Result]) -> list[str]:
        """All that did not go well; of very many that did the first, and how many are not shown."""
        well = [result for result in results if result.clean]
        few = self.items is None or len(well) <= self.items
        hidden = set() if few else {id(result) for result in well[SHOWN:]}
        lines = [line for result in results if id(result) not in hidden for line in self.result(result)]
        if hidden:
            text = self.say.count(
                "… and {n} more operation that went well (--full shows all)",
                "… and {n} more operations that went well (--full shows all)",
                len(hidden),
            )
            lines += ["", *paragraph(text)]
        return lines

    def result(self, result: Result) -> list[str]:
        say = self.say
        kind = say.message(KINDS[result.order.kind])
        if result.job is None:
            title = say("Operation: {kind}", kind=kind)
        elif result.job in self.notified:
            title = say("Notification: {kind} (job {job})", job=result.job, kind=kind)
        else:
            title = say("Job {job}: {kind}", job=result.job, kind=kind)
        lines = heading(title)
        if result.ended is not Ended.FINISHED:
            lines += item("!", say.message(ENDED[result.ended]))
        if result.problem is not None:
            lines += detail(say.message(result.problem))
        return [*lines, *self.told(result.items), *self.untold(result)]

    def told(self, items: Sequence[Item]) -> list[str]:
        """What went wrong, all of it; what was done; and how much was so already."""
        wrong = [i for i in items if i.outcome in (Outcome.REFUSED, Outcome.FAILED)]
        done = [i for i in items if i.outcome is Outcome.DONE]
        already = [i for i in items if i.outcome is Outcome.ALREADY]
        if self.items is None:
            done, already = [*done, *already], []
        shown, more = first(done, self.items, self.say)
        lines = [*(line for one in (*wrong, *shown) for line in self.item(one)), *more]
        # an access that is there already is no news where only programs are added to it
        if cells := sum(len(i.programs) for i in already):
            lines += paragraph(self.say.count("({n} was so already)", "({n} were so already)", cells), "    ")
        return lines

    def item(self, told: Item) -> list[str]:
        say = self.say
        outcome = say.message(OUTCOMES[told.outcome])
        if told.outcome in (Outcome.REFUSED, Outcome.FAILED):
            outcome = f"{outcome}: {say.message(reason_text(told.reason))}"
        mark = {Outcome.DONE: "*", Outcome.ALREADY: "="}.get(told.outcome, "!")
        what = self.what(told.programs, access=told.access)
        return item(mark, f"{self.pair(told.consultant, told.client)}: {what}: {outcome}")

    def pair(self, consultant: str, client: str) -> str:
        person = self.register.consultants.names.find(consultant)
        company = self.register.clients.names.find(client)
        return self.say(
            "{consultant} at {client}",
            consultant=short(consultant) if person is None else self.name.consultant(person),
            client=short(client) if company is None else self.name.client(company),
        )

    def what(self, programs: Iterable[str], *, access: bool) -> str:
        names = [self.say("access")] if access else []
        known = self.register.programs.names
        for program in programs:
            number = known.find(program)
            names.append(short(program) if number is None else self.name.program(number))
        return self.say.listing(names)

    def untold(self, result: Result) -> list[str]:
        return [
            *self.cells(self.say("asked for, but the result does not tell of it"), result.missing),
            *self.cells(self.say("not asked for, but the result tells of it"), result.unexpected),
        ]

    def cells(self, text: str, cells: Sequence[tuple[str, str, str]]) -> list[str]:
        lines: list[str] = []
        for consultant, client, program in cells[: FOLD if self.items else None]:
            what = self.what([program] if program != ACCESS else [], access=program == ACCESS)
            lines += item("!", f"{self.pair(consultant, client)}: {what}: {text}")
        return lines

    def summary(self, results: Results) -> list[str]:
        say, counts = self.say, results.outcomes
        lines = ["", *paragraph(say("Result: {figures}.", figures=figures_of(counts, say)))]
        unfinished = sum(result.ended is not Ended.FINISHED for result in results.results)
        if unfinished:
            text = say.count(
                "{n} operation did not come to its end.",
                "{n} operations did not come to their end.",
                unfinished,
            )
            lines += paragraph(text)
        if results.interrupted:
            lines += paragraph(say("Stopped by hand: nothing more was sent."))
        if results.stopped is not None:
            lines += paragraph(say("Nothing more was sent: {why}.", why=results.stopped))
        return lines
