"""A list that comes in pages: all of one revision, each page once, as many rows as were promised.

What does not add up is never taken for the truth. A list may come in a compact encoding, if the backend
speaks it, and comes as JSON otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import BackendError, Message, StateMoved
from reconciler.grid.digests import Digests
from reconciler.grid.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.backends.api import Answer, Api
    from reconciler.exchange.fields import Fields

PAGE_SIZE = "10000"
"""The most that the contract allows for JSON."""

COLUMNS = "application/vnd.reconciler.columns+json"
PACKED = "application/vnd.reconciler.access"
DIGESTS = "application/vnd.reconciler.digests"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list must be.

    Attributes:
        path: where it is.
        revision: of each page; None where the list has none.
        total: how many rows it has; None where only the list itself tells.
        max_pages: after which it is given up.
        compact: the media type of its compact encoding; "" where it has none.
        body: what is posted for each page; None where pages are only fetched.
    """

    path: str
    revision: str | None
    total: int | None
    max_pages: int
    compact: str = ""
    body: object = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page; one of items, columns, packed rows and digests is there.

    Attributes:
        before: how many rows came before it.
        rows: how many it has.
        body: its document, with `items`, where it is plain JSON.
        columns: by columns, where it is that.
        packed: the rows, where it is packed.
        digests: those of clients, where it is that.
    """

    before: int
    rows: int
    body: Fields
    columns: Fields | None = None
    packed: Packed | None = None
    digests: Digests | None = None


def pages(api: Api, listing: Listing, first: Answer | None = None) -> Iterator[Page]:
    """Each page; complete only when it ends without an error.

    Args:
        api: the bureau.
        listing: what the list must be.
        first: the answer with the first page, where it is there already.

    Raises:
        StateMoved: where a page is of another revision.
        BackendError: where rows are missing or too many.
    """
    # a compact page is as large as the backend likes
    query = {} if listing.compact else {"limit": PAGE_SIZE}
    total, seen = listing.total, 0
    for _ in range(listing.max_pages):
        answer, first = first or _ask(api, listing, query), None
        page, revision, says = _page(answer, listing, seen)
        total = _total(listing, total, revision, says)
        yield page
        seen += page.rows
        if answer.next is None:
            _counted(listing, total, seen, complete=seen == total)
            return
        query = dict(answer.next)
        if answer.media == "application/json":
            query["limit"] = PAGE_SIZE
        _counted(listing, total, seen, complete=seen < total)
        if not page.rows:
            raise BackendError(Message("{path} sends an empty page before the last", path=listing.path))
    raise BackendError(
        Message("{path} has more than {pages} pages", path=listing.path, pages=listing.max_pages),
        hint=Message("the setting max-pages raises this limit"),
    )


def _ask(api: Api, listing: Listing, query: dict[str, str]) -> Answer:
    if listing.body is None:
        return api.get(listing.path, query, accept=listing.compact)
    return api.post(listing.path, listing.body, query=query, accept=listing.compact)


def _page(answer: Answer, listing: Listing, before: int) -> tuple[Page, str | None, int]:
    """A page, the revision and the number of rows in all that it tells of."""
    body = answer.body
    if answer.media in {PACKED, DIGESTS}:
        return _binary(answer, listing, before)
    revision_ = body.key("revision") if listing.revision is not None else None
    if answer.media == COLUMNS:
        columns = body.sub("columns")
        return Page(before, len(columns.items("id")), body, columns), revision_, body.number("total")
    return Page(before, len(body.items("items")), body), revision_, body.number("total")


def _binary(answer: Answer, listing: Listing, before: int) -> tuple[Page, str, int]:
    found: Packed | Digests
    try:
        found, revision = (Packed if answer.media == PACKED else Digests).decode(answer.content)
    except ValueError as error:
        raise damaged(listing.path) from error
    if found.before != before:
        raise damaged(listing.path)
    page = Page(
        before,
        len(found),
        answer.body,
        packed=found if isinstance(found, Packed) else None,
        digests=found if isinstance(found, Digests) else None,
    )
    return page, str(revision), found.total


def damaged(path: str) -> BackendError:
    """The error of packed rows that cannot be."""
    return BackendError(Message("the rows of {path} are damaged, or in an encoding of their own", path=path))


def _total(listing: Listing, total: int | None, revision: str | None, says: int) -> int:
    """What the page says of the whole list, checked against what is known of it."""
    if listing.revision is not None and revision != listing.revision:
        raise StateMoved(Message("{path} is of another revision", path=listing.path))
    if total is not None and says != total:
        raise BackendError(
            Message(
                "{path} should have {total} rows, and a page of it says {says}",
                path=listing.path,
                total=total,
                says=says,
            )
        )
    return says


def _counted(listing: Listing, total: int, seen: int, *, complete: bool) -> None:
    if not complete:
        raise BackendError(
            Message(
                "{path} should have {total} rows, and sent {seen}", path=listing.path, total=total, seen=seen
            )
        )
