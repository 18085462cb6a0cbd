"""Who did what when: at a client, for a consultant, to one pair; and the newest of it below the tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.bureau.history import Place, Question, read_history
from reconciler.errors import Message
from reconciler.web.addresses import asking
from reconciler.web.bureau.deeds import Deed, Teller
from reconciler.web.bureau.identity import operator_of
from reconciler.web.bureau.times import clock_of
from reconciler.web.matrices import Section
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.bureau.endpoint import Server
    from reconciler.grid import Register
    from reconciler.grid.names import Names
    from reconciler.web.bureau.identity import Who
    from reconciler.web.bureau.looking import Looking
    from reconciler.web.matrices import Shown
    from reconciler.web.site import Site, Visit

NEWEST = 10
"""Deeds below a table."""

PAGE = 50
"""Deeds of a page."""

# behind whatever is the newest; how many there are is not counted, as that takes longer than to read a page of them
_START = Place(0, 2**62, 0, 0)
_PLACE = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Deeds:
    """Some of the history, the newest first.

    Attributes:
        all: on this page.
        older: where the next page begins, "" where there is none.
    """

    all: tuple[Deed, ...]
    older: str


class BureauSides:
    """What the pages of a bureau server add to those of a client and of a consultant: what was done there last.

    Args:
        server: of the bureau.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    def link(self, _consultant: str, _client: str, _program: str | None) -> str:
        """A cell leads nowhere here."""
        return ""

    def sections(self, visit: Visit[Any], shown: Shown) -> tuple[Section, ...]:
        """What was done last."""
        register = shown.seen.register
        person = "" if shown.consultant is None else register.consultants.names[shown.consultant]
        company = "" if shown.client is None else register.clients.names[shown.client]
        values = {
            "deeds": deeds(self._server, visit, register, (person, company), (_START, NEWEST)),
            "clock": clock_of(register.timezone),
            "all": asking("/history", consultant=person, client=company),
        }
        return (Section("bureau/newest.html", values),)


def history_routes(site: Site[Who], server: Server, look: Looking) -> Sequence[Route]:
    """The history as a page."""
    return [route(site, "GET", "/history", partial(_history, server, look))]


def deeds(
    server: Server, visit: Visit[Any], register: Register, pair: tuple[str, str], part: tuple[Place, int]
) -> Deeds:
    """What was done, as far as whoever visits may see it.

    Args:
        server: of the bureau.
        visit: whose.
        register: who and what there is.
        pair: a consultant and a client by their keys; "" for all.
        part: where the page before ended, and how many at most.
    """
    (consultant, client), (after, limit) = pair, part
    question = Question((consultant,) if consultant else None, (client,) if client else None, None)
    operator = operator_of(server, visit)
    with server.store.read() as db:
        page, end = read_history(db, operator, question, after, limit)
    teller = Teller(register, visit.say)
    older = f"{end.revision}.{end.client}.{end.consultant}" if end else ""
    return Deeds(tuple(teller.deed(item) for item in page["items"]), older)


def _history(server: Server, look: Looking, visit: Visit[Any]) -> Response:
    register = look(visit).register
    consultant, client = visit.form.text("consultant"), visit.form.text("client")
    errors = {
        name: message
        for name, key, names, message in (
            ("consultant", consultant, register.consultants.names, Message("There is no consultant with this key.")),
            ("client", client, register.clients.names, Message("There is no client with this number.")),
        )
        if _unknown(key, names)
    }  # fmt: skip
    found = _PLACE.fullmatch(visit.form.text("before"))
    after = Place(0, *map(int, found.groups())) if found else _START
    told = Deeds((), "") if errors else deeds(server, visit, register, (consultant, client), (after, PAGE))
    teller = Teller(register, visit.say)
    said = {"consultant": consultant, "client": client}
    return visit.page(
        "bureau/history.html",
        deeds=told,
        said=said,
        names={
            "consultant": teller.consultant(consultant) if consultant else "",
            "client": teller.client(client) if client else "",
        },
        errors=errors,
        clock=clock_of(register.timezone),
        newest=asking("/history", **said) if found else "",
        older=asking("/history", **said, before=told.older) if told.older else "",
    )


def _unknown(key: str, names: Names) -> bool:
    return bool(key) and names.find(key) is None
