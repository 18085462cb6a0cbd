"""What is tried again, how often, and what is said in the end."""

from __future__ import annotations

import time
from email.utils import formatdate

import httpx
import pytest

from reconciler.apply.protocol import Order
from reconciler.errors import BackendError, Unreachable
from reconciler.exchange.pauses import in_seconds
from reconciler.grid import OperationKind
from tests.backends.faults import Answer, Faulty, backend, dripping, raising, status

PASSING: dict[str, Answer] = {
    "429": status(429),
    "429 with Retry-After": status(429, retry_after="1"),
    "429 with a Retry-After that is nonsense": status(429, retry_after="soon"),
    "500": status(500),
    "502": status(502),
    "503": status(503, retry_after="1"),
    "504": status(504),
    "connection refused": raising(httpx.ConnectError),
    "connection reset": raising(httpx.ReadError),
    "stale connection": raising(httpx.RemoteProtocolError),
    "time-out": raising(httpx.ReadTimeout),
    "no connection in time": raising(httpx.ConnectTimeout),
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("path", ["/v1/bureau", "/v1/access?cursor=3"])
def test_a_fault_that_passes_is_not_noticed(path: str, fault: Answer) -> None:
    network = Faulty(faults=[(path, 2, fault)])
    with backend(network) as it:
        assert len(it.current().access) == 8
    assert network.sent(path.partition("?")[0]) == (3 if path == "/v1/bureau" else 5)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (status(503), "is not available: 503 Detail of 503."),
        (status(429), "answered /v1/bureau with 429 code-429: Detail of 429."),
        (raising(httpx.ConnectError), "cannot be reached: told so"),
        (raising(httpx.ReadTimeout), "did not answer in time"),
        (raising(httpx.RemoteProtocolError), "broke off the exchange: told so"),
    ],
)
def test_a_fault_that_stays_is_given_up_after_the_retries(fault: Answer, message: str) -> None:
    network = Faulty(faults=[("/v1/bureau", 99, fault)])
    with backend(network) as it, pytest.raises(BackendError) as caught:
        it.revision()
    assert str(caught.value) == f"https://bureau.example {message}"
    assert network.sent("/v1/bureau") == 4


@pytest.mark.parametrize("code", [400, 401, 403, 404, 409, 410, 422, 501])
def test_what_would_be_the_same_again_is_not_tried_again(code: int) -> None:
    network = Faulty(faults=[("/v1/bureau", 99, status(code))])
    with backend(network) as it, pytest.raises(BackendError):
        it.revision()
    assert network.sent("/v1/bureau") == 1


def test_an_operation_is_sent_again_with_its_key() -> None:
    network = Faulty(faults=[("/v1/operations", 2, raising(httpx.ReadError))])
    job = {"id": "j", "operation": "remove-access", "state": "queued", "pairs": 1, "finished": 0}
    network.faults.append(("/v1/operations", 1, lambda _request: httpx.Response(202, json=job)))
    with backend(network) as it:
        assert (
            it.submit(Order(OperationKind.REMOVE_ACCESS, ("u0",), ("1000",), (), "17", "r"), "key-1").key
            == "j"
        )
    assert [request.headers["idempotency-key"] for request in network.requests] == ["key-1"] * 3
    assert len({request.content for request in network.requests}) == 1


def test_retry_after_is_honoured_up_to_the_longest_wait() -> None:
    network = Faulty(faults=[("/v1/bureau", 1, status(429, retry_after="1"))])
    start = time.monotonic()
    with backend(network, max_wait="30") as it:
        it.revision()
    assert 1 <= time.monotonic() - start < 5
    network = Faulty(faults=[("/v1/bureau", 3, status(429, retry_after="86400"))])
    start = time.monotonic()
    with backend(network, max_wait="0.05") as it:
        it.revision()
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("off", [-86400, 0, 86400], ids=["behind", "right", "ahead"])
def test_a_date_in_retry_after_is_by_the_clock_of_the_server(off: int) -> None:
    """The pause is the one that is meant, however wrong one of the two clocks is."""
    sent = time.time() + off
    asked = {"date": formatdate(sent, usegmt=True), "retry_after": formatdate(sent + 1, usegmt=True)}
    network = Faulty(faults=[("/v1/bureau", 1, status(429, **asked))])
    start = time.monotonic()
    with backend(network, max_wait="30") as it:
        it.revision()
    assert 1 <= time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, "7"),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:09 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, "9"),
        ({"retry-after": "Tue, 24 Nov 2026 09:00:00 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, "0"),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:01 +0200", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, "1"),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:09 GMT"}, "Tue, 24 Nov 2026 10:00:09 GMT"),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:09 GMT", "date": "noon"}, "Tue, 24 Nov 2026 10:00:09 GMT"),
        ({"retry-after": "Tue, 24 Nov 2026 10:00:09 -0000", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, "Tue, 24 Nov 2026 10:00:09 -0000"),
        ({"retry-after": "Tue, 99 Nov 2026 10:00:09 GMT", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, "Tue, 99 Nov 2026 10:00:09 GMT"),
        ({"retry-after": "soon", "date": "Tue, 24 Nov 2026 10:00:00 GMT"}, "soon"),
    ],
)  # fmt: skip
def test_a_date_becomes_seconds_where_that_can_be(headers: dict[str, str], seconds: str) -> None:
    assert in_seconds(headers) == seconds


def test_an_answer_that_drips_ends_with_the_deadline() -> None:
    network = Faulty(faults=[("/v1/access", 99, dripping)])
    start = time.monotonic()
    with backend(network, deadline="0.2", retries="1") as it, pytest.raises(Unreachable, match="in time"):
        it.current()
    assert time.monotonic() - start < 3


def test_a_job_is_waited_for_as_long_as_there_is_patience() -> None:
    network = Faulty()
    with backend(network) as it:
        start = time.monotonic()
        assert it.job("j", 0.3).finished == 1
        assert 0.3 <= time.monotonic() - start < 2
        polls = network.sent("/v1/jobs/j")
        assert 3 <= polls <= 31
        it.job("j", 0)
        assert network.sent("/v1/jobs/j") == polls + 1


def test_a_backend_that_waits_as_it_is_asked_to_is_not_asked_more_often() -> None:
    network = Faulty()

    def waiting(request: httpx.Request) -> httpx.Response:
        time.sleep(int(request.headers["prefer"].removeprefix("wait=")))
        return network.world(request)

    network.faults.append(("/v1/jobs/j", 1, waiting))
    with backend(network, poll="5") as it:
        it.job("j", 1)
    assert len(network.requests) == 1


@pytest.mark.parametrize("code", [404, 405, 501])
def test_a_backend_may_do_without_leases(code: int) -> None:
    network = Faulty(faults=[("/v1/leases", 99, status(code))])
    with backend(network) as it:
        assert it.take_lease("r", "anna", 60) is None
    assert network.sent("/v1/leases") == 1


def test_a_lease_is_asked_for_again_with_its_key() -> None:
    network = Faulty(faults=[("/v1/leases", 2, raising(httpx.ReadError))])
    lease = {
        "id": "r", "operator": "op", "holder": "anna", "seconds": 60,
        "granted": "2026-01-31T12:00:00.000Z", "expires": "2026-01-31T12:01:00.000Z",
    }  # fmt: skip
    network.faults.append(("/v1/leases", 1, lambda _request: httpx.Response(200, json=lease)))
    with backend(network) as it:
        assert it.take_lease("r", "anna", 60) is not None
    assert len({request.content for request in network.requests}) == 1
    assert network.sent("/v1/leases") == 3
