"""A real server on a port that takes notices, as Slack and Teams do."""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "T0CANARY/B0CANARY/x7f3a91c2"


@dataclass
class Channel:
    """What was posted, and what is answered.

    Attributes:
        url: where it listens; a secret.
        posted: the documents, in order.
        answers: status and headers of the next answers; 200 after them.
    """

    url: str
    posted: list[Any] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)


@contextmanager
def listening() -> Iterator[Channel]:
    """A channel that listens on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == f"/services/{SECRET}?sig=x"
            assert self.headers["content-type"] == "application/json"
            channel.posted.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            status, headers = channel.answers.popleft() if channel.answers else (200, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(f"ok {self.path}".encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    channel = Channel(f"http://127.0.0.1:{server.server_port}/services/{SECRET}?sig=x")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield channel
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
