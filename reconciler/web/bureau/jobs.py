"""The jobs of a bureau: who did what when, and what became of it; item by item, refused ones first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from reconciler.bureau.ledger import (
    Items,
    Sought,
    find_job,
    find_saved,
    list_items,
    list_jobs,
    operators_with_jobs,
    request_of,
)
from reconciler.bureau.notifications import is_unread, mark_job_read
from reconciler.bureau.registers import bureau_at
from reconciler.errors import Message
from reconciler.formats.text.results import KINDS, OUTCOMES
from reconciler.grid.operation import OperationKind, Outcome
from reconciler.web.bureau.export import export
from reconciler.web.bureau.identity import operator_of
from reconciler.web.bureau.items import Naming
from reconciler.web.bureau.paging import page_number, paging
from reconciler.web.bureau.times import clock_of
from reconciler.web.problems import not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from enum import StrEnum

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.ledger import JobRow
    from reconciler.bureau.operators import SignedIn
    from reconciler.web.bureau.identity import Who
    from reconciler.web.bureau.looking import Looking
    from reconciler.web.site import Site, Visit

    Word = TypeVar("Word", bound=StrEnum)

JOBS = 50
"""On a page."""

ITEMS = 200
"""Likewise."""

FIRST = (Outcome.REFUSED, Outcome.FAILED, Outcome.DONE, Outcome.ALREADY)
"""What needs somebody's attention comes first."""

_LONGEST = 200
"""Characters of what is searched for."""


def job_routes(site: Site[Who], server: Server, look: Looking) -> Sequence[Route]:
    """The history of the bureau, and the pages of each job."""
    return [
        route(site, "GET", "/jobs", partial(_list, server)),
        route(site, "GET", "/jobs/{id}.csv", partial(export, server, look)),
        route(site, "GET", "/jobs/{id}", partial(_show, server, look)),
        route(site, "GET", "/saved/{key}", partial(_saved, server)),
    ]


def _list(server: Server, visit: Visit[Any]) -> Response:
    operator, form = operator_of(server, visit), visit.form
    sought = Sought(
        kind=_word(OperationKind, form.text("operation")),
        operator=form.text("operator"),
        outcome=_word(Outcome, form.text("outcome")),
        word=form.text("q")[:_LONGEST],
    )
    with server.store.read() as db:
        total, jobs = list_jobs(db, operator, sought, (page_number(visit) - 1) * JOBS, JOBS)
        people = operators_with_jobs(db, operator)
        clock = clock_of(bureau_at(db, operator.bureau).timezone)
    return visit.page(
        "bureau/jobs.html",
        jobs=jobs,
        people=people,
        sought=sought,
        sees=operator.sees_operators,
        kinds=KINDS,
        outcomes={one: OUTCOMES[one] for one in FIRST},
        paging=paging(visit, JOBS, total),
        clock=clock,
    )


def _show(server: Server, look: Looking, visit: Visit[Any]) -> Response:
    operator = operator_of(server, visit)
    with server.store.read() as db:
        job = job_at(db, operator, visit.part("id"))
    if job.ended is None:
        return _page(server, visit, operator, job, {"items": None})
    _tell_as_read(server, operator, job)
    outcome, word = _word(Outcome, visit.form.text("outcome")), visit.form.text("q")[:_LONGEST]
    seen = look.at(operator)
    with server.store.read() as db:
        naming = Naming.of(db, operator.bureau, seen.register, visit.say)
        found = naming.found(request_of(db, job), word) if word else (None, None)
        start = (page_number(visit) - 1) * ITEMS
        total, items = list_items(db, job, Items(outcome, *found), start, ITEMS)
    values = {
        "items": [naming.item(item) for item in items],
        "outcome": outcome,
        "q": word,
        "paging": paging(visit, ITEMS, total),
    }
    return _page(server, visit, operator, job, values)


def _saved(server: Server, visit: Visit[Any]) -> Response:
    """What was too much for one job, and was saved as several."""
    operator = operator_of(server, visit)
    with server.store.read() as db:
        jobs = find_saved(db, operator, visit.part("key"))
        clock = clock_of(bureau_at(db, operator.bureau).timezone)
    if not jobs:
        raise not_there()
    return visit.page(
        "bureau/saved.html",
        jobs=jobs,
        kinds=KINDS,
        outcomes={one: OUTCOMES[one] for one in FIRST},
        counts={one: sum(job.outcomes[one] for job in jobs) for one in FIRST},
        pairs=sum(job.pairs for job in jobs),
        finished=sum(job.finished for job in jobs),
        done=all(job.ended for job in jobs),
        clock=clock,
    )


def _page(
    server: Server, visit: Visit[Any], operator: SignedIn, job: JobRow, values: dict[str, Any]
) -> Response:
    with server.store.read() as db:
        clock = clock_of(bureau_at(db, operator.bureau).timezone)
    values |= {"job": job, "kinds": KINDS, "outcomes": OUTCOMES, "order": FIRST, "clock": clock}
    return visit.page("bureau/job.html", sentence=sentence_of(job), **values)


def sentence_of(job: JobRow) -> Message:
    """What became of a job that is done, in a sentence."""
    wrong = job.outcomes[Outcome.REFUSED] + job.outcomes[Outcome.FAILED]
    if wrong and not job.outcomes[Outcome.DONE]:
        return Message("Nothing was done. The reason stands with each item below.")
    if wrong:
        return Message.count(
            "Not everything was done: {n} item was refused or failed. The reason stands with it below.",
            "Not everything was done: {n} items were refused or failed. The reason stands with each below.",
            wrong,
        )
    if not job.outcomes[Outcome.DONE]:
        return Message("Nothing had to be done: it was all so already.")
    return Message("Everything is done.")


def _tell_as_read(server: Server, operator: SignedIn, job: JobRow) -> None:
    """Whoever opens the result of their job has read the notification; a token for reading changes nothing."""
    if operator.read_only:
        return
    with server.store.read() as db:
        unread = is_unread(db, operator, job.number)
    if unread:
        with server.store.write() as db:
            mark_job_read(db, operator, job.number)


def job_at(db: sqlite3.Connection, operator: SignedIn, key: str) -> JobRow:
    """A job that the operator may see; PageProblem where there is none of that id."""
    job = find_job(db, operator, key)
    if job is None:
        raise not_there()
    return job


def _word(kind: type[Word], text: str) -> Word | None:
    """One of some words; None where it is none of them."""
    return kind(text) if text in set(kind) else None
