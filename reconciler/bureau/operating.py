"""The endpoints that order operations and follow them: operations, jobs, results, notifications."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from reconciler.bureau.answer import Answer
from reconciler.bureau.bodies import parse_operation
from reconciler.bureau.jobs import read_job, read_results, submit
from reconciler.bureau.leases import LEASE_ID, LEASE_ID_IS
from reconciler.bureau.notifications import mark_all_read, mark_read, parse_ids, read_notifications
from reconciler.bureau.pages import cursor_of, limit_of, next_link
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.strict import read_body

if TYPE_CHECKING:
    from reconciler.bureau.endpoint import Call
    from reconciler.bureau.jobs import Document

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_WAIT = re.compile(r"\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*", re.IGNORECASE)


async def operations(call: Call) -> Response:
    """POST /v1/operations: take an operation in."""
    key = call.request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Problem(
            Code.INVALID_REQUEST,
            "Send an Idempotency-Key of 1 to 255 visible ASCII characters, new for each operation.",
        )
    lease = call.request.headers.get("lease")
    if lease is not None and not LEASE_ID.fullmatch(lease):
        raise Problem(Code.INVALID_REQUEST, f"Lease {LEASE_ID_IS}.")
    body = await read_body(call.request, call.server.settings.body_bytes)
    return await run_in_threadpool(_submit, call, key, body, lease)


async def job(call: Call) -> Response:
    """GET /v1/jobs/{id}: how far it is; `Prefer: wait=N` waits for it to be done (RFC 7240)."""
    wanted = _wait(call.request.headers.getlist("prefer"))
    patience = 0 if wanted is None else min(wanted, call.server.settings.longest_wait)
    ends, pause = time.monotonic() + patience, 0.005
    document = await run_in_threadpool(_job, call)
    while document["state"] != "done" and time.monotonic() < ends and not call.server.worker.stopping:
        await anyio.sleep(min(pause, max(0.0, ends - time.monotonic())))
        pause = min(pause * 1.5, 0.2)
        document = await run_in_threadpool(_job, call)
    headers = {} if wanted is None else {"Preference-Applied": f"wait={patience}"}
    return Answer(document, headers=headers | _again(document))


def results(call: Call) -> Response:
    """GET /v1/jobs/{id}/results: what became of each item."""
    limit = limit_of(call.request, call.server.settings)
    key = call.request.path_params["id"]
    (after,) = cursor_of(call.request, "results", 1) or [0]
    with call.server.store.read() as db:
        page, more = read_results(db, call.operator, key, after, limit)
    headers = next_link(call.request, limit, "results", more) if more is not None else {}
    return Answer(page, headers=headers)


def notifications(call: Call) -> Response:
    """GET /v1/notifications: unread ones first, then the newest first."""
    limit = limit_of(call.request, call.server.settings)
    cursor = cursor_of(call.request, "notifications", 2)
    after = (cursor[0], cursor[1]) if cursor else None
    with call.server.store.read() as db:
        page, more = read_notifications(db, call.operator, after, limit)
    headers = next_link(call.request, limit, "notifications", *more) if more is not None else {}
    return Answer(page, headers=headers)


def read(call: Call) -> Response:
    """POST /v1/notifications/{id}/read: mark it as read; once more changes nothing."""
    with call.server.store.write() as db:
        mark_read(db, call.operator, call.request.path_params["id"])
    return Response(status_code=204)


async def read_all(call: Call) -> Response:
    """POST /v1/notifications/read: mark several as read; once more changes nothing."""
    body = await read_body(call.request, call.server.settings.body_bytes)
    return await run_in_threadpool(_read_all, call, body)


def _read_all(call: Call, body: bytes) -> Response:
    ids = parse_ids(body)
    with call.server.store.write() as db:
        mark_all_read(db, call.operator, ids)
    return Response(status_code=204)


def _submit(call: Call, key: str, body: bytes, lease: str | None) -> Response:
    request = parse_operation(body)
    most = call.server.settings.block_pairs
    if request.pairs > most:
        raise Problem(Code.BLOCK_TOO_LARGE, f"A block spans at most {most} pairs, not {request.pairs}.")
    document = submit(call.server.store, call.operator, key, request, lease)
    call.server.worker.wake()
    headers = {"Location": f"/v1/jobs/{document['id']}", "Retry-After": "1"}
    return Answer(document, status_code=202, headers=headers)


def _job(call: Call) -> Document:
    with call.server.store.read() as db:
        return read_job(db, call.operator, call.request.path_params["id"])


def _again(document: Document) -> dict[str, str]:
    return {} if document["state"] == "done" else {"Retry-After": "1"}


def _wait(fields: list[str]) -> int | None:
    """The seconds of `wait` in the Prefer header fields; the first one counts."""
    for preference in ",".join(fields).split(","):
        found = _WAIT.fullmatch(preference.partition(";")[0])
        if found:
            return int(found[1])
    return None
