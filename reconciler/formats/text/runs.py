"""The journal as text: which runs there were, and what each operation of one did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.apply import Ended
from reconciler.errors import Message
from reconciler.formats.safe import clean
from reconciler.formats.text.lines import detail, first, paragraph
from reconciler.formats.text.results import figures_of, results_text
from reconciler.journal import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.apply import Results
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.journal import Run

RUNS = 20
"""Runs that are listed before the rest is folded."""

STATES = {
    State.OPEN: Message("not finished"),
    State.FINISHED: Message("finished"),
    State.SUPERSEDED: Message("not finished, and a later run began anew"),
}


def runs_text(runs: Sequence[Run], say: Catalogue, *, full: bool = False) -> str:
    """The runs of the journal, in their order, with a line break at the end of each line."""
    if not runs:
        return say("There are no runs.") + "\n"
    shown, more = first(runs, None if full else RUNS, say)
    lines = [line for run in shown for line in (*_title(run, say), *_facts(run, say))]
    return "\n".join([*lines, *more]) + "\n"


def run_text(run: Run, results: Results, register: Register, say: Catalogue, *, full: bool = False) -> str:
    """A run and what became of each of its operations.

    Args:
        run: what the journal knows of it.
        results: of its operations.
        register: names for those whom it is about, as far as they are known.
        say: the language.
        full: fold no lists.
    """
    facts = [*_title(run, say), *_facts(run, say)]
    if run.attempts > 1:
        facts += detail(say.count("begun {n} time", "begun and gone on with, {n} times", run.attempts))
    facts += detail(say("plan: {digest}", digest=run.digest))
    if run.source:
        facts += detail(say("commit: {commit}", commit=run.source))
    text = "\n".join(facts) + "\n" + results_text(register, results, (), say, full=full)
    if run.state is State.OPEN:
        text += "\n".join(paragraph(say("“{command}” goes on with it.", command=_resume(run)))) + "\n"
    return text


def _resume(run: Run) -> str:
    return f"reconciler apply --resume {clean(run.key)}"


def _title(run: Run, say: Catalogue) -> list[str]:
    state = say.message(STATES[run.state])
    return paragraph(say("{run}: {when}, {state}", run=run.key, when=when(run.begun), state=state))


def _facts(run: Run, say: Catalogue) -> list[str]:
    operations = sum(run.orders.values())
    done, figures = run.orders.get(Ended.FINISHED, 0), figures_of(run.outcomes, say)
    count = say.count(
        "{done} of {n} operation came to its end: {figures}",
        "{done} of {n} operations came to their end: {figures}",
        operations,
        done=done,
        figures=figures,
    )
    about = say(
        "bureau {bureau}, operator {operator}, started by {who}",
        bureau=run.bureau,
        operator=run.operator,
        who=run.who,
    )
    return [*detail(about), *detail(count)]


def when(time: str) -> str:
    """RFC 3339 in UTC, to the second, as people read it."""
    return f"{time[:10]} {time[11:19]} UTC"
