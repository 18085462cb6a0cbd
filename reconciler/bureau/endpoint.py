"""What all endpoints have in common: who asks, how often, and an answer whatever happens.

A request is authenticated before anything else of it is read. Nothing that is raised leaves this module:
a Problem is sent as it is, everything else is logged here and sent as a problem without details.
"""

from __future__ import annotations

import inspect
import logging
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from reconciler.bureau.operators import SignedIn, sign_in
from reconciler.bureau.problems import Code, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from reconciler.bureau.ratelimit import Limiter
    from reconciler.bureau.settings import Settings
    from reconciler.bureau.snapshots import Snapshots
    from reconciler.bureau.store import Store
    from reconciler.bureau.worker import Worker

logger = logging.getLogger(__name__)

_PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
"""What SQLite reports when the database is busy or its disk is full."""


@dataclass(frozen=True, slots=True)
class Server:
    """What the endpoints work with.

    Attributes:
        store: the database.
        settings: the limits.
        snapshots: for readers.
        worker: does the jobs.
        limiter: counts requests, None where there is no limit.
    """

    store: Store
    settings: Settings
    snapshots: Snapshots
    worker: Worker
    limiter: Limiter[int] | None


@dataclass(frozen=True, slots=True)
class Call:
    """One request of somebody who is signed in.

    Attributes:
        server: what there is to work with.
        request: the request.
        operator: who asks.
    """

    server: Server
    request: Request
    operator: SignedIn


if TYPE_CHECKING:
    Handler = Callable[[Call], Response] | Callable[[Call], Awaitable[Response]]


def endpoint(server: Server, handler: Handler, *, changes: bool) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint of a handler; one that is not a coroutine runs in a thread.

    Args:
        server: what there is to work with.
        handler: answers a call, or raises Problem.
        changes: whether it may change anything, so that a read-only token does not open it.
    """

    async def respond(request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            response = await _respond(server, handler, request, headers, changes=changes)
        except Problem as problem:
            response = problem.response()
        except ClientDisconnect:
            response = Problem(Code.INVALID_REQUEST, "The request ended before its body.").response()
        except Exception as error:  # the last resort: no traceback may reach the wire
            logger.exception("an endpoint failed")
            response = _failure(error).response()
        response.headers.update(headers)
        return response

    return respond


def _failure(error: Exception) -> Problem:
    """What the caller may know of a failure: whether trying again may help."""
    if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _PASSING:
        return Problem(Code.UNAVAILABLE, "Try again in a moment.", headers={"Retry-After": "5"})
    return Problem(Code.INTERNAL_ERROR, "The failure is in the server's log.")


async def _respond(
    server: Server, handler: Handler, request: Request, headers: dict[str, str], *, changes: bool
) -> Response:
    operator = await run_in_threadpool(_authenticate, server, request)
    if server.limiter is not None:
        allowance = server.limiter.ask(operator.number)
        headers |= server.limiter.headers(allowance)
        if not allowance.allowed:
            headers["Retry-After"] = str(allowance.reset)
            raise Problem(Code.TOO_MANY_REQUESTS, f"Try again in {allowance.reset} seconds.")
    if changes and operator.read_only:
        raise Problem(Code.NOT_PERMITTED, "This token is for reading only.")
    call = Call(server, request, operator)
    if inspect.iscoroutinefunction(handler):
        return cast("Response", await handler(call))
    return await run_in_threadpool(cast("Callable[[Call], Response]", handler), call)


def _authenticate(server: Server, request: Request) -> SignedIn:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    operator = None
    if scheme.lower() == "bearer" and token:
        with server.store.read() as db:
            operator = sign_in(db, token.strip())
    if operator is None:
        raise Problem(
            Code.NOT_SIGNED_IN,
            "Send a token of an operator: Authorization: Bearer TOKEN.",
            headers={"WWW-Authenticate": 'Bearer realm="bureau"'},
        )
    return operator
