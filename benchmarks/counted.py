"""The command line, with the requests that it sent to the backend and the bytes of them as the last line of stderr.

The bytes are those of the bodies, both ways, as they travel: compressed where they are.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import httpx

from reconciler.commands.cli import run
from reconciler.exchange import bounded
from reconciler.exchange.bounded import BoundedTransport

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_sent: list[int] = []
"""The bytes of each request's body."""

_received: list[int] = []
"""The bytes of each piece of an answer."""


class _Counted(httpx.AsyncByteStream):
    """A body whose pieces are counted as they come."""

    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            _received.append(len(piece))
            yield piece

    async def aclose(self) -> None:
        await self._stream.aclose()


def main(arguments: list[str]) -> int:
    """Run a command line as it is, but count."""
    exchange, read = BoundedTransport.handle_request, bounded._read  # noqa: SLF001 - the one place that bodies pass

    def counted(transport: BoundedTransport, request: httpx.Request) -> httpx.Response:
        _sent.append(len(request.content))
        return exchange(transport, request)

    async def measured(response: httpx.Response, most: int) -> bytes:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Counted(response.stream)
        return await read(response, most)

    BoundedTransport.handle_request = counted  # type: ignore[assignment,method-assign]  # the one place that all pass
    bounded._read = measured  # noqa: SLF001 - as above
    code = run(arguments)
    print(len(_sent), sum(_sent) + sum(_received), file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
