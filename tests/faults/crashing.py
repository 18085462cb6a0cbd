"""An apply that is killed at its n-th write, and what follows; a process of its own: `python -m tests.faults.crashing`.

It imports everything once and then forks for each command, so that a crash and what follows take a fraction of a
second. Writes are counted where they happen, before and after: every statement of the journal that writes, every
commit of the embedded bureau server, every request that may change something, every line of the audit log, every file
that is put in place or taken away. At the n-th of these moments the process kills itself with SIGKILL, from whatever thread.

It reads one case a line from stdin, as JSON, and answers each with a line:

    {"folder": …, "backend": "embedded" | "http", "kills": [n, …], "then": ["apply", …]}
    {"killed": [label, …], "codes": [code, …], "said": …}

The commands are killed at these writes, one after the other; the last one, `then`, is let be.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filelock

from reconciler import sqlite
from reconciler.bureau.serve import server_of
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.commands.cli import run
from reconciler.exchange.bounded import BoundedTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PRELOADED = """
reconciler.commands.apply reconciler.commands.plan reconciler.flow.world reconciler.flow.running
reconciler.desired reconciler.plan reconciler.plan.file reconciler.formats.text reconciler.formats.json
reconciler.backends.embedded reconciler.backends.http reconciler.backends.state reconciler.journal uvicorn deepdiff
"""

NEVER = 10**9


class Writes:
    """Counts the moments of writes, and kills at one of them.

    Args:
        kill_at: which, from 0.
        tell: a file descriptor that is told at what it was.
    """

    def __init__(self, kill_at: int, tell: int) -> None:
        self._left, self._tell, self._lock = kill_at, tell, threading.Lock()

    def moment(self, label: str) -> None:
        """A moment before or after a write."""
        with self._lock:
            self._left -= 1
            if self._left < 0:
                os.write(self._tell, label.encode())
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, label: str) -> Iterator[None]:
        """A write."""
        self.moment(f"before {label}")
        yield
        self.moment(f"after {label}")

    def install(self) -> None:
        """Count in this process from now on."""
        self._requests()
        self._files()
        sqlite.sqlite3 = self._sqlite()  # type: ignore[attr-defined]

    def _requests(self) -> None:
        exchange = BoundedTransport.handle_request

        def counted(transport: BoundedTransport, request: Any) -> Any:
            if request.method == "GET":
                return exchange(transport, request)
            with self.around(f"{request.method} {request.url.path.split('/')[2]}"):
                return exchange(transport, request)

        BoundedTransport.handle_request = counted  # type: ignore[method-assign]

    def _files(self) -> None:
        for owner, name in (
            (Path, "replace"),
            (Path, "unlink"),
            (os, "fsync"),
            (filelock.FileLock, "acquire"),
        ):
            setattr(owner, name, self._counted(getattr(owner, name), f"file {name}"))

    def _counted(self, function: Callable[..., Any], label: str) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            with self.around(label):
                return function(*arguments, **named)

        return counted

    def _sqlite(self) -> Any:
        writes = self

        class Connection(sqlite3.Connection):
            def __init__(self, path: Path, *arguments: Any, **named: Any) -> None:
                super().__init__(path, *arguments, **named)
                self._name = path.stem

            def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
                word = sql.lstrip()[:6].strip()
                # what stands in a transaction is written by its COMMIT
                if word != "COMMIT" and (self.in_transaction or word not in {"UPDATE", "INSERT", "DELETE"}):
                    return super().execute(sql, *more)
                with writes.around(f"{self._name} {word}"):
                    return super().execute(sql, *more)

        def connect(*arguments: Any, **named: Any) -> sqlite3.Connection:
            return sqlite3.connect(*arguments, factory=Connection, **named)

        class Sqlite:
            """The module, with another `connect`."""

            def __getattr__(self, attribute: str) -> Any:
                return connect if attribute == "connect" else getattr(sqlite3, attribute)

        return Sqlite()


def command(arguments: Sequence[str], folder: Path, kill_at: int) -> tuple[int, str, str]:
    """Run a command in a fork; its exit code (-9 where it was killed), at what, and what it said."""
    tells, tell = os.pipe()
    said = folder / "said.txt"
    child = os.fork()
    if child == 0:
        code = 99
        with contextlib.suppress(BaseException):
            os.close(tells)
            _redirect(said)
            os.chdir(folder)
            Writes(kill_at, tell).install()
            code = run(list(arguments))
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
    os.close(tell)
    with os.fdopen(tells) as told:
        label = told.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), label, said.read_text(encoding="utf-8", errors="replace")


def _redirect(said: Path) -> None:
    """What the child says goes into a file."""
    into = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(into, stream)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The server of a folder's bureau in a fork; its address, which stays the same."""
    tells, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.close(tells)
            _redirect(folder / "served.txt")
            _serve(folder, tell)
        os._exit(0)
    os.close(tell)
    with os.fdopen(tells) as told:
        port = told.readline().strip()
    (folder / "port.txt").write_text(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _serve(folder: Path, tell: int) -> None:
    before = folder / "port.txt"
    port = int(before.read_text()) if before.exists() else 0
    with Store.open(folder / "bureau.db") as store:
        server = server_of(store, Settings(), host="127.0.0.1", port=port)
        listener = server.config.bind_socket()
        # asyncio sets it for the sockets that it makes itself; without, each answer takes 40 ms
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.listen()
        os.write(tell, f"{listener.getsockname()[1]}\n".encode())
        os.close(tell)
        server.run(sockets=[listener])


def case(asked: dict[str, Any]) -> dict[str, Any]:
    """Do one case."""
    folder = Path(asked["folder"])
    os.environ["RECONCILER_STATE_DIR"] = str(folder / "state")
    where = served(folder) if asked["backend"] == "http" else contextlib.nullcontext("")
    with where as url:
        more = ["--url", url] if url else []
        killed, codes, commands = [], [], [asked["first"], *[asked["then"]] * len(asked["kills"])]
        said = ""
        for arguments, kill_at in zip(commands, [*asked["kills"], NEVER], strict=True):
            code, label, said = command([*arguments, *more], folder, kill_at)
            codes.append(code)
            killed += [label] if label else []
    return {"killed": killed, "codes": codes, "said": said}


def main() -> None:
    """Answer cases until there are no more."""
    for module in PRELOADED.split():
        __import__(module)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(case(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
