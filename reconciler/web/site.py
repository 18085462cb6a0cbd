"""A site: from a request to a handler, signed in, with its form read, in the reader's language; and back to a page.

A handler gets a Visit and answers it. It runs in a thread, those that change something one at a time for each session.
Nothing that is raised leaves this module: what the reader can mend is shown as a page, everything else is logged here.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from reconciler.errors import Message, ReconcilerError
from reconciler.formats.catalogue import LANGUAGES, catalogue
from reconciler.web.forms import parse_form, read_form
from reconciler.web.guard import same_origin
from reconciler.web.language import COOKIE, NAMES, YEAR, language_of
from reconciler.web.problems import PageProblem, not_there
from reconciler.web.rendering import assets, render
from reconciler.web.sessions import Session, Sessions, Who

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from reconciler.formats.catalogue import Catalogue
    from reconciler.web.forms import Form

logger = logging.getLogger(__name__)

CSRF = "csrf"
"""The name of the hidden field that tells a form of ours from one of another site."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation.

    Attributes:
        path: of the page.
        text: what it is called.
        count: a number beside it, such as of what is unread; 0 for none.
        kind: "bell" for the notifications, which look otherwise; else "".
    """

    path: str
    text: Message
    count: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be reminded of on every page, and where to go with it.

    Attributes:
        message: what.
        link: where.
    """

    message: Message
    link: Link


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around every page of somebody who is signed in.

    Attributes:
        title: what the site is of: the bureau's name.
        who: who is signed in.
        links: the navigation.
        notes: what everybody has to see on every page, such as that this token is for reading only.
        reminders: what leads on from every page.
    """

    title: str
    who: str
    links: tuple[Link, ...]
    notes: tuple[Message, ...] = ()
    reminders: tuple[Reminder, ...] = ()


@dataclass(frozen=True, slots=True)
class Site(Generic[Who]):
    """One side of the product.

    Attributes:
        name: short, for its cookie.
        sessions: who is signed in.
        around: what stands around the pages of a visit.
        valid: whether somebody who has signed in still may be.
        language: where neither the reader nor the browser says.
        entry: the page of those who are not signed in.
    """

    name: str
    sessions: Sessions[Who]
    around: Callable[[Visit[Who]], Around]
    valid: Callable[[Who], bool]
    language: str = "en"
    entry: str = "/sign-in"

    def cookie(self, request: Request) -> str:
        """The name of the cookie: ports of one machine share their cookies, so it has the port in it."""
        prefix = "__Host-" if request.url.scheme == "https" else ""
        return f"{prefix}reconciler-{self.name}-{request.url.port or request.url.scheme}"


@dataclass(frozen=True, slots=True)
class Visit(Generic[Who]):
    """One request, ready to be answered.

    Attributes:
        site: that is visited.
        request: as it came.
        form: what its form says; what its address says where it has none.
        say: the reader's language.
        session: who is signed in; None on pages that are for everybody.
    """

    site: Site[Who]
    request: Request
    form: Form
    say: Catalogue
    session: Session[Who] | None

    @property
    def signed_in(self) -> Session[Who]:
        """The session, on a page that is not for everybody."""
        assert self.session is not None
        return self.session

    @property
    def path(self) -> str:
        """The address of this page, with what stands behind its question mark."""
        path, query = quote(self.request.scope["path"]), query_of(self.request)
        return f"{path}?{query}" if query else path

    def part(self, name: str) -> str:
        """A part of the address, as the route names it."""
        return str(self.request.path_params[name])

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page.

        Args:
            template: its file in `templates`.
            status: of HTTP.
            values: what the template names, beside what every page has.
        """
        around = self.site.around(self) if self.session else None
        common = {
            "say": self.say,
            "count": self.say.count,
            "text": self.say.message,
            "number": self.say.number,
            "language": self.say.language,
            "languages": {name: NAMES[name] for name in LANGUAGES},
            "csrf": self.session.csrf if self.session else "",
            "path": self.path if self.request.method == "GET" else "/",
            "here": self.request.url.path,
            "around": around,
        }
        return HTMLResponse(render(template, common | values), status)

    def go(self, path: str) -> Response:
        """On to another page of this site, to be asked for with GET."""
        return RedirectResponse(local(path), 303)

    def sign_in(self, who: Who, path: str = "/") -> Response:
        """Begin a session and go on with a page; one that was there is over."""
        self.sign_out_session()
        value, _ = self.site.sessions.begin(who)
        response = self.go(path)
        response.set_cookie(
            self.site.cookie(self.request),
            value,
            httponly=True,
            secure=self.request.url.scheme == "https",
            samesite="strict",
        )
        return response

    def sign_out(self) -> Response:
        """End the session."""
        self.sign_out_session()
        response = self.go(self.site.entry)
        response.delete_cookie(self.site.cookie(self.request), httponly=True, samesite="strict")
        return response

    def sign_out_session(self) -> None:
        """End the session that the request came with, if it came with one."""
        self.site.sessions.end(self.request.cookies.get(self.site.cookie(self.request), ""))


