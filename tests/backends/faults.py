"""A backend that is one function, and a transport that spoils some of its answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import httpx

from reconciler.backends.config import BackendConfig
from reconciler.backends.http import open_backend
from tests.support import canary

if TYPE_CHECKING:
    from reconciler.backends.remote import RemoteBackend

TOKEN = canary.token("7f3a91")
FAST = {"backoff": "0.001", "max-wait": "0.01", "poll": "0.01", "retries": "3"}

Answer = Callable[[httpx.Request], httpx.Response]


def rows(count: int) -> list[dict[str, Any]]:
    """So many rows of access, in key order, over 4 consultants."""
    return [
        {"consultant": f"u{i % 4}", "client": f"{1000 + i // 4}", "programs": ["p", "q"][: i % 3]}
        for i in range(count)
    ]


@dataclass
class World:
    """What the function answers with: lists in pages, everything else as documents; change it at will."""

    revision: str = "17"
    page: int = 3
    documents: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        consultant = {"status": "active", "tags": [], "teams": ["t"], "leads": []}
        client = {"status": "connected", "tags": ["x"], "team": None}
        self.lists = {
            "/v1/consultants": [{"id": f"u{i}", "name": f"U {i}", **consultant} for i in range(4)],
            "/v1/clients": [{"id": f"{1000 + i}", "name": f"C {i}", **client} for i in range(5)],
            "/v1/access": rows(8),
        }
        operator = {
            "id": "op",
            "name": "Op",
            "consultant": None,
            "rights": [{"right": "system-administrator", "clients": "all"}],
        }
        programs = [{"id": name, "labels": {"sv": name}, "package": True} for name in ("p", "q")]
        self.documents = {
            "/v1/bureau": {"id": "b", "name": "B", "timezone": "Europe/Stockholm", "programs": programs},
            "/v1/operator": operator,
            "/v1/operators": {"items": [operator]},
            "/v1/jobs/j": {
                "id": "j",
                "operation": "give-access",
                "state": "running",
                "pairs": 2,
                "finished": 1,
            },
        }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path in self.lists:
            return self._page(request, path)
        document = dict(self.documents.get(path) or {})
        if not document:
            return httpx.Response(404, json={"code": "not-found", "detail": "There is nothing here."})
        if path == "/v1/bureau":
            totals = {"consultants": "/v1/consultants", "clients": "/v1/clients", "pairs": "/v1/access"}
            document |= {
                "revision": self.revision,
                "totals": {name: len(self.lists[where]) for name, where in totals.items()},
            }
        return httpx.Response(200, json=document)

    def _page(self, request: httpx.Request, path: str) -> httpx.Response:
        start, every = int(request.url.params.get("cursor", "0")), self.lists[path]
        stop = start + self.page
        link = {"link": f'<{path}?cursor={stop}>; rel="next"'} if stop < len(every) else {}
        document = {"revision": self.revision, "total": len(every), "items": every[start:stop]}
        return httpx.Response(200, json=document, headers=link)


@dataclass
class Faulty(httpx.AsyncBaseTransport):
    """Answers as the world does, but for the first requests that a fault is for.

    Attributes:
        world: the backend.
        faults: ("path?part of the query", how often, what happens instead); the first that fits is used up.
        requests: all that were sent.
    """

    world: Answer = field(default_factory=World)
    faults: list[tuple[str, int, Answer]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        for number, (where, times, fault) in enumerate(self.faults):
            path, _, query = where.partition("?")
            if times and request.url.path == path and query in request.url.query.decode():
                self.faults[number] = (where, times - 1, fault)
                return fault(request)
        return self.world(request)

    def sent(self, path: str) -> int:
        """How many requests went to a path."""
        return sum(request.url.path == path for request in self.requests)


def backend(network: httpx.AsyncBaseTransport, **settings: str) -> RemoteBackend:
    """The http backend over a transport, with short pauses."""
    given = {name.replace("_", "-"): value for name, value in settings.items()}
    config = BackendConfig("http", {"url": "https://bureau.example", **FAST, **given}, TOKEN)
    return open_backend(config, network)


def status(code: int, **headers: str) -> Answer:
    """Answers with a status and a problem document."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    problem = {"code": f"code-{code}", "detail": f"Detail of {code}."}
    return lambda _request: httpx.Response(code, json=problem, headers=names)


def raising(kind: type[httpx.TransportError]) -> Answer:
    """Does not answer."""

    def fault(request: httpx.Request) -> httpx.Response:
        raise kind("told so", request=request)

    return fault


def body(content: bytes, **headers: str) -> Answer:
    """Answers with a body as it is."""
    names = {"content-type": "application/json"} | {name.replace("_", "-"): v for name, v in headers.items()}
    return lambda _request: httpx.Response(200, stream=Pieces([content]), headers=names)


def changed(world: Answer, change: Callable[[dict[str, Any]], object]) -> Answer:
    """Answers as the world does, with a change made to the document."""

    def fault(request: httpx.Request) -> httpx.Response:
        response = world(request)
        document = json.loads(response.content)
        change(document)
        link = {"link": response.headers["link"]} if "link" in response.headers else {}
        return httpx.Response(200, json=document, headers=link)

    return fault


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


class Dripping(httpx.AsyncByteStream):
    """A body that never ends."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await anyio.sleep(0.01)


def dripping(_request: httpx.Request) -> httpx.Response:
    """Answers for ever."""
    return httpx.Response(200, stream=Dripping(), headers={"content-type": "application/json"})
