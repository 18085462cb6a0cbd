"""An operation out of the body of a request, checked by the schema in `schemas/bureau-api.openapi.yaml`."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reconciler.bureau.problems import Code
from reconciler.bureau.strict import list_errors, parse_json, refuse_errors, unknown_fields
from reconciler.grid.operation import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_REVISION = re.compile(r"0|[1-9][0-9]{0,17}")
_RUN = re.compile(r"[\x21-\x7e]{1,255}")
_FIELDS = {"operation", "consultants", "clients", "programs", "other-programs-too", "expect"}


@dataclass(frozen=True, slots=True)
class Expect:
    """What the caller believes.

    Attributes:
        revision: that the operation was planned on.
        run: the run that it belongs to.
    """

    revision: int
    run: str


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """An operation as it is asked for; names, not numbers.

    Attributes:
        kind: which of the three.
        consultants: keys, at least one, each once.
        clients: keys, at least one, each once.
        programs: keys, each once.
        other_programs_too: whether removing access may take programs outside the bureau package along.
        expect: what the caller believes, None for whatever there is.
    """

    kind: OperationKind
    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    programs: tuple[str, ...]
    other_programs_too: bool
    expect: Expect | None

    @property
    def pairs(self) -> int:
        """How many pairs it spans."""
        return len(self.consultants) * len(self.clients)

    def text(self) -> str:
        """As canonical JSON: the same request is the same text."""
        expect = self.expect and {"revision": str(self.expect.revision), "run": self.expect.run}
        document = {
            "operation": self.kind,
            "consultants": self.consultants,
            "clients": self.clients,
            "programs": self.programs,
            "other-programs-too": self.other_programs_too,
            **({"expect": expect} if expect else {}),
        }
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> bytes:
    """What tells one request from another."""
    return hashlib.sha256(text.encode()).digest()


def parse_operation(body: bytes) -> OperationRequest:
    """The operation that a body asks for; raises Problem with everything that is wrong with it."""
    document = parse_json(body)
    refuse_errors(_errors(document), Code.INVALID_OPERATION)
    assert isinstance(document, dict)
    return _operation(document)


@lru_cache(maxsize=4)
def stored_operation(text: str) -> OperationRequest:
    """The operation of a text that `OperationRequest.text` made; every chunk and every page of a job asks."""
    return _operation(json.loads(text))


def _operation(document: dict[str, Any]) -> OperationRequest:
    expect = document.get("expect")
    return OperationRequest(
        kind=OperationKind(document["operation"]),
        consultants=tuple(document["consultants"]),
        clients=tuple(document["clients"]),
        programs=tuple(document.get("programs", ())),
        other_programs_too=document.get("other-programs-too", False),
        expect=Expect(int(expect["revision"]), expect["run"]) if expect else None,
    )


def _errors(document: object) -> Iterator[tuple[str, str]]:
    """What is wrong in an operation: (JSON Pointer, what)."""
    if not isinstance(document, dict):
        yield "", "must be an object"
        return
    yield from unknown_fields(document, _FIELDS)
    operation = document.get("operation")
    if not isinstance(operation, str) or operation not in set(OperationKind):
        yield "/operation", f"must be one of {', '.join(OperationKind)}"
    fewest = {"consultants": 1, "clients": 1, "programs": int(operation == OperationKind.REMOVE_PROGRAMS)}
    for field, least in fewest.items():
        yield from list_errors(field, document.get(field, []), least)
    if operation == OperationKind.REMOVE_ACCESS and document.get("programs"):
        yield "/programs", "must be empty when access is removed: all programs go"
    other = document.get("other-programs-too", False)
    if not isinstance(other, bool):
        yield "/other-programs-too", "must be true or false"
    elif other and operation != OperationKind.REMOVE_ACCESS:
        yield "/other-programs-too", "is for remove-access only"
    yield from _expect_errors(document)


def _expect_errors(document: dict[str, object]) -> Iterator[tuple[str, str]]:
    if "expect" not in document:
        return
    expect = document["expect"]
    if not isinstance(expect, dict) or expect.keys() != {"revision", "run"}:
        yield "/expect", "must be an object of revision and run"
        return
    if not isinstance(expect["revision"], str) or not _REVISION.fullmatch(expect["revision"]):
        yield "/expect/revision", "must be a revision as GET /v1/bureau tells it"
    if not isinstance(expect["run"], str) or not _RUN.fullmatch(expect["run"]):
        yield "/expect/run", "must be 1 to 255 visible ASCII characters"
