"""All items of a job as CSV, sent as they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import StreamingResponse

from reconciler.bureau.ledger import find_job, items_after
from reconciler.errors import Message
from reconciler.formats.tables.csv import csv_pieces
from reconciler.formats.tables.table import Table
from reconciler.formats.text.results import OUTCOMES
from reconciler.web.bureau.identity import operator_of
from reconciler.web.bureau.items import Naming
from reconciler.web.problems import PageProblem, not_there

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.ledger import JobRow
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.tables.table import Cell
    from reconciler.web.bureau.looking import Looking
    from reconciler.web.site import Visit

PIECE = 5_000
"""Items that are read at a time, each time in a transaction of its own: a job that is done does not change."""


def export(server: Server, look: Looking, visit: Visit[Any]) -> Response:
    """GET /jobs/{id}.csv: every item, in the order of the block."""
    operator = operator_of(server, visit)
    with server.store.read() as db:
        job = find_job(db, operator, visit.part("id"))
        if job is None:
            raise not_there()
        if job.ended is None:
            raise PageProblem(409, Message("The job is not done yet."))
    register = look.at(operator).register
    with server.store.read() as db:
        naming = Naming.of(db, operator.bureau, register, visit.say)
    say = visit.say
    headings = (
        say("Outcome"),
        say("Consultant"),
        say("Name"),
        say("Client"),
        say("Company"),
        say("What"),
        say("Why"),
    )
    table = Table("job", headings, _rows(server, job, naming, say))
    word = say("job")
    name = f"{word}-{job.id}.csv"
    return StreamingResponse(
        csv_pieces(table, say),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _rows(server: Server, job: JobRow, naming: Naming, say: Catalogue) -> Iterator[tuple[Cell, ...]]:
    after = 0
    while True:
        with server.store.read() as db:
            after, items = items_after(db, job, after, PIECE)
            told = [naming.item(item) for item in items]
        if not told:
            return
        for one in told:
            outcome = say.message(OUTCOMES[one.outcome])
            yield (
                outcome,
                one.consultant_key,
                one.consultant,
                one.client_key,
                one.client,
                one.what,
                one.reason,
            )
