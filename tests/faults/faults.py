"""The faults that are tried: what each does to an exchange, in the words of the table in docs/faults.md."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.faults.proxy import Line, Request, Rule, Spoil

FOR_EVER = 10**9

PLACES = {
    "the bureau": ("GET", "/v1/bureau"),
    "consultants": ("GET", "/v1/consultants"),
    "access": ("GET", "/v1/access"),
    "the lease": ("POST", "/v1/leases"),
    "an operation": ("POST", "/v1/operations"),
    "a job": ("GET", "/v1/jobs/[^/]+"),
    "its results": ("GET", "/v1/jobs/[^/]+/results"),
    "notifications": ("GET", "/v1/notifications"),
}


async def too_many_with(_request: Request, line: Line) -> None:
    await line.problem("429 Too Many Requests", "too-many-requests", "retry-after: 0")


async def too_many(_request: Request, line: Line) -> None:
    await line.problem("429 Too Many Requests", "too-many-requests")


def status(text: str) -> Spoil:
    async def spoil(_request: Request, line: Line) -> None:
        await line.answer(text, b"<h1>oops</h1>", kind="text/html")

    return spoil


async def reset_before(_request: Request, line: Line) -> None:
    line.reset()


async def reset_after(_request: Request, line: Line) -> None:
    await line.forward()
    line.reset()


async def reset_during(_request: Request, line: Line) -> None:
    head, body = await line.forward()
    await line.send(head + body[: len(body) // 2])
    line.reset()


async def cut(_request: Request, line: Line) -> None:
    head, body = await line.forward()
    await line.send(head + body[:-3])


async def silence(_request: Request, line: Line) -> None:
    await line.forward()
    await asyncio.sleep(30)


async def dripping(_request: Request, line: Line) -> None:
    await line.send(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n")
    while True:
        await line.send(b" ")
        await asyncio.sleep(0.02)


async def ten_gigabytes(_request: Request, line: Line) -> None:
    await line.send(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10737418240\r\n\r\n"
    )
    piece = b" " * (1 << 20)
    for _ in range(10 * 1024):
        await line.send(piece)


@cache
def bomb() -> bytes:
    """Under a megabyte that becomes 600; seconds to make, so not before it is thrown."""
    return gzip.compress(b" " * (600 << 20))


async def gzip_bomb(_request: Request, line: Line) -> None:
    await line.answer("200 OK", bomb(), "content-encoding: gzip")


async def malformed(_request: Request, line: Line) -> None:
    head, _ = await line.forward()
    await line.passed_on(head, b'{"items": [,')


def _wrong(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _wrong(inner) for name, inner in value.items()}
    return [_wrong(inner) for inner in value] if isinstance(value, list) else {"not": ["what", "it", "was"]}


async def wrong_types(_request: Request, line: Line) -> None:
    head, document = await line.document()
    await line.passed_on(head, json.dumps(_wrong(document)).encode())


ONCE: dict[str, Spoil] = {
    "429 with Retry-After": too_many_with,
    "429 without Retry-After": too_many,
    "500": status("500 Internal Server Error"),
    "502": status("502 Bad Gateway"),
    "503": status("503 Service Unavailable"),
    "connection reset before the request was received": reset_before,
    "connection reset while the answer came": reset_during,
    "connection reset after the request was received": reset_after,
    "no answer in time": silence,
    "a body cut in the middle": cut,
    "a body that drips and never ends": dripping,
    "10 GB of body": ten_gigabytes,
    "a gzip bomb": gzip_bomb,
    "malformed JSON": malformed,
    "wrong types": wrong_types,
}
"""Faults of an exchange that may hit any request, tried once at each place."""

ALWAYS = ("503", "connection reset after the request was received")
"""Those that are tried for ever too."""


def told(change: Callable[[Any], None]) -> Spoil:
    """The server's answer, with a change made to its document."""

    async def spoil(_request: Request, line: Line) -> None:
        head, document = await line.document()
        change(document)
        await line.passed_on(head, json.dumps(document).encode())

    return spoil


