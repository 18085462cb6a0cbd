"""A bureau server as a process of its own, for tests that kill it: `python -m tests.bureau.server FILE CHUNK`."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.bureau.serve import server_of
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def started(database: Path, chunk: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """One on a free port, and its URL; killed at the end, if it is still there."""
    command = [sys.executable, "-m", "tests.bureau.server", str(database), str(chunk)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def main(database: str, chunk: str) -> None:
    """Serve, and print the port."""
    with Store.open(Path(database)) as store:
        server = server_of(store, Settings(chunk=int(chunk)), host="127.0.0.1", port=0)
        socket = server.config.bind_socket()
        socket.listen()  # who connects from now on is answered as soon as it serves
        sys.stdout.write(f"{socket.getsockname()[1]}\n")
        sys.stdout.flush()
        server.run(sockets=[socket])


if __name__ == "__main__":
    main(*sys.argv[1:])
