"""The client list: looking for clients and marking them, many at once, for *Manage access*."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reconciler.formats.safe import short
from reconciler.web.addresses import client_page
from reconciler.web.drafts import Marks, keep_marks, marks_of
from reconciler.web.index import flags_of, index_of, keys_of
from reconciler.web.lists import Column, choose, clients_of, count_at_clients, meant
from reconciler.web.said import selector
from reconciler.web.site import route
from reconciler.web.ticks import address, asked, sort_word, ticked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.grid.arrays import Flags, Ids
    from reconciler.web.lists import Answer, Question
    from reconciler.web.seen import Look, Seen
    from reconciler.web.site import Site, Visit

NAMED = 3
"""How many of the consultants that were meant are named."""


@dataclass(frozen=True, slots=True)
class Row:
    """A client in the list.

    Attributes:
        key: its number.
        label: the company's name.
        path: of its page.
        tags: in their order.
        team: that is responsible; "" for none.
        count: how many consultants have access.
        connected: whether anything can be changed there.
        marked: whether it is marked.
    """

    key: str
    label: str
    path: str
    tags: tuple[str, ...]
    team: str
    count: int
    connected: bool
    marked: bool


def client_routes(site: Site[Any], look: Look) -> list[Route]:
    """The client list, and the form that marks in it.

    Args:
        site: it is of.
        look: how it looks at its bureau.
    """
    return [
        route(site, "GET", "/clients", lambda visit: _list(visit, look(visit))),
        route(site, "POST", "/clients/marks", lambda visit: _mark(visit, look(visit))),
    ]


def take_ticks(visit: Visit[Any], seen: Seen) -> Marks:
    """The marks after the form of the client list was sent, and keep them; any change makes them unsaid."""
    marks = marks_of(visit.signed_in)
    clients = ticked(visit.form, marks.clients, seen.register.clients.names)
    if clients is not marks.clients:
        marks = Marks(clients)
        keep_marks(visit.signed_in, marks)
    return marks


def _list(visit: Visit[Any], seen: Seen) -> Response:
    """GET /clients."""
    question, marks = asked(visit.form), marks_of(visit.signed_in)
    counts, consultants = count_at_clients(seen.access), _meant(seen, question)
    answer = _found(seen, question, marks, counts)
    return visit.page(
        "clients/list.html",
        question=question.at(answer.page),
        sort=sort_word(question),
        columns=Column,
        answer=answer,
        rows=[_row(seen, number, counts, marks) for number in answer.shown.tolist()],
        marks=marks,
        consultants=[_name(seen, number) for number in consultants[:NAMED].tolist()],
        more=max(len(consultants) - NAMED, 0),
        total=len(seen.register.clients.names),
        tags=sorted(seen.register.clients.tags),
        teams=index_of(seen.register.clients).teams.all,
    )


def _mark(visit: Visit[Any], seen: Seen) -> Response:
    """POST /clients/marks: whatever its ticks say, and then what the button says."""
    marks, question = take_ticks(visit, seen), asked(visit.form)
    match visit.form.text("do"):
        case "tick":
            return visit.page("clients/marked.html", marks=marks)
        case "page":
            known = seen.register.clients.names
            shown = frozenset(key for key in visit.form.texts("shown") if key in known)
            if not shown <= marks.clients:
                keep_marks(visit.signed_in, Marks(marks.clients | shown))
        case "all":
            keep_marks(visit.signed_in, _with_all(seen, question, marks))
        case "none":
            keep_marks(visit.signed_in, Marks())
            question = question.at(1) if question.marked else question
        case _:
            pass  # whatever else there is to press only leads on
    return visit.go(address("/clients", question))


def _with_all(seen: Seen, question: Question, marks: Marks) -> Marks:
    """The marks with all clients that a question finds."""
    found = _found(seen, question, marks, count_at_clients(seen.access))
    clients = marks.clients.union(keys_of(seen.register.clients.names, found.ids))
    if len(clients) == len(marks.clients):
        return marks
    return Marks(clients, "" if marks.clients else selector(question))


def _found(seen: Seen, question: Question, marks: Marks, counts: Ids) -> Answer:
    return choose(seen.register.clients, question, counts, _flags(seen, question, marks))


def _flags(seen: Seen, question: Question, marks: Marks) -> Iterator[Flags]:
    """What the clients have to be beside what stands in their own row."""
    names = seen.register.clients.names
    if question.other:
        yield clients_of(seen.access, _meant(seen, question))
    if question.marked:
        yield flags_of(index_of(seen.register.clients).know(marks.clients).ids, len(names))


def _meant(seen: Seen, question: Question) -> Ids:
    """The consultants that a question names; none where it names none."""
    return meant(seen.register.consultants, question.other) if question.other else np.empty(0, dtype=np.int64)


def _row(seen: Seen, number: int, counts: Ids, marks: Marks) -> Row:
    clients = seen.register.clients
    key, index = clients.names[number], index_of(clients)
    return Row(
        key=key,
        label=short(clients.labels[number]),
        path=client_page(key),
        tags=tuple(map(short, index.tags.of(number))),
        team=", ".join(map(short, index.teams.of(number))),
        count=int(counts[number]),
        connected=bool(clients.connected[number]),
        marked=key in marks.clients,
    )


def _name(seen: Seen, number: int) -> str:
    consultants = seen.register.consultants
    return short(consultants.labels[number] or consultants.names[number])
