"""The Backend over the API of the contract, wherever that is."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from reconciler.apply.protocol import JobState
from reconciler.backends import wire, wire_columns
from reconciler.backends.paging import COLUMNS, PACKED, Listing, pages
from reconciler.backends.wire_access import AccessReader
from reconciler.backends.wire_rights import operator
from reconciler.errors import BackendError, Message, StateMoved, Unauthorised
from reconciler.grid import Clients, Consultants, Register
from reconciler.plan.current import Current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.apply.protocol import Item, Job, Notification, Order
    from reconciler.backends.api import Api
    from reconciler.backends.fields import Fields
    from reconciler.backends.settings import Limits
    from reconciler.rights import Operator

Value = TypeVar("Value")

_LONGEST_WAIT = 30
"""Seconds that the contract lets a backend wait before it tells how far a job is."""


class RemoteBackend:
    """One bureau, as one operator sees it.

    Args:
        api: closed with this.
        limits: how often to start again, how long to pause.
    """

    def __init__(self, api: Api, limits: Limits) -> None:
        self._api = api
        self._limits = limits

    def current(self) -> Current:
        """Fetch the current state, all of one revision; starts again where it moves meanwhile."""
        for _ in range(self._limits.restarts + 1):
            try:
                return self._read()
            except StateMoved:
                continue
        raise StateMoved(
            Message("the bureau's state changed each time while it was read"),
            hint=Message("try again when less is going on there"),
        )

    def revision(self) -> str:
        """The revision that the state is at now."""
        return self._api.get("/v1/bureau").body.key("revision")

    def submit(self, order: Order, idempotency_key: str) -> Job:
        """Start an operation. The same key again starts nothing and tells of the same job."""
        return wire.job(self._api.post("/v1/operations", wire.order(order), idempotency_key).body)

    def job(self, key: str, patience: float) -> Job:
        """How far a job is; waits up to so many seconds for it to be done."""
        end = time.monotonic() + patience
        while True:
            begun = time.monotonic()
            asked = round(min(max(end - begun, 0), _LONGEST_WAIT))
            job = wire.job(self._api.get(_path("/v1/jobs/{}", key), patience=asked).body)
            now = time.monotonic()
            if job.state is JobState.DONE or now >= end:
                return job
            if now - begun < max(asked, self._limits.poll):  # the backend did not wait as it was asked to
                time.sleep(min(self._limits.poll, end - now))

    def results(self, key: str) -> Iterator[Item]:
        """What became of the items of a job that is done."""
        path = _path("/v1/jobs/{}/results", key)
        items = self._list(path, wire.item)
        if len(set(items)) != len(items):
            raise BackendError(Message("{path} tells some items twice", path=path))
        return iter(items)

    def notifications(self) -> tuple[Notification, ...]:
        """The operator's notifications, unread first, then newest first."""
        return tuple(self._list("/v1/notifications", wire.notification))

    def mark_read(self, key: str) -> None:
        """Mark one notification as read; again changes nothing."""
        self._api.post(_path("/v1/notifications/{}/read", key))

    def close(self) -> None:
        """Close connections, files and threads; again does nothing."""
        self._api.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> Current:
        """One attempt. The operators have no revision: they are read between two looks at it."""
        bureau = self._api.get("/v1/bureau").body
        revision, totals = bureau.key("revision"), bureau.sub("totals")
        me, others = self._api.get("/v1/operator").body, self._operators()
        register = Register(
            bureau=bureau.key("id"),
            label=bureau.text("name"),
            timezone=bureau.key("timezone"),
            programs=wire.programs(bureau),
            consultants=self._consultants(revision, totals),
            clients=self._clients(revision, totals),
        )
        reader = AccessReader(register)
        listing = self._listing("/v1/access", revision, totals.number("pairs"), PACKED)
        for page in pages(self._api, listing):
            reader.add(page)
        operator_ = operator(me, register)
        return Current(register, reader.state(), revision, operator_, _others(operator_, others, register))

    def _operators(self) -> list[Fields] | None:
        """The operators, None where we may not see them."""
        try:
            return self._api.get("/v1/operators").body.subs("items")
        except Unauthorised as error:
            if error.message.values.get("code") == "not-permitted":
                return None
            raise

    def _consultants(self, revision: str, totals: Fields) -> Consultants:
        rows, columns = self._register("consultants", wire.consultant, revision, totals)
        return wire_columns.consultants(columns) if columns else Consultants.build(rows)

    def _clients(self, revision: str, totals: Fields) -> Clients:
        rows, columns = self._register("clients", wire.client, revision, totals)
        return wire_columns.clients(columns) if columns else Clients.build(rows)

    def _register(
        self, what: str, read: Callable[[Fields], wire.Row], revision: str, totals: Fields
    ) -> tuple[Sequence[wire.Row], list[Fields]]:
        """A list of the register: its rows, or its columns page by page where they came so."""
        path = f"/v1/{what}"
        found = list(pages(self._api, self._listing(path, revision, totals.number(what), COLUMNS)))
        columns = [page.columns for page in found if page.columns is not None]
        if columns and len(columns) < len(found):
            raise BackendError(Message("{path} changes its encoding between two pages", path=path))
        if columns:
            return (), columns
        rows = [read(row) for page in found for row in page.body.subs("items", page.before)]
        return wire.each_once(rows, path), []

    def _list(self, path: str, read: Callable[[Fields], Value]) -> list[Value]:
        found = pages(self._api, self._listing(path, None, None))
        return [read(row) for page in found for row in page.body.subs("items", page.before)]

    def _listing(self, path: str, revision: str | None, total: int | None, compact: str = "") -> Listing:
        return Listing(path, revision, total, self._limits.max_pages, compact)


def _others(me: Operator, rows: list[Fields] | None, register: Register) -> tuple[Operator, ...] | None:
    if rows is None:
        return None
    operators = (operator(row, register) for row in rows)
    return tuple(sorted((one for one in operators if one.key != me.key), key=lambda one: one.key))


def _path(template: str, key: str) -> str:
    """A path with an id of the backend in it; "." and ".." would lead elsewhere."""
    if re.fullmatch(r"\.{0,2}", key):
        raise BackendError(Message("the backend uses {key} as an id", key=key))
    return template.format(quote(key, safe=""))
