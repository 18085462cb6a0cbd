"""A bureau on its real server in this process, which is watched, and changed behind everybody's back."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from reconciler.backends.config import BackendConfig
from reconciler.backends.http import open_backend
from reconciler.bureau.app import create_app
from reconciler.bureau.csvload import Cells, add_cells
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.registers import (
    bump,
    create_bureau,
    find_bureau,
    insert_clients,
    insert_consultants,
    insert_programs,
)
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid.register import Client, Consultant, Program
from tests.backends.test_compact import described

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reconciler.plan import Current

LISTS = ["/v1/consultants", "/v1/clients"]
LOOK = ["/v1/bureau", "/v1/operator", "/v1/operators"]
PROGRAMS = ("invoicing", "payroll", "receipts")

Answered = "Callable[[httpx.Request, httpx.Response], httpx.Response]"


@dataclass
class Watched(httpx.AsyncBaseTransport):
    """The server of a database, for one caller after the other.

    Attributes:
        store: the database.
        settings: of the server.
        requests: all that were sent.
        spoil: what happens to an answer on its way, by path.
    """

    store: Store
    settings: Settings = field(default_factory=Settings)
    requests: list[httpx.Request] = field(default_factory=list)
    spoil: dict[str, Answered] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.inner = httpx.ASGITransport(create_app(self.store, self.settings))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        response = await self.inner.handle_async_request(request)
        if request.url.path not in self.spoil:
            return response
        await response.aread()
        return self.spoil[request.url.path](request, response)

    async def aclose(self) -> None:
        """The next caller may come."""

    def sent(self) -> list[str]:
        """The paths of the requests so far, which are forgotten."""
        paths = [request.url.path for request in self.requests]
        self.requests.clear()
        return paths


@dataclass
class Bureau:
    """A bureau.

    Attributes:
        store: its database.
        network: its server.
        token: of an operator.
        cache: the folder of what is kept.
    """

    store: Store
    network: Watched
    token: str
    cache: Path

    def config(self, cache: Path | None, token: str = "", **settings: str) -> BackendConfig:
        """How it is reached."""
        fast = {"backoff": "0.001", "max-wait": "0.01", "retries": "1"}
        return BackendConfig(
            "http", {"url": "https://bureau.example", **fast, **settings}, token or self.token, cache=cache
        )

    def current(self, *, cached: bool = True, token: str = "", **settings: str) -> Current:
        """The state, as one command sees it."""
        config = self.config(self.cache if cached else None, token, **settings)
        with open_backend(config, self.network) as backend:
            return backend.current()

    def check(self) -> Current:
        """The state by way of the cache; it must be what there is."""
        found, fresh = self.current(), self.current(cached=False)
        assert plain(found) == plain(fresh)
        return found

    def kept(self) -> Path:
        """The one file that is kept."""
        (path,) = self.cache.iterdir()
        return path

    def give(self, *cells: tuple[str, str, str]) -> None:
        """Give consultants programs at clients."""
        with self.store.write() as db:
            add_cells(db, self._number(), Cells(*zip(*cells, strict=True)))

    def take(self, *pairs: tuple[str, str]) -> None:
        """Remove access."""
        query = """UPDATE pair SET held = 0, mask = 0 WHERE bureau = ?
                   AND consultant = (SELECT number FROM consultant WHERE id = ?)
                   AND client = (SELECT number FROM client WHERE id = ?)"""
        with self.store.write() as db:
            db.executemany(query, [(self._number(), *pair) for pair in pairs])
            db.execute("UPDATE bureau SET pairs = (SELECT count(*) FROM pair WHERE held)")
            bump(db, self._number(), register=False)

    def register(
        self,
        consultants: Sequence[Consultant] = (),
        clients: Sequence[Client] = (),
        programs: Sequence[Program] = (),
    ) -> None:
        """Add to the register."""
        with self.store.write() as db:
            insert_consultants(db, self._number(), consultants)
            insert_clients(db, self._number(), clients)
            insert_programs(db, self._number(), programs)
            bump(db, self._number(), register=True)

    def _number(self) -> int:
        with self.store.read() as db:
            return find_bureau(db, "b").number


@contextmanager
def bureau(folder: Path, size: int = 6, settings: Settings | None = None) -> Iterator[Bureau]:
    """A bureau of so many consultants and twice as many clients, with some access."""
    with Store.open(folder / "bureau.db") as store:
        create_bureau(store, "b", "Byrån", "Europe/Stockholm", [Program(name) for name in PROGRAMS])
        system = [Right(RightName.SYSTEM_ADMINISTRATOR)]
        token = add_operator(store, "b", "op", "Op", system, sees_operators=True)
        made = Bureau(store, Watched(store, settings or Settings()), token, folder / "cache")
        made.register(
            [Consultant(f"k{i}", f"Konsult {i} Å", teams=(f"t{i % 2}",), leads=()) for i in range(size)],
            [
                Client(f"{100 + i}", f"Bolag {i}", tags=("x",) * (i % 2), team=f"t{i % 2}")
                for i in range(2 * size)
            ],
        )
        rng = random.Random(7)
        made.give(
            *{
                (f"k{rng.randrange(size)}", f"{100 + rng.randrange(2 * size)}", rng.choice(PROGRAMS))
                for _ in range(5 * size)
            }
        )
        yield made


def plain(current: Current) -> list[Any]:
    """Everything that is known, in plain values."""
    rights = current.operator.rights
    return [
        *described(current.register),
        [current.register.bureau, current.register.label, current.register.timezone],
        [
            list(current.register.programs.names),
            current.register.programs.labels,
            current.register.programs.package,
        ],
        [current.access.keys.tolist(), current.access.masks.tolist(), current.access.shape],
        [current.revision, current.mark],
        [current.operator.key, rights.system.tolist(), rights.programs.tolist()],
    ]


def asked(request: httpx.Request) -> Any:
    """What a request posted."""
    return json.loads(request.content)