def query_of(request: Request) -> str:
    """What stands behind the question mark; one in a path, sent as %3F, is none."""
    return str(request.scope["query_string"], "latin-1")


if TYPE_CHECKING:
    Handler = Callable[[Visit[Who]], Response]


def local(path: str) -> str:
    """A path of this site: anything that would lead elsewhere leads to its first page."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if safe else "/"


def route(
    site: Site[Who], method: str, path: str, handler: Handler[Who], *, for_everybody: bool = False
) -> Route:
    """A page, or a form that is sent to it.

    Args:
        site: it is of.
        method: "GET", or "POST" for what changes something.
        path: its address.
        handler: answers a visit; raises PageProblem or ReconcilerError where it cannot.
        for_everybody: whether one need not be signed in.
    """

    async def respond(request: Request) -> Response:
        say = catalogue(language_of(request, site.language))
        visit = Visit(site, request, parse_form(""), say, None)
        try:
            visit = await _arrive(visit, for_everybody=for_everybody)
            if visit.session is None and not for_everybody:
                return visit.go(_entry(site, visit))
            return await run_in_threadpool(_answer, visit, handler)
        except PageProblem as problem:
            response = visit.page(
                "problem.html", problem.status, message=problem.message, hint=problem.hint, findings=()
            )
            response.headers.update(problem.headers)
            return response
        except ReconcilerError as error:
            return visit.page(
                "problem.html", 400, message=error.message, hint=error.hint, findings=error.findings
            )
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception:  # the last resort: no traceback may reach a reader
            logger.exception("a page failed")
            message = Message("Something went wrong on our side. What it was stands in the server's log.")
            return visit.page("problem.html", 500, message=message, hint=None, findings=())

    return Route(path, respond, methods=[method])


async def _arrive(visit: Visit[Who], *, for_everybody: bool) -> Visit[Who]:
    """The visit with its session and its form; PageProblem where the form is not one of ours."""
    site, request = visit.site, visit.request
    used = request.headers.get("x-part") != "again"
    session = site.sessions.find(request.cookies.get(site.cookie(request), ""), used=used)
    if session is not None and not await run_in_threadpool(site.valid, session.who):
        session = None
    if request.method in {"GET", "HEAD"}:
        return Visit(site, request, parse_form(query_of(request)), visit.say, session)
    if not same_origin(request):
        raise PageProblem(403, Message("This form was sent from another site, and nothing was done."))
    form = await read_form(request)
    if session is not None and not for_everybody and not session.sent_by_us(form.text(CSRF)):
        message = Message("This form is of an earlier visit, and nothing was done.")
        raise PageProblem(403, message, Message("Load the page again, and send it once more."))
    return Visit(site, request, form, visit.say, session)


def _answer(visit: Visit[Who], handler: Handler[Who]) -> Response:
    if visit.session is None or visit.request.method in {"GET", "HEAD"}:
        return handler(visit)
    with visit.session.lock:
        return handler(visit)


def _entry(site: Site[Who], visit: Visit[Who]) -> str:
    """The page to sign in, which leads back to the one that was asked for."""
    path = visit.path if visit.request.method == "GET" else "/"
    return site.entry if path == "/" else f"{site.entry}?next={quote(path, safe='')}"


def common_routes(site: Site[Who]) -> list[Route]:
    """What every site has: its assets, the choice of a language, and signing out."""
    return [
        Route("/assets/{hash}/{name}", _asset),
        route(site, "POST", "/language", _choose_language, for_everybody=True),
        route(site, "POST", "/sign-out", Visit.sign_out),
    ]


async def _asset(request: Request) -> Response:
    found = assets().get(request.path_params["name"])
    if found is None:
        return Response(status_code=404)
    kind, content = found
    # its address changes with its content
    return Response(
        content, media_type=kind, headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )


def _choose_language(visit: Visit[Any]) -> Response:
    chosen = visit.form.text("language")
    if chosen not in LANGUAGES:
        raise not_there()
    response = visit.go(visit.form.text("next", "/"))
    response.set_cookie(
        COOKIE,
        chosen,
        max_age=YEAR,
        httponly=True,
        samesite="lax",
        secure=visit.request.url.scheme == "https",
    )
    return response
