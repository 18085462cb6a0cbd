"""The endpoints that read: the bureau, its register and access, and the operators."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from reconciler.bureau.operators import OperatorRow, Right, RightName, read_operators
from reconciler.bureau.pages import accepts, cursor_of, limit_of, next_link
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.registers import bureau_at

if TYPE_CHECKING:
    import sqlite3

    from reconciler.bureau.endpoint import Call
    from reconciler.bureau.registers import Bureau


_COLUMNS = "application/vnd.reconciler.columns+json"

COMPACT = {
    "consultants": _COLUMNS,
    "clients": _COLUMNS,
    "access": "application/vnd.reconciler.access",
}
"""The media type of each list in its compact encoding."""


def bureau(call: Call) -> Response:
    """GET /v1/bureau: what it is called, its programs, its revision."""
    with call.server.store.read() as db:
        row = bureau_at(db, call.operator.bureau)
        etag = {"ETag": f'"{row.revision}{row.stamp and f"-{row.stamp}"}"'}
        if etag["ETag"] in _tags(call.request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=etag)
        return JSONResponse(_bureau(db, row), headers=etag)


def consultants(call: Call) -> Response:
    """GET /v1/consultants: a page of one revision."""
    return _page(call, "consultants")


def clients(call: Call) -> Response:
    """GET /v1/clients: a page of one revision."""
    return _page(call, "clients")


def access(call: Call) -> Response:
    """GET /v1/access: a page of one revision."""
    return _page(call, "access")


def operator(call: Call) -> Response:
    """GET /v1/operator: who asks, and what it may hand out."""
    with call.server.store.read() as db:
        (row,) = read_operators(db, call.operator.bureau, call.operator.number)
    return JSONResponse(_operator(row))


def operators(call: Call) -> Response:
    """GET /v1/operators: who else may hand out what."""
    if not call.operator.sees_operators:
        raise Problem(Code.NOT_PERMITTED, "You may not see the other operators.")
    with call.server.store.read() as db:
        rows = list(read_operators(db, call.operator.bureau))
    return JSONResponse({"items": [_operator(row) for row in rows]})


def _page(call: Call, kind: str) -> Response:
    settings, media = call.server.settings, COMPACT[kind]
    compact = accepts(call.request, media)
    most = settings.compact_access if kind == "access" else settings.compact_page
    limit = limit_of(call.request, settings, most if compact else None)
    cursor = cursor_of(call.request, kind, 2)
    snapshots, number = call.server.snapshots, call.operator.bureau
    start = 0
    if cursor is None:
        snapshot = snapshots.current(number)
    else:
        revision, start = cursor
        snapshot = snapshots.at(number, revision)
    body, more = (snapshot.compact if compact else snapshot.page)(kind, start, limit)
    headers = next_link(call.request, limit, kind, snapshot.revision, start + limit) if more else {}
    headers["Vary"] = "Accept, Accept-Encoding"
    if compact and accepts(call.request, "gzip", "accept-encoding"):
        # the lowest level: 5 to 15 times smaller in 2 ms a megabyte, and higher ones gain little
        body, headers["Content-Encoding"] = gzip.compress(body, 1, mtime=0), "gzip"
    return Response(body, headers=headers, media_type=media if compact else "application/json")


def _bureau(db: sqlite3.Connection, row: Bureau) -> dict[str, Any]:
    programs = db.execute(
        "SELECT id, labels, package FROM program WHERE bureau = ? ORDER BY id", (row.number,)
    )
    counts = """SELECT (SELECT count(*) FROM consultant WHERE bureau = :bureau),
                       (SELECT count(*) FROM client WHERE bureau = :bureau)"""
    consultants, clients = db.execute(counts, {"bureau": row.number}).fetchone()
    return {
        "id": row.id,
        "name": row.name,
        "timezone": row.timezone,
        "revision": str(row.revision),
        "programs": [
            {
                "id": program["id"],
                "labels": json.loads(program["labels"]),
                "package": bool(program["package"]),
            }
            for program in programs
        ],
        "totals": {"consultants": consultants, "clients": clients, "pairs": row.pairs},
    }


def _tags(header: str) -> set[str]:
    """The entity tags of If-None-Match; a weak one matches too (RFC 9110)."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def _operator(row: OperatorRow) -> dict[str, Any]:
    rights = [_right(right) for right in row.rights]
    return {"id": row.id, "name": row.name, "consultant": row.consultant, "rights": rights}


def _right(right: Right) -> dict[str, Any]:
    programs = {"programs": right.programs} if right.name is RightName.PROGRAM_ADMINISTRATOR else {}
    return {"right": right.name, **programs, "clients": "all" if right.clients is None else right.clients}
