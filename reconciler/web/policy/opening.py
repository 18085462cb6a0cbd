"""The page behind the one-time link: nothing is used up by looking at it, only by its button."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.web.policy.desk import Guest
from reconciler.web.problems import PageProblem
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.web.policy.links import Links
    from reconciler.web.site import Site, Visit


def opening_routes(site: Site[Guest], links: Links) -> list[Route]:
    """The page of the link, its button, and the page that makes another link."""
    numbers = count(1)

    def show(visit: Visit[Guest]) -> Response:
        key = visit.form.text("key")
        works = bool(key) and links.works(key)
        return visit.page("policy/open.html", 200 if works else 403, key=key if works else "")

    def enter(visit: Visit[Guest]) -> Response:
        if not links.use(visit.form.text("key")):
            raise PageProblem(
                403,
                Message("This link has been used, or it is too old."),
                Message(
                    "Get a new one: press Enter where “reconciler web” runs, or ask for one in a browser that is in."
                ),
            )
        return visit.sign_in(Guest(next(numbers)), visit.form.text("next", "/"))

    def another(visit: Visit[Guest]) -> Response:
        address = f"{visit.request.url.scheme}://{visit.request.url.netloc}"
        return visit.page("policy/link.html", address=f"{address}/open?key={links.give()}")

    return [
        route(site, "GET", "/open", show, for_everybody=True),
        route(site, "POST", "/open", enter, for_everybody=True),
        route(site, "POST", "/links", another),
    ]
