"""A blocking transport over any asynchronous one, with a deadline and a cap on every exchange.

httpx bounds the pause between two pieces of an answer, not the whole: an answer that drips would go on
for ever, and a small compressed one can grow to fill the memory. Here an exchange is cancelled when its
time is over, wherever it stands (name look-up, TLS, header or body), and the body is decoded piece by
piece up to the cap. It never decides what an answer means.
"""

from __future__ import annotations

import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import anyio
import httpx
from anyio.from_thread import start_blocking_portal

from reconciler.errors import BackendError, Message
from reconciler.exchange.pauses import in_seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from reconciler.errors import ReconcilerError

_PIECE = 1 << 20
"""Bytes that are decompressed at a time."""


class Bounds(Protocol):
    """How much patience and memory an exchange gets."""

    @property
    def deadline(self) -> float:
        """Seconds for a whole exchange, from the connection to the last byte of the answer."""

    @property
    def max_response_bytes(self) -> int:
        """Of one answer, decoded."""


class BoundedTransport(httpx.BaseTransport):
    """Runs an asynchronous transport in an event loop of its own thread.

    A request may bring its own deadline as the extension "deadline", in seconds.

    Args:
        inner: does the exchange; closed with this one.
        limits: the deadline and the cap.
        around: entered in the event loop first and left last, such as the lifespan of an application.
        failed: makes the error of an answer that is not read, from what is wrong with it and a hint.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        limits: Bounds,
        around: AbstractAsyncContextManager[object] | None = None,
        *,
        failed: Callable[[Message, Message | None], ReconcilerError] = BackendError,
    ) -> None:
        self._inner = inner
        self._limits = limits
        self._failed = failed
        with ExitStack() as stack:
            self._portal = stack.enter_context(start_blocking_portal())
            # what an interrupted caller left running must not hold up the end
            stack.callback(self._portal.call, self._portal.stop, True)
            if around is not None:
                stack.enter_context(self._portal.wrap_async_context_manager(around))
            stack.callback(self._portal.call, inner.aclose)
            self._stack = stack.pop_all()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange, its body read whole and decoded.

        Raises:
            httpx.TransportError: where it failed or took too long.
            ReconcilerError: what `failed` makes, where the answer is too large or cannot be decoded.
        """
        return self._portal.call(self._exchange, request)

    def close(self) -> None:
        """End what is under way, and the thread."""
        self._stack.close()

    async def _exchange(self, request: httpx.Request) -> httpx.Response:
        try:
            with anyio.fail_after(request.extensions.get("deadline", self._limits.deadline)):
                response = await self._inner.handle_async_request(request)
                try:
                    body = await _read(response, self._limits.max_response_bytes)
                except _Unread as unread:
                    raise self._failed(unread.message, unread.hint) from unread
                finally:
                    await response.aclose()
        except TimeoutError as error:
            raise httpx.ReadTimeout("the answer took too long", request=request) from error
        headers = [
            (name, in_seconds(response.headers) if name == "retry-after" else value)
            for name, value in response.headers.multi_items()
            if name not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        return httpx.Response(response.status_code, headers=headers, content=body)


class _Unread(Exception):
    """An answer that is not read, and why."""

    def __init__(self, message: Message, hint: Message | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint


async def _read(response: httpx.Response, most: int) -> bytes:
    body = bytearray()
    async for piece in _decoded(response):
        body += piece
        if len(body) > most:
            raise _Unread(
                Message("the answer is larger than {most} bytes", most=most),
                hint=Message("the setting max-response-bytes raises this limit"),
            )
    return bytes(body)


async def _decoded(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body in pieces of bounded size. Only gzip was asked for, and it only once."""
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        async for raw in stream:
            yield raw
        return
    if encoding != "gzip":
        raise _Unread(Message("the answer is in an encoding not asked for: {name}", name=encoding))
    unzip = zlib.decompressobj(wbits=31)
    try:
        async for raw in stream:
            rest = raw
            while rest and not unzip.eof:
                yield unzip.decompress(rest, _PIECE)
                rest = unzip.unconsumed_tail
    except zlib.error as error:
        raise _Unread(Message("the compressed answer is damaged")) from error
    if not unzip.eof:
        raise _Unread(Message("the compressed answer is damaged"))
