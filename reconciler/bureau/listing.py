"""The endpoints that tell lists of one revision, page by page: the register, access, and its digests."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from reconciler.bureau.asking import parse_query
from reconciler.bureau.pages import accepts, cursor_of, knows, limit_of, next_link
from reconciler.bureau.strict import read_body

if TYPE_CHECKING:
    from reconciler.bureau.endpoint import Call
    from reconciler.bureau.snapshots import Snapshot

_COLUMNS = "application/vnd.reconciler.columns+json"

COMPACT = {
    "consultants": _COLUMNS,
    "clients": _COLUMNS,
    "access": "application/vnd.reconciler.access",
    "digests": "application/vnd.reconciler.digests",
}
"""The media type of each list in its compact encoding."""

_VARY = {"Vary": "Accept, Accept-Encoding"}


def consultants(call: Call) -> Response:
    """GET /v1/consultants: a page of one revision."""
    return _register(call, "consultants")


def clients(call: Call) -> Response:
    """GET /v1/clients: a page of one revision."""
    return _register(call, "clients")


def access(call: Call) -> Response:
    """GET /v1/access: a page of one revision."""
    form = _form(call, "access")
    return _page(call, "access", form, *_started(call, "access"))


def digests(call: Call) -> Response:
    """GET /v1/access/digests: a page of one revision."""
    form = _form(call, "digests")
    return _page(call, "digests", form, *_started(call, "digests"))


async def query(call: Call) -> Response:
    """POST /v1/access/query: a page of access at some clients, of one revision."""
    body = await read_body(call.request, call.server.settings.body_bytes)
    return await run_in_threadpool(_query, call, body)


def _query(call: Call, body: bytes) -> Response:
    asked, form = parse_query(body), _form(call, "access")
    snapshots, bureau = call.server.snapshots, call.operator.bureau
    cursor = cursor_of(call.request, "query", 2)
    revision = asked.revision if cursor is None else cursor[0]
    snapshot = snapshots.current(bureau) if revision is None else snapshots.at(bureau, revision)
    found = snapshot.at_clients(asked.clients)
    return _page(call, "access", form, found, cursor[1] if cursor else 0, cursor="query")


def _register(call: Call, kind: str) -> Response:
    """A page of a list that has an entity tag: the same on every page, for as long as the list is the same."""
    form = _form(call, kind)
    snapshot, start = _started(call, kind)
    tag = {"ETag": snapshot.tag(kind)}
    if knows(call.request, tag["ETag"]):
        return Response(status_code=304, headers=tag | _VARY)
    response = _page(call, kind, form, snapshot, start)
    response.headers.update(tag)
    return response


def _started(call: Call, kind: str) -> tuple[Snapshot, int]:
    """The snapshot that the request reads, and where in it."""
    snapshots, bureau = call.server.snapshots, call.operator.bureau
    cursor = cursor_of(call.request, kind, 2)
    return (snapshots.current(bureau), 0) if cursor is None else (snapshots.at(bureau, cursor[0]), cursor[1])


@dataclass(frozen=True, slots=True)
class _Form:
    """How a page is wanted: in its compact encoding or as JSON, and how many items at most."""

    compact: bool
    limit: int


def _form(call: Call, kind: str) -> _Form:
    """Read before anything else: a request that is wrong in itself is told so, whatever became of its revision."""
    settings, compact = call.server.settings, accepts(call.request, COMPACT[kind])
    most = settings.compact_access if kind == "access" else settings.compact_page
    return _Form(compact, limit_of(call.request, settings, most if compact else None))


def _page(
    call: Call, kind: str, form: _Form, snapshot: Snapshot, start: int, *, cursor: str = ""
) -> Response:
    """A page of a list.

    Args:
        call: the request.
        kind: which list.
        form: how the page is wanted.
        snapshot: what it is a part of.
        start: how many items come before it.
        cursor: which list a cursor to the next page is of, where it is not the kind's own.
    """
    limit = form.limit
    body, more = (snapshot.compact if form.compact else snapshot.page)(kind, start, limit)
    headers = dict(_VARY)
    if more:
        headers |= next_link(call.request, limit, cursor or kind, snapshot.revision, start + limit)
    if form.compact and accepts(call.request, "gzip", "accept-encoding"):
        # the lowest level: 5 to 15 times smaller in 2 ms a megabyte, and higher ones gain little
        body, headers["Content-Encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
    return Response(body, headers=headers, media_type=COMPACT[kind] if form.compact else "application/json")
