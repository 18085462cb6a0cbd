"""Over real sockets: what drips, what is not trusted, what the environment says."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from reconciler.backends import BackendConfig, open_backend
from reconciler.errors import BackendError, Unreachable
from tests.backends.bureaus import make_bureau, served
from tests.support import canary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def sending(start: bytes, drip: bytes) -> Iterator[str]:
    """A server that sends a start to whoever connects, and then the same bytes for ever."""
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def send() -> None:
        listener.settimeout(10)
        connection, _ = listener.accept()
        with connection:
            try:
                connection.sendall(start)
                while not over.wait(0.02):
                    connection.sendall(drip)
            except OSError:  # the other side has had enough
                return

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n",
    ],
    ids=["header", "body"],
)
def test_what_drips_ends_with_the_deadline(start: bytes) -> None:
    settings = {"deadline": "0.3", "retries": "0"}
    begun = time.monotonic()
    with (
        sending(start, b"x") as url,
        open_backend(BackendConfig("http", {"url": url, **settings}, "token")) as backend,
        pytest.raises(Unreachable, match="in time"),
    ):
        backend.revision()
    assert time.monotonic() - begun < 3


def test_proxies_of_the_environment_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with (
        served(tmp_path / "b.sqlite") as url,
        open_backend(BackendConfig("http", {"url": url, "retries": "0"}, token)) as backend,
    ):
        assert backend.revision()


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers everything with the same bytes; its URL, and what it was sent."""
    listener = socket.create_server(("127.0.0.1", 0))
    got: list[bytes] = []
    over = threading.Event()

    def serve() -> None:
        listener.settimeout(0.05)
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                got.append(connection.recv(65536))
                connection.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", got
    finally:
        over.set()
        thread.join()
        listener.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("way", ["Location: {url}/v1/bureau", "Refresh: 0; url={url}/v1/bureau"])
def test_a_redirect_takes_the_token_nowhere(status: int, way: str) -> None:
    """Neither a look nor an operation: the other server is not even spoken to."""
    token = canary.token("goes-nowhere")
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (elsewhere, got):
        header = way.format(url=elsewhere)
        answer = f"HTTP/1.1 {status} Go\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        with (
            answering(answer.encode()) as (url, asked),
            open_backend(BackendConfig("http", {"url": url, "retries": "0"}, token)) as backend,
        ):
            for call in (backend.revision, lambda: backend.mark_read(["n"])):
                with pytest.raises(BackendError, match="which is not followed"):
                    call()
        assert len(asked) == 2
        assert all(token.encode() in one for one in asked)
        assert got == []


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A key, and a certificate for this machine that no authority vouches for."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    how = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", *how, *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return key, certificate


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_a_certificate_is_verified(tmp_path: Path) -> None:
    token = make_bureau(tmp_path / "b.sqlite")["anna"]
    key, certificate = self_signed(tmp_path)
    with served(tmp_path / "b.sqlite", key=key, certificate=certificate) as url:
        settings = {"url": url, "retries": "0"}
        with (
            open_backend(BackendConfig("http", settings, token)) as backend,
            pytest.raises(Unreachable) as caught,
        ):
            backend.revision()
        assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)
        assert "ca-file" in str(caught.value.hint)
        with open_backend(BackendConfig("http", {**settings, "ca-file": str(certificate)}, token)) as backend:
            assert backend.revision()
