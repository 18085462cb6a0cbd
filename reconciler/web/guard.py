"""What holds for every answer of a site: only under its own names, and nothing may run or load that is not its own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

FIELDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    # a form sends its origin along, which is how it is told from one of another site
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Guard:
    """Middleware: refuses requests under another name, and adds the header fields.

    A page of another site can have its own name lead to this machine (DNS rebinding); its requests then still carry
    that name.

    Args:
        app: the application inside.
        hosts: the names, without port, under which it may be asked.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; add the fields to its answer where it has none of that name."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in FIELDS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif _host(Headers(scope=scope).get("host", "")) in self._hosts:
            await self._app(scope, receive, add)
        else:
            refusal = PlainTextResponse("This server is not reached under that name.\n", 421)
            await refusal(scope, receive, add)


def _host(field: str) -> str:
    """The name in a Host field, "" where it holds none."""
    try:
        return urlsplit(f"//{field}").hostname or ""
    except ValueError:
        return ""


def same_origin(request: Request) -> bool:
    """Whether a request that changes something comes from a page of this site, as far as the browser tells."""
    origin = request.headers.get("origin")
    if origin is not None:
        return origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
    return request.headers.get("sec-fetch-site") == "same-origin"
