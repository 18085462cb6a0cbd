"""The pages of both sites, each by how one gets there; a route that nobody gets to is found by a test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.support.reader import Reader


@dataclass(frozen=True)
class Place:
    """A page.

    Attributes:
        route: the one that shows it, as the site names it.
        go: leads a reader there.
        stranger: whether it is for those who are not signed in.
        status: of HTTP.
    """

    route: str
    go: Callable[[Reader], object]
    stranger: bool = False
    status: int = 200


def at(path: str, status: int = 200) -> Callable[[Reader], object]:
    """By its address alone."""
    return lambda reader: reader.get(path, status)


BUREAU: Mapping[str, Place] = {
    "sign-in": Place("/sign-in", at("/sign-in"), stranger=True),
    "clients": Place("/clients", at("/clients")),
}

POLICY: Mapping[str, Place] = {
    "overview": Place("/", at("/")),
    "open": Place("/open", at("/open", 403), stranger=True, status=403),
}

NOT_PAGES = {
    "bureau": {"/assets/{hash}/{name}", "/{path:path}", "/"},
    "policy": {"/assets/{hash}/{name}"},
}
"""What is asked for with GET and is no page: what pages load, what leads on to a page, what is kept as a file."""
