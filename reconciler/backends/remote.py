"""The Backend over the API of the contract, wherever that is.

What reads the state and the jobs comes when it is asked for: to hear that nothing has changed needs none of it.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from reconciler.errors import BackendError, Message, NotOffered, StateMoved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType
    from typing import Self

    from reconciler.apply.protocol import Item, Job, Lease, Notification, Order
    from reconciler.backends.api import Api
    from reconciler.backends.kept import Kept
    from reconciler.backends.settings import Limits
    from reconciler.backends.signed import SignedFile
    from reconciler.exchange.fields import Fields
    from reconciler.grid import Register
    from reconciler.plan.current import Current
    from reconciler.plan.history import Deed, HistoryQuery
    from reconciler.rights import Operator

Value = TypeVar("Value")

_LEASES = "/v1/leases"

_HISTORY = "/v1/history/query"

_LONGEST_WAIT = 30
"""Seconds that the contract lets a backend wait before it tells how far a job is."""


_MOST_READ = 10_000
"""Notifications that the contract lets one request mark as read."""


class RemoteBackend:
    """One bureau, as one operator sees it.

    Args:
        api: closed with this.
        limits: how often to start again, how long to pause.
        file: where the state is kept from one look to the next; None for nowhere.
    """

    def __init__(self, api: Api, limits: Limits, file: SignedFile | None = None) -> None:
        self._api = api
        self._limits = limits
        self._file = file

    def current(self) -> Current:
        """Fetch the current state, all of one revision; starts again where it moves meanwhile."""
        from reconciler.backends.state import read_state

        kept = self._recall()
        for _ in range(self._limits.restarts + 1):
            try:
                current, found = read_state(self._api, self._limits.max_pages, kept)
            except StateMoved:
                continue
            if found is not kept:
                self._keep(found)
            return current
        raise StateMoved(
            Message("the bureau's state changed each time while it was read"),
            hint=Message("try again when less is going on there"),
        )

    def operators(self, register: Register) -> tuple[Operator, tuple[Operator, ...] | None]:
        """Who we are, and the other operators where the backend tells; for a register that was fetched before."""
        from reconciler.backends.state import read_operators

        return read_operators(self._api, register)

    def bureau(self) -> str:
        """The key of the bureau."""
        return self._api.get("/v1/bureau").body.key("id")

    def revision(self) -> str:
        """The revision that the state is at now."""
        return self._api.get("/v1/bureau").body.key("revision")

    def unchanged(self, mark: str) -> bool:
        """Whether register and access still are those that this mark of `Current` is of; False where in doubt."""
        return bool(mark) and self._api.unchanged("/v1/bureau", mark)

    def take_lease(self, key: str, holder: str, seconds: int) -> Lease | None:
        """Take the bureau's lease; the same key again renews it. None where the backend does without leases."""
        from reconciler.backends import wire

        wish = {"id": key, "holder": holder, "seconds": seconds}
        try:
            return wire.lease(self._api.post(_LEASES, wish).body)
        except NotOffered:
            return None

    def renew_lease(self, key: str) -> Lease:
        """Let a lease run from now on again; LeaseLost where another one was given since."""
        from reconciler.backends import wire

        return wire.lease(self._api.post(_path(_LEASES + "/{}/renew", key)).body)

    def release_lease(self, key: str) -> None:
        """End a lease; again changes nothing."""
        self._api.post(_path(_LEASES + "/{}/release", key))

    def lease(self) -> Lease | None:
        """The lease in force, None where there is none."""
        from reconciler.backends import wire

        held = [wire.lease(row) for row in self._api.get(_LEASES).body.subs("items")]
        return held[0] if held else None

    def submit(self, order: Order, idempotency_key: str, lease: str | None = None) -> Job:
        """Start an operation. The same key again starts nothing and tells of the same job."""
        from reconciler.apply.documents import order_document
        from reconciler.backends import wire

        headers = {"Idempotency-Key": idempotency_key, **({} if lease is None else {"Lease": lease})}
        return wire.job(self._api.post("/v1/operations", order_document(order), headers).body)

    def job(self, key: str, patience: float) -> Job:
        """How far a job is; waits up to so many seconds for it to be done."""
        from reconciler.apply.protocol import JobState
        from reconciler.backends import wire

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
        from reconciler.backends import wire

        path = _path("/v1/jobs/{}/results", key)
        items = self._list(path, wire.item)
        if len(set(items)) != len(items):
            raise BackendError(Message("{path} tells some items twice", path=path))
        return iter(items)

    def history(self, query: HistoryQuery) -> tuple[Deed, ...] | None:
        """What was done to pairs, the newest first; None where the backend does not tell."""
        from reconciler.backends import wire_history

        if () in (query.consultants, query.clients):
            return ()
        try:
            return tuple(self._list(_HISTORY, wire_history.deed, wire_history.question(query)))
        except NotOffered:
            return None

    def notifications(self) -> tuple[Notification, ...]:
        """The operator's notifications, unread first, then newest first."""
        from reconciler.backends import wire

        return tuple(self._list("/v1/notifications", wire.notification))

    def mark_read(self, keys: Sequence[str]) -> None:
        """Mark notifications as read; again changes nothing."""
        for start in range(0, len(keys), _MOST_READ):
            self._api.post("/v1/notifications/read", {"ids": keys[start : start + _MOST_READ]})

    def close(self) -> None:
        """Close connections, files and threads; again does nothing."""
        self._api.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _recall(self) -> Kept | None:
        """The state that was kept, None where there is none, or none that can be read."""
        content = self._file.read() if self._file else None
        if content is None:
            return None
        from reconciler.backends.kept import Kept

        with suppress(ValueError, BackendError):
            return Kept.decode(content)
        return None

    def _keep(self, found: Kept) -> None:
        """Keep a state; that it cannot be kept is no error. Without a mark nothing would ever confirm it."""
        if self._file is not None and found.mark:
            with suppress(OSError):
                self._file.write(found.encode())

    def _list(self, path: str, read: Callable[[Fields], Value], body: object = None) -> list[Value]:
        from reconciler.backends.paging import Listing, pages

        found = pages(self._api, Listing(path, None, None, self._limits.max_pages, body=body))
        return [read(row) for page in found for row in page.body.subs("items", page.before)]


def _path(template: str, key: str) -> str:
    """A path with an id of the backend in it; "." and ".." would lead elsewhere."""
    if re.fullmatch(r"\.{0,2}", key):
        raise BackendError(Message("the backend uses {key} as an id", key=key))
    return template.format(quote(key, safe=""))
