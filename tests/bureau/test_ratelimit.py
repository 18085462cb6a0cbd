"""The rate limit: the window by itself, and over the API."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.bureau.operators import add_operator
from reconciler.bureau.ratelimit import Allowance, Limiter
from reconciler.bureau.settings import RateLimit, Settings
from reconciler.bureau.store import Store
from tests.bureau.world import make_bureau, served


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_window_slides():
    clock = Clock()
    limiter = Limiter(RateLimit(2, 5), clock)
    assert limiter.ask(1) == Allowance(True, 1, 5)
    clock.now += 3
    assert limiter.ask(1) == Allowance(True, 0, 2)
    assert limiter.ask(1) == Allowance(False, 0, 2)
    assert limiter.ask(2) == Allowance(True, 1, 5)
    clock.now += 2
    assert limiter.ask(1) == Allowance(True, 0, 3)


pauses = st.integers(0, 48).map(lambda sixteenths: sixteenths / 16)


@given(st.lists(pauses, max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_no_window_holds_more_than_the_limit(pauses: list[float], requests: int, seconds: int):
    clock = Clock()
    limiter = Limiter(RateLimit(requests, seconds), clock)
    allowed = []
    for pause in pauses:
        clock.now += pause
        answer = limiter.ask(1)
        if answer.allowed:
            allowed.append(clock.now)
        else:
            clock.now += answer.reset  # who waits as told is let in
            assert limiter.ask(1).allowed
            allowed.append(clock.now)
    for start in allowed:
        assert sum(start <= time < start + seconds for time in allowed) <= requests


@pytest.mark.parametrize("wrong", [(0, 5), (5, 0), (-1, 5)])
def test_limits_that_cannot_be(wrong: tuple[int, int]):
    with pytest.raises(ValueError, match="rate limit"):
        RateLimit(*wrong)


def test_over_the_api(store: Store):
    token = make_bureau(store)
    other = add_operator(store, "b", "other", "Other")
    with served(store, token, Settings(rate_limit=RateLimit(3, 60))) as api:
        answers = [api.get(url) for url in ("/v1/bureau", "/v1/jobs/x", "/v1/bureau", "/v1/bureau")]
        assert [answer.status_code for answer in answers] == [200, 404, 200, 429]
        assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == [
            "r=2",
            "r=1",
            "r=0",
            "r=0",
        ]
        assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"operator";q=3;w=60'}
        assert answers[-1].json()["code"] == "too-many-requests"
        assert 55 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert api.signed_in(other).get("/v1/bureau").status_code == 200
        assert api.signed_in("x").get("/v1/bureau").status_code == 401


def test_there_is_none_by_default(store: Store):
    with served(store, make_bureau(store)) as api:
        answers = [api.get("/v1/bureau") for _ in range(40)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit" not in answers[0].headers
