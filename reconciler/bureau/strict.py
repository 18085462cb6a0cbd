"""Reading the body of a request: bytes with a limit, strict JSON, and what is wrong with a list of names in it.

Everything that the schemas in `schemas/bureau-api.openapi.yaml` forbid is refused; a test holds the two
against each other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from reconciler.bureau.problems import Code, Problem
from reconciler.register.tables import LONGEST_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.requests import Request


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


def parse_json(body: bytes) -> object:
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


def refuse_errors(errors: Iterable[tuple[str, str]], code: Code) -> None:
    """Raise Problem with everything that is wrong in a body: (JSON Pointer, what); nothing where nothing is."""
    wrong = list(errors)
    if wrong:
        detail = "; ".join(f"{pointer or '/'}: {what}" for pointer, what in wrong[:3])
        raise Problem(code, detail, errors=wrong[:100])


def unknown_fields(document: dict[str, object], known: set[str]) -> Iterator[tuple[str, str]]:
    """The fields of an object that are not known."""
    for name in sorted(document.keys() - known):
        yield f"/{_pointer(name)}", "is not known"


def list_errors(field: str, names: object, least: int) -> Iterator[tuple[str, str]]:
    """What is wrong with a list of names, each once; at least so many of them."""
    if not isinstance(names, list):
        yield f"/{field}", "must be a list"
        return
    if len(names) < least:
        yield f"/{field}", "must not be empty"
    wrong = [at for at, name in enumerate(names) if not is_name(name)]
    for at in wrong[:20]:
        yield f"/{field}/{at}", f"must be a text of 1 to {LONGEST_KEY} characters"
    if not wrong and len(set(names)) != len(names):
        yield f"/{field}", "must not hold a name twice"


def is_name(name: object) -> bool:
    """Whether it is a text that a key may be."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_KEY:
        return False
    return name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name)


def _pointer(name: str) -> str:
    """A name as part of a JSON Pointer; what is no text in UTF-8 is replaced."""
    return name[:100].encode(errors="replace").decode().replace("~", "~0").replace("/", "~1")
