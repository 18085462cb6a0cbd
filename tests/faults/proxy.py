"""A proxy between the command line and a bureau server, over real sockets, which spoils some exchanges.

It passes on bytes and knows just enough HTTP to find where a request and an answer end; the server behind it answers
with `Connection: close`, so that every exchange has a connection of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    method: str
    path: str
    head: bytes
    body: bytes


class Line:
    """The connection to the caller, and what can be done with it.

    Args:
        writer: to the caller.
        forward: asks the server behind, and returns its status line with headers, and its body.
    """

    def __init__(
        self, writer: asyncio.StreamWriter, forward: Callable[[], Awaitable[tuple[bytes, bytes]]]
    ) -> None:
        self.writer, self.forward = writer, forward

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(
        self, status: str, body: bytes = b"{}", *headers: str, kind: str = "application/json"
    ) -> None:
        """A whole answer."""
        lines = [
            f"HTTP/1.1 {status}",
            f"content-type: {kind}",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        await self.send("\r\n".join([*lines, *headers, "", ""]).encode() + body)

    async def problem(self, status: str, code: str, *headers: str) -> None:
        """A problem document."""
        body = json.dumps({"type": f"urn:x:{code}", "title": code, "status": int(status[:3]), "code": code})
        await self.answer(status, body.encode(), *headers, kind="application/problem+json")

    async def document(self) -> tuple[bytes, Any]:
        """The server's answer: its head, and its body as a value; None where it is no JSON."""
        head, body = await self.forward()
        try:
            return head, json.loads(body)
        except ValueError:
            return head, None

    async def passed_on(self, head: bytes, body: bytes) -> None:
        """An answer with the server's head and this body."""
        fixed = re.sub(rb"(?i)\r\ncontent-length: *\d+", b"\r\ncontent-length: %d" % len(body), head)
        await self.send(fixed + body)

    def reset(self) -> None:
        """Cut the connection with a RST."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Spoil = Callable[[Request, Line], Awaitable[None]]


@dataclass
class Rule:
    """What happens to some requests instead of being passed on.

    Attributes:
        method: of the requests.
        path: a pattern that all of the path fits.
        spoil: what happens.
        after: so many fitting requests are passed on first.
        times: so many are spoiled then.
    """

    method: str
    path: str
    spoil: Spoil
    after: int = 0
    times: int = 1

    def fits(self, request: Request) -> bool:
        """Whether this request is spoiled; counts."""
        if request.method != self.method or not re.fullmatch(self.path, request.path.partition("?")[0]):
            return False
        self.after -= 1
        if self.after >= 0 or self.times <= 0:
            return False
        self.times -= 1
        return True


@dataclass
class Proxy:
    """Runs in a thread of its own from `start` to `stop`.

    Attributes:
        upstream: the port of the server behind.
        rules: what is spoiled; the first that fits.
        seen: method and path of all requests.
        spoiled: how many were spoiled.
    """

    upstream: int
    rules: list[Rule] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    spoiled: int = 0
    port: int = 0

    def start(self) -> None:
        """Listen on a free port."""
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()

        async def listen() -> None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 24)
            self.port = self._server.sockets[0].getsockname()[1]
            ready.set()

        def work() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(listen())
            self._loop.run_forever()

        self._thread = threading.Thread(target=work, daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        """Close everything."""

        async def end() -> None:
            self._server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._exchange(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, OSError):
                await writer.wait_closed()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await _request(reader)
        self.seen.append((request.method, request.path))
        line = Line(writer, lambda: self._forward(request))
        rule = next((rule for rule in self.rules if rule.fits(request)), None)
        if rule is None:
            await line.send(b"".join(await self._forward(request)))
        else:
            self.spoiled += 1
            await rule.spoil(request, line)

    async def _forward(self, request: Request) -> tuple[bytes, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream, limit=1 << 26)
        head = re.sub(rb"(?i)\r\nconnection:[^\r]*", b"", request.head)
        head = re.sub(rb"(?i)\r\naccept-encoding:[^\r]*", b"", head)
        try:
            writer.write(head[:-2] + b"connection: close\r\n\r\n" + request.body)
            await writer.drain()
            whole = await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()
        head, _, body = whole.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            body, head = _unchunked(body), re.sub(rb"(?i)\r\ntransfer-encoding:[^\r]*", b"", head)
            head += b"\r\ncontent-length: %d" % len(body)
        return head + b"\r\n\r\n", body


async def _request(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    body = await reader.readexactly(int(length[1])) if length else b""
    return Request(method, path, head, body)


def _unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole, body = whole + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return whole
