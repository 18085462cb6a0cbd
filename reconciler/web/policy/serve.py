"""The pages on a port of this machine, until they are told to stop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from reconciler.errors import Message, ReconcilerError
from reconciler.web.policy.app import create_app
from reconciler.web.policy.links import Links

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.applications import Starlette

    from reconciler.web.policy.desk import Desk

HOST = "127.0.0.1"
"""Nobody else reaches it: whoever has the link acts with the operator's token."""

_LINES = 4_096
"""Bytes that are read of what somebody types; only that they press Enter counts."""


def serve(desk: Desk, *, port: int, language: str, tell: Callable[[str], None]) -> None:
    """Serve the pages until SIGINT or SIGTERM.

    Args:
        desk: what they work with.
        port: of the loopback address; 0 for any that is free.
        language: of readers whose browser wants none of ours.
        tell: takes a one-time link, when the pages are there and whenever Enter is pressed.

    Raises:
        ReconcilerError: where the port cannot be had.
    """
    listening = _listen(port)
    address = f"http://{HOST}:{listening.getsockname()[1]}"
    links = Links()

    def give() -> None:
        tell(f"{address}/open?key={links.give()}")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        # the port is taken already, so whoever follows the link at once is answered
        give()
        with _on_enter(give):
            yield

    config = uvicorn.Config(
        create_app(desk, links, language, lifespan),
        lifespan="on",
        log_level="warning",
        access_log=False,  # an address may hold a link
        proxy_headers=False,  # nothing stands in front of it
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with (
        listening,
        suppress(KeyboardInterrupt),
    ):  # it went down in order; uvicorn raises it once more at the end
        uvicorn.Server(config).run(sockets=[listening])


def _listen(port: int) -> socket.socket:
    """A socket of the loopback address."""
    listening = socket.socket(socket.AF_INET)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise ReconcilerError(
            Message(
                "port {port} of {host} cannot be had: {why}", port=str(port), host=HOST, why=error.strerror
            ),
            Message("is it served there already? --port 0 takes any that is free"),
        ) from None
    return listening


class _on_enter:  # noqa: N801 - used as a function would be
    """Call something whenever Enter is pressed at the terminal, from within the event loop; nothing without one."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._file = sys.stdin.fileno() if os.name == "posix" and _has_terminal() else None

    def __enter__(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._loop.add_reader(self._file, self._typed)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._loop.remove_reader(self._file)

    def _typed(self) -> None:
        assert self._file is not None
        self._loop.remove_reader(self._file)
        if os.tcgetpgrp(self._file) != os.getpgrp():
            # in the background the terminal is somebody else's, and reading it would stop us
            self._loop.call_later(1.0, self.__enter__)
        elif os.read(self._file, _LINES):
            self._call()
            self.__enter__()


def _has_terminal() -> bool:
    """Whether somebody may press Enter."""
    try:
        return sys.stdin is not None and sys.stdin.isatty()
    except ValueError:
        return False
