"""Ways in which a forge fails: what is answered instead, or after the request was done."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@dataclass
class Fault:
    """What happens to the next requests that fit.

    Attributes:
        answer: makes what is answered.
        method: of the requests; "" for all.
        path: a pattern that the path must hold.
        times: how many of them.
        done: whether the request is done before, and only its answer is lost.
    """

    answer: Callable[[], Response]
    method: str = ""
    path: str = ""
    times: int = 1
    done: bool = False

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in {"", method} and re.search(self.path, path) is not None


@dataclass
class Faults:
    """Those that are still to happen."""

    left: list[Fault] = field(default_factory=list)

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.left:
            if fault.fits(method, path):
                fault.times -= 1
                return fault
        return None


def status(code: int, message: str = "", headers: dict[str, str] | None = None) -> Callable[[], Response]:
    """A plain refusal."""
    return lambda: JSONResponse({"message": message or str(code)}, code, headers)


def text(content: str, media: str = "text/html", code: int = 200) -> Callable[[], Response]:
    """Something that is no JSON."""
    return lambda: Response(content, code, media_type=media)


def drip() -> Response:
    """An answer that never ends."""

    async def pieces() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.02)

    return StreamingResponse(pieces(), media_type="application/json")


LIMITS = {
    "primary": status(
        403, "API rate limit exceeded", {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}
    ),
    "secondary": status(403, "You have exceeded a secondary rate limit.", {"retry-after": "0"}),
    "429": status(429, "Too many requests", {"retry-after": "0"}),
}
"""Limits on requests, all of them over at once."""
