"""Answers that are no answers: too large, damaged, elsewhere, of another kind. The token shows up nowhere."""

from __future__ import annotations

import gzip
import logging
import traceback

import httpx
import pytest

from reconciler.backends import BackendConfig, open_backend
from reconciler.backends.http import open_backend as open_http
from reconciler.backends.problems import Place
from reconciler.errors import BackendError, InputError, ReconcilerError, Unauthorised, Unreachable
from reconciler.exchange.bounded import BoundedTransport
from tests.backends.faults import TOKEN, Answer, Faulty, backend, body, dripping, raising, status


def redirect(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(308, headers={"location": f"https://elsewhere.example/?t={TOKEN}"})


def echo(_request: httpx.Request) -> httpx.Response:
    """A backend that repeats the token, as some do."""
    return httpx.Response(401, json={"code": "not-signed-in", "detail": f"Bad token {TOKEN}."})


ECHO = "https://bureau.example repeats the token in its answer to /v1/bureau"

BAD: dict[str, tuple[Answer, str]] = {
    "not JSON": (body(b"{"), "the answer to /v1/bureau is not valid JSON"),
    "not UTF-8": (body(b'"\xff"'), "the answer to /v1/bureau is not valid JSON"),
    "too deep": (body(b"[" * 100_000), "the answer to /v1/bureau is not valid JSON"),
    "half a character": (body(b'{"id": "\\ud800"}'), "the answer to /v1/bureau is not valid JSON"),
    "a number of 10,000 digits": (body(b"9" * 10_000), "the answer to /v1/bureau is not valid JSON"),
    "a list": (body(b"[]"), "/v1/bureau should be an object, not []"),
    "nothing": (body(b""), "the answer to /v1/bureau is not valid JSON"),
    "HTML": (
        body(b"<html>", content_type="text/html; charset=utf-8"),
        "https://bureau.example answers /v1/bureau with text/html, not with JSON",
    ),
    "too large": (body(b" " * 2_000_000), "the answer is larger than 1000000 bytes"),
    "a gzip bomb": (
        body(gzip.compress(bytes(500_000_000), 1), content_encoding="gzip"),
        "the answer is larger than 1000000 bytes",
    ),
    "gzip in gzip": (
        body(b"", content_encoding="gzip, gzip"),
        "the answer is in an encoding not asked for: gzip, gzip",
    ),
    "damaged gzip": (body(b"no gzip", content_encoding="gzip"), "the compressed answer is damaged"),
    "gzip cut short": (
        body(gzip.compress(b"{}")[:-3], content_encoding="gzip"),
        "the compressed answer is damaged",
    ),
    "a redirect": (redirect, "https://bureau.example sends /v1/bureau elsewhere, which is not followed: 308"),
    "another site": (
        lambda _request: httpx.Response(404, text="not here"),
        "https://bureau.example has no /v1/bureau: it may not be the address of a bureau API",
    ),
    "a problem": (
        status(422),
        "https://bureau.example answered /v1/bureau with 422 code-422: Detail of 422.",
    ),
    "a problem that is none": (
        lambda _request: httpx.Response(409, json=["x"]),
        "https://bureau.example answered /v1/bureau with 409: Conflict",
    ),
    "the token as a name": (body(f'{{"revision": "{TOKEN}"}}'.encode()), ECHO),
    "the token in a header": (body(b'{"revision": "7"}', etag=f'"{TOKEN}"'), ECHO),
    "a wrong token": (echo, "https://bureau.example does not accept the token: Bad token …."),
    "forbidden": (status(403), "https://bureau.example does not permit /v1/bureau: Detail of 403."),
    "never ending": (dripping, "https://bureau.example did not answer in time"),
    "broken": (raising(httpx.ReadError), "https://bureau.example broke off the exchange: told so"),
}


@pytest.mark.parametrize(("fault", "message"), BAD.values(), ids=BAD)
def test_it_is_said_what_is_wrong_and_never_the_token(
    fault: Answer, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    network = Faulty(faults=[("/v1/bureau", 99, fault)])
    with (
        backend(network, max_response_bytes="1000000", deadline="0.5", retries="1") as it,
        pytest.raises(BackendError) as caught,
    ):
        it.revision()
    assert str(caught.value) == message
    assert all(request.headers["authorization"] == f"Bearer {TOKEN}" for request in network.requests)
    assert {request.url.host for request in network.requests} == {"bureau.example"}
    hint = caught.value.hint
    told = [*traceback.format_exception(caught.value), repr(caught.value), str(hint), repr(hint), caplog.text]
    told += [repr(it), repr(network.requests), repr(caught.value.message)]
    assert not any(TOKEN in text for text in told)


def test_a_compressed_answer_is_read() -> None:
    content = gzip.compress(b'{"revision": "' + b"1" * 3_000_000 + b'"}')
    with backend(Faulty(faults=[("/v1/bureau", 1, body(content, content_encoding="gzip"))])) as it:
        assert len(it.revision()) == 3_000_000


def test_a_link_elsewhere_lends_its_query_only() -> None:
    network = Faulty()
    world = network.world

    def elsewhere(request: httpx.Request) -> httpx.Response:
        response = world(request)
        headers = {"link": '<https://elsewhere.example/x?cursor=3>; rel="next"'}
        return httpx.Response(
            200, content=response.content, headers={**headers, "content-type": "application/json"}
        )

    network.faults.append(("/v1/access", 1, elsewhere))
    with backend(network) as it:
        assert len(it.current().access) == 8
    assert {request.url.host for request in network.requests} == {"bureau.example"}


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "snö", "\x00"])
def test_a_token_that_cannot_be_sent_is_not_shown(token: str) -> None:
    with pytest.raises(Unauthorised) as caught:
        open_http(BackendConfig("http", {"url": "https://b.example"}, token, "MY_VARIABLE"))
    assert not token or token not in "".join(traceback.format_exception(caught.value))
    assert str(caught.value.hint) == "the token is read from MY_VARIABLE"


