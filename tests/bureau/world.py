"""Small bureaus for tests, and an API to them whose every answer is held against the OpenAPI document."""

from __future__ import annotations

import itertools
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import httpx
from anyio.from_thread import start_blocking_portal

from reconciler.bureau.app import create_app
from reconciler.bureau.csvload import Cells, add_cells
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.registers import bump, create_bureau, find_bureau, insert_clients, insert_consultants
from reconciler.bureau.settings import Settings
from reconciler.grid.register import Client, Consultant, Program
from tests.bureau.contract import problems_with

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from anyio.from_thread import BlockingPortal
    from starlette.applications import Starlette

    from reconciler.bureau.store import Store

SYSTEM = Right(RightName.SYSTEM_ADMINISTRATOR)
PROGRAMS = ("bookkeeping", "invoicing", "payroll")
_keys = (f"key-{number}" for number in itertools.count())


def make_bureau(
    store: Store,
    key: str = "b",
    *,
    consultants: Iterable[str] = ("anna", "bo", "cia"),
    clients: Iterable[str] = ("1", "2", "3"),
    programs: Sequence[str] = PROGRAMS,
    outside: Sequence[str] = ("bank-sign",),
    left: Sequence[str] = ("ivar",),
    disconnected: Sequence[str] = ("9",),
    access: dict[tuple[str, str], Sequence[str]] | None = None,
    rights: Sequence[Right] = (SYSTEM,),
) -> str:
    """A bureau with one operator, "op", which may see the others; returns its token."""
    rows = [Program(name, {"en": name.title()}) for name in programs]
    rows += [Program(name, {"en": name.title()}, in_package=False) for name in outside]
    create_bureau(store, key, key.title(), "Europe/Stockholm", rows)
    with store.write() as db:
        number = find_bureau(db, key).number
        people = [Consultant(name, name.title()) for name in consultants]
        insert_consultants(
            db, number, people + [Consultant(name, name.title(), active=False) for name in left]
        )
        companies = [Client(name, f"Client {name}") for name in clients]
        apart = [Client(name, f"Client {name}", connected=False) for name in disconnected]
        insert_clients(db, number, companies + apart)
        bump(db, number, register=True)
    if access:
        set_access(store, key, access)
    return add_operator(store, key, "op", "Op", rights, sees_operators=True)


def set_access(store: Store, bureau: str, access: dict[tuple[str, str], Sequence[str]]) -> None:
    """Give pairs access and programs, outside any run."""
    cells = [(k, c, p) for (k, c), programs in access.items() for p in (programs or [""])]
    with store.write() as db:
        add_cells(db, find_bureau(db, bureau).number, Cells(*zip(*cells, strict=True)))


class Api:
    """The API as an operator sees it. Every answer must keep to the OpenAPI document."""

    def __init__(self, portal: BlockingPortal, app: Starlette, token: str) -> None:
        self.portal = portal
        self.app = app
        self.token = token

    def signed_in(self, token: str) -> Api:
        """The same server, for somebody else."""
        return Api(self.portal, self.app, token)

    def send(self, method: str, url: str, **how: Any) -> httpx.Response:
        """Send a request."""
        how["headers"] = {"Authorization": f"Bearer {self.token}"} | how.get("headers", {})
        response: httpx.Response = self.portal.call(self._send, method, url, how)
        assert problems_with(response) == [], (method, url, response.status_code, response.text)
        return response

    async def _send(self, method: str, url: str, how: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bureau") as client:
            return await client.request(method, url, timeout=60, **how)

    def get(self, url: str, **headers: str) -> httpx.Response:
        """GET."""
        return self.send(
            "GET", url, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def json(self, url: str) -> Any:
        """GET what must be there."""
        response = self.get(url)
        assert response.status_code == 200, response.text
        return response.json()

    def pages(self, url: str) -> Iterator[dict[str, Any]]:
        """Every page of a list."""
        following: str | None = url
        while following:
            response = self.get(following)
            assert response.status_code == 200, response.text
            yield response.json()
            following = response.links.get("next", {}).get("url")

    def items(self, url: str) -> list[dict[str, Any]]:
        """Every item of a list."""
        return [item for page in self.pages(url) for item in page["items"]]

    def access(self) -> dict[tuple[str, str], list[str]]:
        """The whole state."""
        return {(item["consultant"], item["client"]): item["programs"] for item in self.items("/v1/access")}

    def post(self, body: Any, key: str | None = None, **how: Any) -> httpx.Response:
        """Start an operation."""
        headers = {"Idempotency-Key": key or next(_keys)} | how.pop("headers", {})
        return self.send("POST", "/v1/operations", json=body, headers=headers, **how)

    def operate(
        self, operation: str, consultants: Sequence[str], clients: Sequence[str], *programs: str, **more: Any
    ) -> str:
        """Start an operation that is valid, and wait for its job to be done; returns the job's id."""
        body = {
            "operation": operation,
            "consultants": list(consultants),
            "clients": list(clients),
            "programs": list(programs),
        }
        response = self.post(body | {name.replace("_", "-"): value for name, value in more.items()})
        assert response.status_code == 202, response.text
        job = self.get(response.headers["Location"], Prefer="wait=30").json()
        assert job["state"] == "done"
        return str(job["id"])

    def outcomes(self, job: str) -> list[tuple[str, str, bool, list[str], str, str | None]]:
        """The results of a job, item by item."""
        items = self.items(f"/v1/jobs/{job}/results")
        return [tuple(item.values()) for item in items]  # type: ignore[misc]


@contextmanager
def served(
    store: Store, token: str, settings: Settings | None = None, *, working: bool = True
) -> Iterator[Api]:
    """The application over a store; its worker runs, unless the application is not to work."""
    app = create_app(store, settings or Settings())
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        if working:
            lifespan = app.router.lifespan_context(app)
            stack.enter_context(portal.wrap_async_context_manager(lifespan))
        yield Api(portal, app, token)


def without_history(db: sqlite3.Connection) -> None:
    """Take from a database what its version 5 brought."""
    db.execute("DROP TABLE change")
    db.execute("DROP TABLE moment")
    db.execute("PRAGMA user_version = 4")
