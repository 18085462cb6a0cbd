"""A bureau server with its pages: the API under /v1 as it is, everything else the site, over one database."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.middleware import Middleware

from reconciler.bureau.app import app_of, create_server
from reconciler.web.bureau.around import around
from reconciler.web.bureau.check import check_routes
from reconciler.web.bureau.history import BureauSides, history_routes
from reconciler.web.bureau.identity import Who, valid
from reconciler.web.bureau.jobs import job_routes
from reconciler.web.bureau.looking import Looking
from reconciler.web.bureau.notices import notice_routes
from reconciler.web.bureau.signing import Attempts, signing_routes
from reconciler.web.clients import client_routes
from reconciler.web.dialog import dialog_routes
from reconciler.web.guard import LOOPBACK, Guard
from reconciler.web.matrices import matrix_routes
from reconciler.web.people import people_routes
from reconciler.web.problems import not_there
from reconciler.web.sessions import Sessions
from reconciler.web.site import Site, common_routes, route

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

    from reconciler.bureau.endpoint import Server
    from reconciler.bureau.settings import Settings
    from reconciler.bureau.store import Store
    from reconciler.web.site import Visit

logger = logging.getLogger(__name__)


def create_site(
    store: Store,
    settings: Settings,
    *,
    hosts: Collection[str] = LOOPBACK,
    language: str = "en",
    attempts: Attempts | None = None,
) -> ASGIApp:
    """Make the application: API and pages.

    Args:
        store: the database; the caller opens it before and closes it after.
        settings: the limits of the API; those on operations are those of the pages too.
        hosts: the names, without port, under which the pages may be asked for.
        language: of the pages, where neither the reader nor the browser says.
        attempts: counts wrong tokens; None for the usual limits.

    Returns:
        An ASGI application. Jobs are done while its lifespan runs.
    """
    server = create_server(store, settings)
    site = Site("bureau", Sessions[Who](), partial(around, server), partial(valid, server), language)
    look = Looking(server)
    pages = Starlette(
        routes=page_routes(site, server, look, attempts or Attempts()),
        middleware=[Middleware(Guard, hosts=hosts)],
    )
    pages.router.redirect_slashes = False
    return Together(app_of(server), pages, look.ahead)


class Together:
    """The API and the pages. What starts and stops with the server is the API's.

    Args:
        api: gets what begins with /v1.
        pages: gets everything else.
        ahead: done beside everything else when the server starts; what it fails at is done when it is needed.
    """

    def __init__(self, api: ASGIApp, pages: ASGIApp, ahead: Callable[[], None]) -> None:
        self._api = api
        self._pages = pages
        self._ahead = ahead

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "lifespan":
            threading.Thread(target=self._look_ahead, name="bureau-ahead", daemon=True).start()
        of_api = scope["type"] != "http" or scope["path"] == "/v1" or scope["path"].startswith("/v1/")
        await (self._api if of_api else self._pages)(scope, receive, send)

    def _look_ahead(self) -> None:
        try:
            self._ahead()
        except Exception:  # a busy or a closing database: nobody is waiting for this
            logger.debug("could not look ahead", exc_info=True)


def page_routes(site: Site[Who], server: Server, look: Looking, attempts: Attempts) -> list[Route]:
    """All pages, in the order in which they are looked for."""
    return [
        *common_routes(site),
        *signing_routes(site, server, attempts),
        *job_routes(site, server, look),
        *notice_routes(site, server),
        *history_routes(site, server, look),
        *client_routes(site, look),
        *people_routes(site, look),
        *matrix_routes(site, look, BureauSides(server)),
        *dialog_routes(site, look),
        *check_routes(site, server, look),
        route(site, "GET", "/", _first),
        route(site, "GET", "/{path:path}", _nothing, for_everybody=True),
    ]


def _first(visit: Visit[Any]) -> Response:
    return visit.go("/clients")


def _nothing(_visit: Visit[Any]) -> Response:
    raise not_there()
