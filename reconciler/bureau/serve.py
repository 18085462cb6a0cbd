"""The bureau server on a port."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from reconciler.bureau.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from socket import socket

    from starlette.types import ASGIApp

    from reconciler.bureau.settings import Settings
    from reconciler.bureau.store import Store

    Make = Callable[[Store, Settings], ASGIApp]


def serve(
    store: Store,
    settings: Settings,
    *,
    host: str,
    port: int,
    key: Path | None = None,
    certificate: Path | None = None,
    make: Make = create_app,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Serve the bureaus of a database until SIGINT or SIGTERM.

    Args:
        store: the database; the caller closes it afterwards.
        settings: the limits.
        host: address to listen on.
        port: port to listen on; 0 for any that is free.
        key: private key of the certificate, for HTTPS.
        certificate: with its chain, in PEM; None for plain HTTP.
        make: makes the application: the API alone, or with pages beside it.
        ready: called with the port as soon as it listens.
    """
    server = server_of(
        store, settings, host=host, port=port, key=key, certificate=certificate, make=make, ready=ready
    )
    with suppress(KeyboardInterrupt):  # it went down in order; uvicorn raises it once more at the end
        server.run()


def server_of(
    store: Store,
    settings: Settings,
    *,
    host: str,
    port: int,
    key: Path | None = None,
    certificate: Path | None = None,
    make: Make = create_app,
    ready: Callable[[int], None] | None = None,
) -> uvicorn.Server:
    """The server that `serve` runs, to start and stop otherwise; the arguments are the same."""
    config = uvicorn.Config(
        make(store, settings),
        host=host,
        port=port,
        lifespan="on",
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=10,
        ssl_keyfile=str(key) if key else None,
        ssl_certfile=str(certificate) if certificate else None,
    )
    return _Server(config, ready)


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start to listen, and tell where."""
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready(self.servers[0].sockets[0].getsockname()[1])
