"""Reading the body of a request: bytes with a limit, JSON with a limit, and an operation out of it.

Everything that the schema in `schemas/bureau-api.openapi.yaml` forbids is refused here; a test holds the
two against each other.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from reconciler.bureau.problems import Code, Problem
from reconciler.bureau.registers import LONGEST_KEY
from reconciler.grid.operation import OperationKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

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


async def read_body(request: Request, limit: int) -> bytes:
    """The body, never more than so many bytes of it; raises Problem where it is larger, or not JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(Code.UNSUPPORTED_MEDIA_TYPE, "Send application/json, not compressed.")
    too_large = Problem(Code.BODY_TOO_LARGE, f"A body has at most {limit} bytes.")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise too_large
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise too_large
    return bytes(body)


def parse_operation(body: bytes) -> OperationRequest:
    """The operation that a body asks for; raises Problem with everything that is wrong with it."""
    document = _json(body)
    errors = list(_errors(document))
    if errors or not isinstance(document, dict):
        detail = "; ".join(f"{pointer or '/'}: {what}" for pointer, what in errors[:3])
        raise Problem(Code.INVALID_OPERATION, detail, errors=errors[:100])
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


def _json(body: bytes) -> object:
    """Parse strictly: no NaN, no name twice, no depth that the parser cannot take."""
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_number
        )
    except RecursionError:
        raise Problem(Code.INVALID_REQUEST, "The JSON is nested too deeply.") from None
    except ValueError as problem:  # among them UnicodeDecodeError and JSONDecodeError
        raise Problem(Code.INVALID_REQUEST, f"The body is not valid JSON: {problem}") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return document


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _number(digits: str) -> float:
    """No number is asked for anywhere; a float spares the conversion of a million digits."""
    return float(digits)


def _errors(document: object) -> Iterator[tuple[str, str]]:
    """What is wrong in an operation: (JSON Pointer, what)."""
    if not isinstance(document, dict):
        yield "", "must be an object"
        return
    for name in sorted(document.keys() - _FIELDS):
        yield f"/{_pointer(name)}", "is not known"
    operation = document.get("operation")
    if not isinstance(operation, str) or operation not in set(OperationKind):
        yield "/operation", f"must be one of {', '.join(OperationKind)}"
    fewest = {"consultants": 1, "clients": 1, "programs": int(operation == OperationKind.REMOVE_PROGRAMS)}
    for field, least in fewest.items():
        yield from _list_errors(field, document.get(field, []), least)
    if operation == OperationKind.REMOVE_ACCESS and document.get("programs"):
        yield "/programs", "must be empty when access is removed: all programs go"
    other = document.get("other-programs-too", False)
    if not isinstance(other, bool):
        yield "/other-programs-too", "must be true or false"
    elif other and operation != OperationKind.REMOVE_ACCESS:
        yield "/other-programs-too", "is for remove-access only"
    yield from _expect_errors(document)


def _pointer(name: str) -> str:
    """A name as part of a JSON Pointer; what is no text in UTF-8 is replaced."""
    return name[:100].encode(errors="replace").decode().replace("~", "~0").replace("/", "~1")


def _list_errors(field: str, names: object, least: int) -> Iterator[tuple[str, str]]:
    if not isinstance(names, list):
        yield f"/{field}", "must be a list"
        return
    if len(names) < least:
        yield f"/{field}", "must not be empty"
    wrong = [at for at, name in enumerate(names) if not _is_name(name)]
    for at in wrong[:20]:
        yield f"/{field}/{at}", f"must be a text of 1 to {LONGEST_KEY} characters"
    if not wrong and len(set(names)) != len(names):
        yield f"/{field}", "must not hold a name twice"


def _is_name(name: object) -> bool:
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_KEY:
        return False
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


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
