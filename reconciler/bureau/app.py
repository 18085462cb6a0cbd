"""The bureau server as an ASGI application: its routes, and what starts and stops with it.

It never decides anything about a request: that is the endpoints' business.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Match, Route

from reconciler.bureau import leasing, listing, operating, reading
from reconciler.bureau.endpoint import Server, endpoint
from reconciler.bureau.headers import SecurityHeaders
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.ratelimit import Limiter
from reconciler.bureau.snapshots import Snapshots
from reconciler.bureau.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.bureau.endpoint import Handler
    from reconciler.bureau.settings import Settings
    from reconciler.bureau.store import Store

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/v1/bureau", reading.bureau),
    ("GET", "/v1/consultants", listing.consultants),
    ("GET", "/v1/clients", listing.clients),
    ("GET", "/v1/access", listing.access),
    ("GET", "/v1/access/digests", listing.digests),
    ("POST", "/v1/access/query", listing.query),
    ("POST", "/v1/history/query", reading.history),
    ("GET", "/v1/operator", reading.operator),
    ("GET", "/v1/operators", reading.operators),
    ("GET", "/v1/leases", leasing.held),
    ("POST", "/v1/leases", leasing.leases),
    ("POST", "/v1/leases/{id}/renew", leasing.renewal),
    ("POST", "/v1/leases/{id}/release", leasing.end),
    ("POST", "/v1/operations", operating.operations),
    ("GET", "/v1/jobs/{id}", operating.job),
    ("GET", "/v1/jobs/{id}/results", operating.results),
    ("GET", "/v1/notifications", operating.notifications),
    ("POST", "/v1/notifications/{id}/read", operating.read),
    ("POST", "/v1/notifications/read", operating.read_all),
)
"""All of the API, as `schemas/bureau-api.openapi.yaml` describes it; a test holds the two together."""


_QUESTIONS = frozenset({"/v1/access/query", "/v1/history/query"})
"""What is asked with POST because the question is long, and changes nothing: a read-only token may ask it."""


def create_app(store: Store, settings: Settings) -> Starlette:
    """Make the application; the arguments are those of `create_server`.

    Returns:
        An ASGI application. Jobs are done only while its lifespan runs: a server runs it by itself, in
        process it is `async with app.router.lifespan_context(app)`.
    """
    return app_of(create_server(store, settings))


def create_server(store: Store, settings: Settings) -> Server:
    """What the endpoints work with, for `app_of`, and for pages beside them.

    Args:
        store: the database; the caller opens it before and closes it after.
        settings: the limits.
    """
    return Server(
        store=store,
        settings=settings,
        snapshots=Snapshots(store, settings.snapshots, settings.stale),
        worker=Worker(store, settings.chunk),
        limiter=Limiter(settings.rate_limit) if settings.rate_limit else None,
    )


def app_of(server: Server) -> Starlette:
    """The application over a server; see `create_app`."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        server.worker.start()
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(server.worker.stop)

    app = Starlette(
        routes=[
            Route(
                path,
                endpoint(server, handler, changes=method != "GET" and path not in _QUESTIONS),
                methods=[method],
            )
            for method, path, handler in ROUTES
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: _no_route},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return app


async def _no_route(request: Request, error: Exception) -> Response:
    """What the router itself refuses: a path or a method that there is not."""
    if isinstance(error, HTTPException) and error.status_code == 405:
        # a route knows its own method alone, and a path may have several
        fitting = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
        allowed = sorted({method for route in fitting for method in route.methods})
        headers = {"Allow": ", ".join(allowed)}
        problem = Problem(Code.METHOD_NOT_ALLOWED, f"{request.method} is not for this path.", headers=headers)
    else:
        problem = Problem(Code.NOT_FOUND, "There is no such path in this API.")
    return problem.response()
