"""The endpoints that read what is no list of a revision: the bureau itself, the operators, and the history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from reconciler.bureau.answer import Answer
from reconciler.bureau.history import Place, parse_question, read_history
from reconciler.bureau.operators import OperatorRow, Right, RightName, read_operators
from reconciler.bureau.pages import cursor_of, knows, limit_of, next_link
from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.registers import bureau_at, register_sizes
from reconciler.bureau.strict import read_body

if TYPE_CHECKING:
    import sqlite3

    from reconciler.bureau.endpoint import Call
    from reconciler.bureau.registers import Bureau


def bureau(call: Call) -> Response:
    """GET /v1/bureau: what it is called, its programs, its revision."""
    with call.server.store.read() as db:
        row = bureau_at(db, call.operator.bureau)
        tag = f'"{row.revision}{row.stamp and f"-{row.stamp}"}"'
        if knows(call.request, tag):
            return Response(status_code=304, headers={"ETag": tag})
        return Answer(_bureau(db, row), headers={"ETag": tag})


def operator(call: Call) -> Response:
    """GET /v1/operator: who asks, and what it may hand out."""
    with call.server.store.read() as db:
        (row,) = read_operators(db, call.operator.bureau, call.operator.number)
    return Answer(_operator(row))


def operators(call: Call) -> Response:
    """GET /v1/operators: who else may hand out what."""
    if not call.operator.sees_operators:
        raise Problem(Code.NOT_PERMITTED, "You may not see the other operators.")
    with call.server.store.read() as db:
        rows = list(read_operators(db, call.operator.bureau))
    return Answer({"items": [_operator(row) for row in rows]})


async def history(call: Call) -> Response:
    """POST /v1/history/query: who changed which pair when, the newest first."""
    body = await read_body(call.request, call.server.settings.body_bytes)
    return await run_in_threadpool(_history, call, body)


def _history(call: Call, body: bytes) -> Response:
    question, limit = parse_question(body), limit_of(call.request, call.server.settings)
    cursor = cursor_of(call.request, "history", len(Place._fields))
    with call.server.store.read() as db:
        page, more = read_history(db, call.operator, question, Place(*cursor) if cursor else None, limit)
    headers = next_link(call.request, limit, "history", *more) if more else {}
    return Answer(page, headers=headers)


def _bureau(db: sqlite3.Connection, row: Bureau) -> dict[str, Any]:
    programs = db.execute(
        "SELECT id, labels, package FROM program WHERE bureau = ? ORDER BY id", (row.number,)
    )
    consultants, clients = register_sizes(db, row.number)
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


def _operator(row: OperatorRow) -> dict[str, Any]:
    rights = [_right(right) for right in row.rights]
    return {"id": row.id, "name": row.name, "consultant": row.consultant, "rights": rights}


def _right(right: Right) -> dict[str, Any]:
    programs = {"programs": right.programs} if right.name is RightName.PROGRAM_ADMINISTRATOR else {}
    return {"right": right.name, **programs, "clients": "all" if right.clients is None else right.clients}
