"""Reading the whole state through the API: all of one revision, names turned into ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.backends import wire, wire_columns
from reconciler.backends.paging import COLUMNS, PACKED, Listing, pages
from reconciler.backends.wire_access import AccessReader
from reconciler.backends.wire_rights import operator
from reconciler.errors import BackendError, Message, Unauthorised
from reconciler.grid import Clients, Consultants, Register
from reconciler.plan.current import Current

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.backends.api import Api
    from reconciler.backends.fields import Fields
    from reconciler.rights import Operator


def read_state(api: Api, max_pages: int) -> Current:
    """Read everything once. The operators have no revision: they are read between two looks at it.

    Args:
        api: the bureau.
        max_pages: after which a list is given up.

    Raises:
        StateMoved: where it moved meanwhile.
        BackendError: where something is not as the contract says.
    """
    answer = api.get("/v1/bureau")
    bureau = answer.body
    lists = _Lists(api, bureau.key("revision"), bureau.sub("totals"), max_pages)
    me, others = api.get("/v1/operator").body, _operators(api)
    register = Register(
        bureau=bureau.key("id"),
        label=bureau.text("name"),
        timezone=bureau.key("timezone"),
        programs=wire.programs(bureau),
        consultants=lists.consultants(),
        clients=lists.clients(),
    )
    reader = AccessReader(register)
    for page in pages(api, lists.listing("access", "pairs", PACKED)):
        reader.add(page)
    operator_, others_ = operator(me, register), _others(me.key("id"), others, register)
    return Current(register, reader.state(), lists.revision, operator_, others_, answer.tag)


def read_operators(api: Api, register: Register) -> tuple[Operator, tuple[Operator, ...] | None]:
    """Who asks, and the others where the backend tells, for a register that was read before.

    Raises:
        BackendError: where the token is for another bureau, or something is not as the contract says.
    """
    bureau = api.get("/v1/bureau").body.key("id")
    if bureau != register.bureau:
        raise BackendError(
            Message(
                "the token is for the bureau {other}, not for {bureau}", other=bureau, bureau=register.bureau
            )
        )
    me = api.get("/v1/operator").body
    return operator(me, register), _others(me.key("id"), _operators(api), register)


class _Lists:
    """The lists of one revision, with as many rows as the bureau says."""

    def __init__(self, api: Api, revision: str, totals: Fields, max_pages: int) -> None:
        self._api, self.revision, self._totals, self._max_pages = api, revision, totals, max_pages

    def listing(self, what: str, total: str, compact: str) -> Listing:
        """What a list must be."""
        return Listing(f"/v1/{what}", self.revision, self._totals.number(total), self._max_pages, compact)

    def consultants(self) -> Consultants:
        """The consultants, whatever encoding they come in."""
        rows, columns = self._register("consultants", wire.consultant)
        return wire_columns.consultants(columns) if columns else Consultants.build(rows)

    def clients(self) -> Clients:
        """The clients, likewise."""
        rows, columns = self._register("clients", wire.client)
        return wire_columns.clients(columns) if columns else Clients.build(rows)

    def _register(
        self, what: str, read: Callable[[Fields], wire.Row]
    ) -> tuple[Sequence[wire.Row], list[Fields]]:
        """A list of the register: its rows, or its columns page by page where they came so."""
        listing = self.listing(what, what, COLUMNS)
        found = list(pages(self._api, listing))
        columns = [page.columns for page in found if page.columns is not None]
        if columns and len(columns) < len(found):
            raise BackendError(Message("{path} changes its encoding between two pages", path=listing.path))
        if columns:
            return (), columns
        rows = [read(row) for page in found for row in page.body.subs("items", page.before)]
        return wire.each_once(rows, listing.path), []


def _operators(api: Api) -> list[Fields] | None:
    """The operators, None where we may not see them."""
    try:
        return api.get("/v1/operators").body.subs("items")
    except Unauthorised as error:
        if error.message.values.get("code") == "not-permitted":
            return None
        raise


def _others(me: str, rows: list[Fields] | None, register: Register) -> tuple[Operator, ...] | None:
    if rows is None:
        return None
    operators = (operator(row, register) for row in rows)
    return tuple(sorted((one for one in operators if one.key != me), key=lambda one: one.key))
