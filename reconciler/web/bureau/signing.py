"""Signing in with an operator's token; who guesses has to wait, and every wrong token gets the same answer."""

from __future__ import annotations

import ipaddress
from functools import partial
from typing import TYPE_CHECKING, Any

from reconciler.bureau.ratelimit import Limiter
from reconciler.bureau.settings import RateLimit
from reconciler.bureau.tokens import digest
from reconciler.errors import Message
from reconciler.web.bureau.identity import Who, valid
from reconciler.web.problems import PageProblem
from reconciler.web.site import route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.bureau.endpoint import Server
    from reconciler.web.site import Site, Visit

OF_ONE = RateLimit(10, 60)
"""Wrong tokens from one address."""

OF_ALL = RateLimit(200, 60)
"""Wrong tokens from everywhere together. Nobody guesses 256 random bits; this keeps the noise down."""

_SIXTY_FOUR = 64
"""Bits that tell one place of the Internet from another, of an address of version 6."""


class Attempts:
    """Counts wrong tokens; safe to use from many threads.

    Args:
        of_one: the limit for one address.
        of_all: the limit for all together.
    """

    def __init__(self, of_one: RateLimit = OF_ONE, of_all: RateLimit = OF_ALL) -> None:
        self._one: Limiter[str] = Limiter(of_one)
        self._all: Limiter[str] = Limiter(of_all)

    def begin(self, place: str) -> None:
        """Count an attempt, before the token is looked at: of many at once none slips through.

        Raises:
            PageProblem: where there were too many; this one does not count.
        """
        for limiter, who in ((self._one, place), (self._all, "")):
            allowance = limiter.ask(who)
            if not allowance.allowed:
                raise _too_many(allowance.reset)

    def succeeded(self, place: str) -> None:
        """The token was right: the attempt does not count."""
        self._one.give_back(place)
        self._all.give_back("")


def signing_routes(site: Site[Who], server: Server, attempts: Attempts) -> Sequence[Route]:
    """The page to sign in, and its form."""
    return [
        route(site, "GET", site.entry, _show, for_everybody=True),
        route(site, "POST", site.entry, partial(_sign_in, server, attempts), for_everybody=True),
    ]


def _show(visit: Visit[Any]) -> Response:
    following = visit.form.text("next", "/")
    return visit.go(following) if visit.session else _page(visit, following)


def _sign_in(server: Server, attempts: Attempts, visit: Visit[Any]) -> Response:
    place = place_of(visit.request)
    attempts.begin(place)
    # one look-up by the digest, whatever was sent: how long it takes tells nothing
    who = Who(digest(visit.form.text("token")))
    following = visit.form.text("next", "/")
    if not valid(server, who):
        return _page(visit, following, 403, wrong=True)
    attempts.succeeded(place)
    return visit.sign_in(who, following)


def _page(visit: Visit[Any], following: str, status: int = 200, *, wrong: bool = False) -> Response:
    return visit.page("bureau/sign_in.html", status, next=following, wrong=wrong)


def place_of(request: Request) -> str:
    """Where a request comes from, as attempts are counted: of version 6 the network, which one machine may fill."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, _SIXTY_FOUR), strict=False))
    return host


def _too_many(seconds: int) -> PageProblem:
    return PageProblem(
        429,
        Message.count(
            "There were too many wrong tokens. Try again in {n} second.",
            "There were too many wrong tokens. Try again in {n} seconds.",
            seconds,
        ),
        headers={"Retry-After": str(seconds)},
    )
