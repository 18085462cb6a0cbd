"""The list of consultants: who works at the bureau, and at how many clients each has access."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.formats.safe import short
from reconciler.web.addresses import asking, consultant_page
from reconciler.web.index import index_of
from reconciler.web.lists import Column, choose, count_of_consultants
from reconciler.web.site import route
from reconciler.web.ticks import asked, sort_word

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.web.seen import Look, Seen
    from reconciler.web.site import Site, Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A consultant in the list.

    Attributes:
        key: mostly an e-mail address.
        label: the name.
        path: of their page.
        at: where the clients are listed at which they have access.
        teams: that they are of.
        tags: in their order.
        count: at how many clients they have access.
        active: False for who has left.
    """

    key: str
    label: str
    path: str
    at: str
    teams: str
    tags: tuple[str, ...]
    count: int
    active: bool


def people_routes(site: Site[Any], look: Look) -> list[Route]:
    """The list of consultants.

    Args:
        site: it is of.
        look: how it looks at its bureau.
    """
    return [route(site, "GET", "/consultants", lambda visit: _list(visit, look(visit)))]


def _list(visit: Visit[Any], seen: Seen) -> Response:
    """GET /consultants."""
    question, people = asked(visit.form, Column.NAME), seen.register.consultants
    counts, index = count_of_consultants(seen.access), index_of(people)
    answer = choose(people, question, counts)

    def row(number: int) -> Row:
        key = people.names[number]
        return Row(
            key=key,
            label=short(people.labels[number]) or short(key),
            path=consultant_page(key),
            at=asking("/clients", consultant=key),
            teams=", ".join(map(short, index.teams.of(number))),
            tags=tuple(map(short, index.tags.of(number))),
            count=int(counts[number]),
            active=bool(people.active[number]),
        )

    question = question.at(answer.page)
    return visit.page(
        "people/list.html",
        question=question,
        sort=sort_word(question),
        columns=Column,
        answer=answer,
        rows=[row(number) for number in answer.shown.tolist()],
        total=len(people.names),
        teams=index.teams.all,
        tags=sorted(people.tags),
    )
