"""A list that comes in pages: all of one revision, each page once, as many rows as were promised.

What does not add up is never taken for the truth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.errors import BackendError, Message, StateMoved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.backends.api import Answer, Api
    from reconciler.backends.fields import Fields

PAGE_SIZE = "10000"
"""The most that the contract allows."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list must be.

    Attributes:
        path: where it is.
        revision: of each page; None where the list has none.
        total: how many rows it has; None where only the list itself tells.
        max_pages: after which it is given up.
    """

    path: str
    revision: str | None
    total: int | None
    max_pages: int


def pages(api: Api, listing: Listing) -> Iterator[tuple[Fields, int]]:
    """Each page, with the number of rows before it; complete only when it ends without an error.

    Raises:
        StateMoved: where a page is of another revision.
        BackendError: where rows are missing or too many.
    """
    query: dict[str, str] = {"limit": PAGE_SIZE}
    total, seen = listing.total, 0
    for _ in range(listing.max_pages):
        answer = api.get(listing.path, query)
        total = _total(answer, listing, total)
        rows: list[Any] = answer.body.items("items")
        yield answer.body, seen
        seen += len(rows)
        if answer.next is None:
            _counted(listing, total, seen, complete=seen == total)
            return
        query = {"limit": PAGE_SIZE, **answer.next}
        _counted(listing, total, seen, complete=seen < total)
        if not rows:
            raise BackendError(Message("{path} sends an empty page before the last", path=listing.path))
    raise BackendError(
        Message("{path} has more than {pages} pages", path=listing.path, pages=listing.max_pages),
        hint=Message("the setting max-pages raises this limit"),
    )


def _total(answer: Answer, listing: Listing, total: int | None) -> int:
    """What the page says of the whole list, checked against what is known of it."""
    if listing.revision is not None and answer.body.key("revision") != listing.revision:
        raise StateMoved(Message("{path} is of another revision", path=listing.path))
    says = answer.body.number("total")
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