async def refused_token(_request: Request, line: Line) -> None:
    await line.problem("401 Unauthorized", "not-signed-in", 'www-authenticate: Bearer realm="b"')


async def lost(_request: Request, line: Line) -> None:
    await line.problem("404 Not Found", "not-found")


async def lease_lost(_request: Request, line: Line) -> None:
    await line.problem("409 Conflict", "lease-lost")


async def without_next(_request: Request, line: Line) -> None:
    head, body = await line.forward()
    lines = [one for one in head.split(b"\r\n") if not one.lower().startswith(b"link:")]
    await line.send(b"\r\n".join(lines) + body)


class Repeated:
    """The page before once more, in place of the one that was asked for."""

    def __init__(self) -> None:
        self.first: tuple[bytes, bytes] | None = None

    async def __call__(self, _request: Request, line: Line) -> None:
        page = await line.forward()
        self.first = self.first or page
        await line.send(b"".join(self.first))


async def twice(_request: Request, line: Line) -> None:
    """The server does it once more under a key of its own."""
    await line.forward()
    head, body = await line.forward()
    await line.send(head + body)


def _unasked(document: Any) -> None:
    document["items"].append({**document["items"][0], "consultant": "ivar"})
    document["total"] += 1


def _one_less(document: Any) -> None:
    document["items"].pop()
    document["total"] -= 1


def _doubled(document: Any) -> None:
    document["items"].append(document["items"][0])
    document["total"] += 1


def _fewer(document: Any) -> None:
    document["totals"]["consultants"] -= 1


def _expired(document: Any) -> None:
    document["expires"] = "2001-01-01T00:00:00Z"


@dataclass(frozen=True)
class Particular:
    """A fault of one place.

    Attributes:
        name: as it stands in the table.
        rules: made anew for each try.
    """

    name: str
    rules: Callable[[], list[Rule]]


def _one(
    method: str, path: str, spoil: Spoil, after: int = 0, times: int = FOR_EVER
) -> Callable[[], list[Rule]]:
    return lambda: [Rule(method, path, spoil, after, times)]


PARTICULAR = [
    Particular("a page is missing", _one("GET", "/v1/consultants", without_next)),
    Particular("a page comes twice", lambda: [Rule("GET", "/v1/clients", Repeated(), 0, FOR_EVER)]),
    Particular("a total that disagrees", _one("GET", "/v1/bureau", told(_fewer))),
    Particular("the revision moves between two pages, always", _one("GET", "/v1/access", told(lambda d: d.update(revision="99")), 1)),
    Particular("the revision moves between two pages, once", _one("GET", "/v1/clients", told(lambda d: d.update(revision="99")), 1, 1)),
    Particular("the token expires before an operation", _one("POST", "/v1/operations", refused_token, 1)),
    Particular("the token expires while jobs run", _one("GET", "/v1/jobs/[^/]+", refused_token, 1)),
    Particular("a job is lost", _one("GET", "/v1/jobs/[^/]+", lost, 0, 1)),
    Particular("a job is done twice", _one("POST", "/v1/operations", twice)),
    Particular("results out of order", _one("GET", ".*/results", told(lambda d: d["items"].reverse()))),
    Particular("results for cells not asked for", _one("GET", ".*/results", told(_unasked), 0, 1)),
    Particular("a result is missing", _one("GET", ".*/results", told(_one_less), 0, 1)),
    Particular("a result is told twice", _one("GET", ".*/results", told(_doubled), 0, 1)),
    Particular("the lease goes to somebody else half-way", _one("POST", "/v1/operations", lease_lost, 1)),
    Particular("the server's clock is off by years", _one("POST", "/v1/leases(/.*)?", told(_expired))),
]  # fmt: skip
"""Faults that belong to one place."""
