"""A list that comes in pages: all of one revision, each page once, as many rows as were promised.

What does not add up is never taken for the truth. A list may come in a compact encoding, if the backend
speaks it, and comes as JSON otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import BackendError, Message, StateMoved
from reconciler.grid.packed import Packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.backends.api import Answer, Api
    from reconciler.backends.fields import Fields

PAGE_SIZE = "10000"
"""The most that the contract allows for JSON."""

COLUMNS = "application/vnd.reconciler.columns+json"
PACKED = "application/vnd.reconciler.access"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list must be.

    Attributes:
        path: where it is.
        revision: of each page; None where the list has none.
        total: how many rows it has; None where only the list itself tells.
        max_pages: after which it is given up.
        compact: the media type of its compact encoding; "" where it has none.
    """

    path: str
    revision: str | None
    total: int | None
    max_pages: int
    compact: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page; one of items, columns and packed rows is there.

    Attributes:
        before: how many rows came before it.
        rows: how many it has.
        body: its document, with `items`, where it is plain JSON.
        columns: by columns, where it is that.
        packed: the rows, where it is packed.
    """

    before: int
    rows: int
    body: Fields
    columns: Fields | None = None
    packed: Packed | None = None


def pages(api: Api, listing: Listing) -> Iterator[Page]:
    """Each page; complete only when it ends without an error.

    Raises:
        StateMoved: where a page is of another revision.
        BackendError: where rows are missing or too many.
    """
    # a compact page is as large as the backend likes
    query = {} if listing.compact else {"limit": PAGE_SIZE}
    total, seen = listing.total, 0
    for _ in range(listing.max_pages):
        answer = api.get(listing.path, query, accept=listing.compact)
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


def _page(answer: Answer, listing: Listing, before: int) -> tuple[Page, str | None, int]:
    """A page, the revision and the number of rows in all that it tells of."""
    body = answer.body
    if answer.media == PACKED:
        try:
            packed, revision = Packed.decode(answer.content)
        except ValueError as error:
            raise damaged(listing.path) from error
        if packed.before != before:
            raise damaged(listing.path)
        return Page(before, len(packed), body, packed=packed), str(revision), packed.total
    revision_ = body.key("revision") if listing.revision is not None else None
    if answer.media == COLUMNS:
        columns = body.sub("columns")
        return Page(before, len(columns.items("id")), body, columns), revision_, body.number("total")
    return Page(before, len(body.items("items")), body), revision_, body.number("total")


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
