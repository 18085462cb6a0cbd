"""The body of a question about access: at which clients, and of which revision."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.bureau.problems import Code
from reconciler.bureau.strict import list_errors, parse_json, refuse_errors, unknown_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_REVISION = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked.

    Attributes:
        clients: keys, each once; one that is unknown has no rows.
        revision: that the rows must be of; None for the present one.
    """

    clients: tuple[str, ...]
    revision: int | None


def parse_query(body: bytes) -> Query:
    """The question that a body asks; raises Problem with everything that is wrong with it."""
    document = parse_json(body)
    refuse_errors(_errors(document), Code.INVALID_REQUEST)
    assert isinstance(document, dict)
    revision = document.get("revision")
    return Query(tuple(document["clients"]), None if revision is None else int(revision))


def _errors(document: object) -> Iterator[tuple[str, str]]:
    if not isinstance(document, dict):
        yield "", "must be an object"
        return
    yield from unknown_fields(document, {"clients", "revision"})
    yield from list_errors("clients", document.get("clients"), 1)
    revision = document.get("revision", "0")
    if not isinstance(revision, str) or not _REVISION.fullmatch(revision):
        yield "/revision", "must be a revision as GET /v1/bureau tells it"
