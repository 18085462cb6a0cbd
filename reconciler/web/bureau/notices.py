"""Notifications: which jobs are done, the newest first; the bell tells on every page how many were not read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.bureau.notifications import list_notifications, mark_read_until
from reconciler.bureau.registers import bureau_at
from reconciler.formats.text.results import KINDS, OUTCOMES
from reconciler.web.bureau.identity import operator_of, writing_operator
from reconciler.web.bureau.jobs import FIRST
from reconciler.web.bureau.paging import page_number, paging
from reconciler.web.bureau.times import clock_of
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.bureau.endpoint import Server
    from reconciler.web.bureau.identity import Who
    from reconciler.web.site import Site, Visit

SIZE = 50
"""On a page."""


def notice_routes(site: Site[Who], server: Server) -> Sequence[Route]:
    """The list, the bell by itself, and marking all as read."""
    return [
        route(site, "GET", "/notifications", partial(_list, server)),
        route(site, "GET", "/notifications/bell", _bell),
        route(site, "POST", "/notifications/read", partial(_read, server)),
    ]


def _list(server: Server, visit: Visit[Any]) -> Response:
    operator = operator_of(server, visit)
    with server.store.read() as db:
        total, notices = list_notifications(db, operator, (page_number(visit) - 1) * SIZE, SIZE)
        clock = clock_of(bureau_at(db, operator.bureau).timezone)
    return visit.page(
        "bureau/notifications.html",
        notices=notices,
        kinds={str(kind): name for kind, name in KINDS.items()},
        outcomes={one: OUTCOMES[one] for one in FIRST},
        paging=paging(visit, SIZE, total),
        clock=clock,
        writes=not operator.read_only,
    )


def _bell(visit: Visit[Any]) -> Response:
    return visit.page("bureau/bell.html")


def _read(server: Server, visit: Visit[Any]) -> Response:
    """All that stood on the page is read; one that came since is not."""
    operator = writing_operator(server, visit)
    with server.store.write() as db:
        mark_read_until(db, operator, visit.form.text("until"))
    return visit.go("/notifications")
