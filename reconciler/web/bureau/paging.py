"""A page of a long list, and the way to the pages beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from reconciler.web.site import Visit


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list somebody is.

    Attributes:
        number: of the page, from 1; there may be fewer pages by now.
        size: how many items a page has.
        total: how many items there are.
        path: of the pages.
        said: what the address says beside the page.
    """

    number: int
    size: int
    total: int
    path: str
    said: tuple[tuple[str, str], ...]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first item here, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of the last item here."""
        return min(self.number * self.size, self.total)

    @property
    def before(self) -> str:
        """The address of the page before, "" where there is none."""
        return self._at(min(self.number - 1, self.pages)) if self.number > 1 else ""

    @property
    def after(self) -> str:
        """The address of the page after, "" where there is none."""
        return self._at(self.number + 1) if self.number < self.pages else ""

    def _at(self, number: int) -> str:
        said = [*self.said, *([("page", str(number))] if number > 1 else [])]
        return f"{self.path}?{urlencode(said)}" if said else self.path


def page_number(visit: Visit[Any]) -> int:
    """The page that an address asks for."""
    return visit.form.number("page", 1)


def paging(visit: Visit[Any], size: int, total: int) -> Paging:
    """Where somebody is in a list of so many items."""
    said = tuple(
        (name, value)
        for name, values in visit.form.values.items()
        if name != "page"
        for value in values
        if value
    )
    return Paging(page_number(visit), size, total, visit.request.url.path, said)
