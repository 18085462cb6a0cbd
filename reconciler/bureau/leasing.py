"""The endpoints of leases: take, renew, release, and who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from reconciler.bureau.answer import Answer
from reconciler.bureau.leases import parse_wish, read_leases, release, renew, take
from reconciler.bureau.strict import read_body

if TYPE_CHECKING:
    from reconciler.bureau.endpoint import Call


async def leases(call: Call) -> Response:
    """POST /v1/leases: take one; the same id again renews it."""
    body = await read_body(call.request, call.server.settings.body_bytes)
    return await run_in_threadpool(_take, call, body)


def held(call: Call) -> Response:
    """GET /v1/leases: who holds it."""
    with call.server.store.read() as db:
        return Answer(read_leases(db, call.operator.bureau))


def renewal(call: Call) -> Response:
    """POST /v1/leases/{id}/renew: let it run from now on again."""
    with call.server.store.write() as db:
        return Answer(renew(db, call.operator, call.request.path_params["id"]))


def end(call: Call) -> Response:
    """POST /v1/leases/{id}/release: end it; once more changes nothing."""
    with call.server.store.write() as db:
        release(db, call.operator, call.request.path_params["id"])
    return Response(status_code=204)


def _take(call: Call, body: bytes) -> Response:
    wish = parse_wish(body)
    with call.server.store.write() as db:
        return Answer(take(db, call.operator, wish))
