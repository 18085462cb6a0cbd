"""An application on a port of this machine, for as long as a test needs it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve it in a thread; its address."""
    with running(uvicorn.Server(config(app))) as url:
        yield url


def config(app: Any) -> uvicorn.Config:
    """On any port that is free."""
    return uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", server_header=False)


@contextmanager
def running(server: uvicorn.Server) -> Iterator[str]:
    """Run a server in a thread; its address."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
