"""Reading the whole state through the API: all of one revision, names turned into ids.

What is kept of an earlier look spares what has not changed since; what it says is never taken for the state unless
the backend confirms it: by an entity tag, or by a digest of what came out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.backends.changed import changed_access
from reconciler.backends.kept import Kept, register_of
from reconciler.backends.lists import Lists
from reconciler.backends.paging import PACKED
from reconciler.backends.wire_access import AccessReader
from reconciler.backends.wire_rights import operator
from reconciler.errors import BackendError, Message, StateMoved, Unauthorised
from reconciler.plan.current import Current

if TYPE_CHECKING:
    from reconciler.backends.api import Answer, Api
    from reconciler.exchange.fields import Fields
    from reconciler.grid import Access, Register
    from reconciler.grid.packed import Packed
    from reconciler.rights import Operator


def read_state(api: Api, max_pages: int, kept: Kept | None = None) -> tuple[Current, Kept]:
    """Read everything once. The operators have no revision: they are read between two looks at it.

    Args:
        api: the bureau.
        max_pages: after which a list is given up.
        kept: an earlier state, None where there is none.

    Returns:
        The state, and what to keep of it: the same as before where nothing has changed.

    Raises:
        StateMoved: where it moved meanwhile.
        BackendError: where something is not as the contract says.
    """
    looked = api.get_changed("/v1/bureau", kept.mark if kept else "")
    me, others = api.get("/v1/operator").body, _operators(api)
    if looked is not None:
        found = _fetched(api, looked, max_pages, kept)
    elif kept is not None and api.unchanged("/v1/bureau", kept.mark):
        found = kept
    else:
        raise StateMoved(Message("{path} is of another revision", path="/v1/bureau"))
    register = found.register
    operator_, others_ = operator(me, register), _others(me.key("id"), others, register)
    return Current(register, found.access, found.revision, operator_, others_, found.mark, api.told), found


def _fetched(api: Api, looked: Answer, max_pages: int, kept: Kept | None) -> Kept:
    """Everything but the operators, at the revision of an answer of /v1/bureau."""
    lists = Lists(api, looked.body, max_pages)
    (consultants, tag), (clients, other_tag) = lists.consultants(kept), lists.clients(kept)
    register = register_of(looked.body, consultants, clients)
    access, packed = _access(api, lists, register, kept)
    return Kept(looked.tag, looked.content, (tag, other_tag), register, access, packed)


def _access(api: Api, lists: Lists, register: Register, kept: Kept | None) -> tuple[Access, Packed | None]:
    """Access, and its packed rows where they had to be made."""
    if kept is not None and not api.near:
        found = changed_access(lists, register, kept)
        if found is not None:
            return found
    reader = AccessReader(register)
    for page in lists.pages("access", "pairs", PACKED):
        reader.add(page)
    return reader.state(), None


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