def test_the_token_is_in_no_repr() -> None:
    config = BackendConfig("http", {"url": "https://b.example"}, TOKEN)
    assert TOKEN not in repr(config) + str(config) + repr(Place.of("b", config))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "the backend needs the setting url"),
        ({"url": "bureau.example"}, "the setting url is no address of a backend"),
        ({"url": "ftp://bureau.example"}, "the setting url is no address of a backend"),
        ({"url": f"https://user:{TOKEN}@bureau.example"}, "the setting url is no address of a backend"),
        ({"url": "https://bureau.example?x=1"}, "the setting url is no address of a backend"),
        ({"url": "https://[bad"}, "the setting url is no address of a backend"),
        ({"url": "https://b.example:99999"}, "the setting url is no address of a backend"),
        ({"url": f"https://{'b' * 64}.example"}, "the setting url is no address of a backend"),
        (
            {"url": "http://bureau.example"},
            "http://bureau.example is not encrypted: the token would be readable on the way",
        ),
        ({"url": "https://b.example", "dead-line": "3"}, "the backend has no setting dead-line"),
        ({"url": "https://b.example", "deadline": "-3"}, "the setting deadline is a number, not -3"),
        ({"url": "https://b.example", "deadline": "nan"}, "the setting deadline is a number, not nan"),
        ({"url": "https://b.example", "retries": "2.5"}, "the setting retries is a number, not 2.5"),
        (
            {"url": "http://b.example", "allow-plain-http": "true"},
            "the setting allow-plain-http is yes or no, not true",
        ),
    ],
)
def test_wrong_settings_are_told(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ReconcilerError) as caught:
        open_backend(BackendConfig("http", settings, TOKEN))
    assert str(caught.value) == message
    assert TOKEN not in str(caught.value.hint)


@pytest.mark.parametrize(
    "url", ["http://localhost:1", "http://127.0.0.1:1/api", "http://[::1]:1", "https://b.example/"]
)
def test_plain_http_is_for_this_machine(url: str) -> None:
    open_backend(BackendConfig("http", {"url": url}, TOKEN)).close()
    open_backend(BackendConfig("http", {"url": "http://b.example", "allow-plain-http": "yes"}, TOKEN)).close()


@pytest.mark.parametrize(
    "host",
    [
        "b.example",
        "localhost.b.example",
        "127.0.0.1.b.example",
        "127-0-0-1.b.example",
        "localhost.",
        "0.0.0.0",
        "10.0.0.1",
        "192.168.1.10",
        "169.254.169.254",
        "[fe80::1]",
        "[::]",
        "2130706433.b.example",
        "localhost:80@b.example",
    ],
)
def test_plain_http_to_anywhere_else_is_refused_before_anything_is_sent(host: str) -> None:
    network = Faulty()
    with pytest.raises(ReconcilerError) as caught:
        open_http(BackendConfig("http", {"url": f"http://{host}"}, TOKEN), network)
    assert "not encrypted" in str(caught.value) or "no address of a backend" in str(caught.value)
    assert network.requests == []
    assert TOKEN not in f"{caught.value} {caught.value.hint}"


def test_certificates_that_are_none_are_told(tmp_path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name in ("ca.pem", "missing.pem"):
        settings = {"url": "https://b.example", "ca-file": str(tmp_path / name)}
        with pytest.raises(ReconcilerError, match="cannot be read"):
            open_backend(BackendConfig("http", settings, TOKEN))


def test_nobody_at_the_port() -> None:
    settings = {"url": "http://127.0.0.1:1", "retries": "0"}
    with open_backend(BackendConfig("http", settings, TOKEN)) as it, pytest.raises(Unreachable) as caught:
        it.revision()
    assert str(caught.value).startswith("http://127.0.0.1:1 cannot be reached")
    assert caught.value.hint is not None


def test_a_kind_that_is_not_installed_is_told_with_those_that_are() -> None:
    with pytest.raises(ReconcilerError, match="no backend of the kind nosuch") as caught:
        open_backend(BackendConfig("nosuch", {}, TOKEN))
    assert "embedded, http" in str(caught.value.hint)


def test_a_database_that_is_none_is_told(tmp_path) -> None:
    missing = tmp_path / "missing.sqlite"
    with pytest.raises(ReconcilerError, match="no database"):
        open_backend(BackendConfig("embedded", {"database": str(missing)}, TOKEN))
    assert not missing.exists()
    (tmp_path / "notes.txt").write_text("not a database, but long enough to have a header")
    with pytest.raises(InputError, match="not a database of bureaus"):
        open_backend(BackendConfig("embedded", {"database": str(tmp_path / "notes.txt")}, TOKEN))


def test_an_interrupted_exchange_does_not_hold_up_the_end() -> None:
    from reconciler.backends.settings import Limits

    transport = BoundedTransport(Faulty(faults=[("/v1/bureau", 1, dripping)]), Limits())
    pending = transport._portal.start_task_soon(
        transport._exchange, httpx.Request("GET", "https://b.example/v1/bureau")
    )
    transport.close()
    assert pending.cancelled() or pending.exception() is not None
