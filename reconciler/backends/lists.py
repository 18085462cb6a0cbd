"""The lists of one revision: of the register, as they are or as they were where they still are so, and of access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.backends import wire, wire_columns
from reconciler.backends.paging import COLUMNS, Listing, pages
from reconciler.errors import BackendError, Message
from reconciler.grid import Clients, Consultants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.backends.api import Answer, Api
    from reconciler.backends.kept import Kept
    from reconciler.backends.paging import Page
    from reconciler.exchange.fields import Fields


class Lists:
    """The lists of a revision, with as many rows as the bureau says.

    Args:
        api: the bureau.
        bureau: its document, which tells the revision.
        max_pages: after which a list is given up.
    """

    def __init__(self, api: Api, bureau: Fields, max_pages: int) -> None:
        self.revision = bureau.key("revision")
        self._api, self._totals, self._max_pages = api, bureau.sub("totals"), max_pages

    def pages(
        self, what: str, total: str | None, compact: str, body: object = None, first: Answer | None = None
    ) -> Iterator[Page]:
        """The pages of a list.

        Args:
            what: the list, its path under /v1.
            total: under which name the bureau tells how many rows it has; None where only the list tells.
            compact: the media type of its compact encoding.
            body: what is posted for each page; None where pages are only fetched.
            first: the answer with the first page, where it is there already.
        """
        rows = None if total is None else self._totals.number(total)
        listing = Listing(f"/v1/{what}", self.revision, rows, self._max_pages, compact, body)
        return pages(self._api, listing, first)

    def consultants(self, kept: Kept | None) -> tuple[Consultants, str]:
        """The consultants and their entity tag, whatever encoding they come in, or as they were."""
        first = self._api.get_changed("/v1/consultants", kept.tags[0] if kept else "", COLUMNS)
        if first is None:
            assert kept is not None
            return kept.register.consultants, kept.tags[0]
        rows, columns = self._register("consultants", wire.consultant, first)
        found = wire_columns.consultants(columns) if columns else Consultants.build(rows)
        return found, first.tag

    def clients(self, kept: Kept | None) -> tuple[Clients, str]:
        """The clients, likewise."""
        first = self._api.get_changed("/v1/clients", kept.tags[1] if kept else "", COLUMNS)
        if first is None:
            assert kept is not None
            return kept.register.clients, kept.tags[1]
        rows, columns = self._register("clients", wire.client, first)
        return wire_columns.clients(columns) if columns else Clients.build(rows), first.tag

    def _register(
        self, what: str, read: Callable[[Fields], wire.Row], first: Answer
    ) -> tuple[Sequence[wire.Row], list[Fields]]:
        """A list of the register: its rows, or its columns page by page where they came so."""
        path, found = f"/v1/{what}", list(self.pages(what, what, COLUMNS, first=first))
        columns = [page.columns for page in found if page.columns is not None]
        if columns and len(columns) < len(found):
            raise BackendError(Message("{path} changes its encoding between two pages", path=path))
        if columns:
            return (), columns
        rows = [read(row) for page in found for row in page.body.subs("items", page.before)]
        return wire.each_once(rows, path), []
