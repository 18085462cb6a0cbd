"""The history: who changed which pair when, and by which job; written by `pairs`, read here.

An operator who may not see the others is told what they did, and not who did it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reconciler.bureau.masks import from_signed, names_of
from reconciler.bureau.problems import Code
from reconciler.bureau.registers import program_bits
from reconciler.bureau.strict import list_errors, parse_json, refuse_errors, unknown_fields

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from reconciler.bureau.jobs import Document
    from reconciler.bureau.operators import SignedIn

_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]{1,9})?Z",
    re.ASCII,
)

_FROM = "FROM change JOIN moment USING (bureau, revision) WHERE change.bureau = :bureau"
_OF_CLIENTS = """
AND change.client IN (SELECT number FROM client JOIN json_each(:clients) ON client.id = value WHERE bureau = :bureau)
"""
_OF_CONSULTANTS = """
AND change.consultant IN
  (SELECT number FROM consultant JOIN json_each(:consultants) ON consultant.id = value WHERE bureau = :bureau)
"""
_SINCE = "AND moment.at >= :since"
_COUNT = "SELECT count(*), ifnull(max(change.revision), 0)"
_COLUMNS = """
SELECT change.revision, change.client, change.consultant, change.given, change.access, change.mask, moment.at, moment.job
"""
_PAGE = """
AND (change.revision, change.client, change.consultant) < (:revision, :client, :consultant)
ORDER BY change.revision DESC, change.client DESC, change.consultant DESC LIMIT :limit
"""
_NAMED = """
LEFT JOIN client ON client.bureau = :bureau AND client.number = found.client
LEFT JOIN consultant ON consultant.bureau = :bureau AND consultant.number = found.consultant
LEFT JOIN job ON job.number = found.job
LEFT JOIN run ON run.number = job.run
LEFT JOIN operator ON operator.number = job.operator
ORDER BY found.revision DESC, found.client DESC, found.consultant DESC
"""
_NAMES = """
SELECT found.*, client.id AS client_key, consultant.id AS consultant_key, job.id AS job_key,
       run.id AS run_key, operator.number AS operator, operator.id AS operator_key, operator.name AS operator_name
FROM
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        consultants: only these, by key; None for all.
        clients: only these, by key; None for all.
        since: only what was done then or later, as `clock` writes it; None for whenever.
    """

    consultants: tuple[str, ...] | None
    clients: tuple[str, ...] | None
    since: str | None


class Place(NamedTuple):
    """Where a page ends. What is done meanwhile has a later revision, and so is on none of the next ones.

    Attributes:
        total: how many items there are on all pages.
        revision: of the last item.
        client: the number of its client.
        consultant: the number of its consultant.
    """

    total: int
    revision: int
    client: int
    consultant: int


def parse_question(body: bytes) -> Question:
    """The question that a body asks; raises Problem with everything that is wrong with it."""
    document = parse_json(body)
    refuse_errors(_errors(document), Code.INVALID_REQUEST)
    assert isinstance(document, dict)
    names = {side: document.get(side) for side in ("consultants", "clients")}
    since = document.get("since")
    return Question(
        **{side: None if listed is None else tuple(listed) for side, listed in names.items()},
        since=None if since is None else _stored(since),
    )


def _errors(document: object) -> Iterator[tuple[str, str]]:
    if not isinstance(document, dict):
        yield "", "must be an object"
        return
    yield from unknown_fields(document, {"consultants", "clients", "since"})
    for side in ("consultants", "clients"):
        if side in document:
            yield from list_errors(side, document[side], 1)
    since = document.get("since", "2026-01-31T12:00:00Z")
    if not isinstance(since, str) or not _TIME.fullmatch(since):
        yield "/since", "must be a time in UTC such as 2026-01-31T12:00:00Z"


def _stored(time: str) -> str:
    """A time as `clock` writes it, to the millisecond, so that texts are ordered as times are."""
    return f"{time[:19]}.{time[20:-1][:3].ljust(3, '0')}Z"


def read_history(
    db: sqlite3.Connection, operator: SignedIn, question: Question, after: Place | None, limit: int
) -> tuple[Document, Place | None]:
    """What was done at the operator's bureau, the newest first.

    Args:
        db: inside a read transaction.
        operator: who asks.
        question: what of it is asked for.
        after: the end of the page before, None for the first page.
        limit: how many items at most.

    Returns:
        The page, and its end, None where it is the last page.
    """
    asked, values = _asked(operator.bureau, question)
    if after is None:
        total, newest = db.execute(_COUNT + asked, values).fetchone()
        after = Place(total, newest + 1, 0, 0)
    place = {name: value for name, value in after._asdict().items() if name != "total"}
    inner = f"({_COLUMNS}{asked}{_PAGE}) AS found"
    rows = db.execute(_NAMES + inner + _NAMED, {**values, **place, "limit": limit + 1}).fetchall()
    programs = {bit: name for name, bit in program_bits(db, operator.bureau).items()}
    page = {"total": after.total, "items": [_item(row, operator, programs) for row in rows[:limit]]}
    if len(rows) <= limit:
        return page, None
    last = rows[limit - 1]
    return page, after._replace(
        revision=last["revision"], client=last["client"], consultant=last["consultant"]
    )


def _asked(bureau: int, question: Question) -> tuple[str, dict[str, object]]:
    """Which changes are asked for, in SQL, and the values in it."""
    parts = {
        "clients": (_OF_CLIENTS, question.clients),
        "consultants": (_OF_CONSULTANTS, question.consultants),
        "since": (_SINCE, question.since),
    }
    values: dict[str, object] = {"bureau": bureau}
    conditions = [_FROM]
    for name, (condition, wanted) in parts.items():
        if wanted is not None:
            conditions.append(condition)
            values[name] = wanted if isinstance(wanted, str) else json.dumps(wanted, ensure_ascii=False)
    return " ".join(["", *conditions, ""]), values


def _item(row: sqlite3.Row, operator: SignedIn, programs: Mapping[int, str]) -> Document:
    by = None
    if row["job_key"] is not None and (operator.sees_operators or row["operator"] == operator.number):
        by = {
            "operator": {"id": row["operator_key"], "name": row["operator_name"]},
            "job": row["job_key"],
            "run": row["run_key"],
        }
    return {
        "at": row["at"],
        "consultant": row["consultant_key"],
        "client": row["client_key"],
        "change": "given" if row["given"] else "removed",
        "access": bool(row["access"]),
        "programs": names_of(from_signed(row["mask"]), programs),
        "through": "outside" if row["job_key"] is None else "operation",
        "by": by,
    }
