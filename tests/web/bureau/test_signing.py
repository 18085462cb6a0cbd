"""Signing in: with a token that is valid now, as often as one may, and for one bureau."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from reconciler.bureau.operators import add_operator, replace_token, revoke_tokens
from reconciler.bureau.settings import RateLimit
from reconciler.bureau.store import Store
from reconciler.web.bureau.around import READ_ONLY
from reconciler.web.bureau.signing import Attempts, place_of
from tests.bureau.world import make_bureau
from tests.support.reader import Reader
from tests.web.bureau.office import api, pages, signed_in, text_of, try_token

WRONG = ["", "x", "canary-token-", "x" * 300, "x" * 100_000, "å" * 20, "\x00", "op"]


def test_an_operator_signs_in_with_its_token_and_comes_to_what_was_asked_for(store: Store):
    token = make_bureau(store)
    with pages(store) as url, Reader(url) as reader:
        reader.get("/jobs?q=a")
        assert reader.path == "/sign-in?next=%2Fjobs%3Fq%3Da"
        page = reader.send("/sign-in", token=f" {token}\n")
        assert reader.path == "/jobs?q=a"
        assert "Op" in text_of(page)
        assert READ_ONLY.text not in text_of(page)
        assert reader.client.get("/sign-in?next=/jobs").headers["location"] == "/jobs"


def test_every_wrong_token_gets_the_same_answer(store: Store):
    revoked = make_bureau(store)
    replaced = add_operator(store, "b", "other", "Other")
    revoke_tokens(store, "b", "op")
    replace_token(store, "b", "other")
    with pages(store) as url, Reader(url) as reader:
        answers = [try_token(reader, token) for token in [*WRONG, revoked, replaced]]
        assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
        assert "That is no token of an operator" in answers[0].text
        assert not reader.client.cookies


def test_who_guesses_has_to_wait_and_so_does_everybody_at_that_address(store: Store):
    token = make_bureau(store)
    with pages(store, attempts=Attempts(RateLimit(3, 60))) as url, Reader(url) as reader:
        assert [try_token(reader, "x").status_code for _ in range(4)] == [403, 403, 403, 429]
        answer = try_token(reader, token)
        assert answer.status_code == 429
        assert 55 <= int(answer.headers["retry-after"]) <= 60
        assert f"Try again in {answer.headers['retry-after']} seconds" in answer.text


def test_all_who_guess_together_are_counted_too(store: Store):
    make_bureau(store)
    with pages(store, attempts=Attempts(of_all=RateLimit(3, 60))) as url, Reader(url) as reader:
        answers = [try_token(reader, "x", X_Forwarded_For=f"192.0.2.{n}") for n in range(4)]
        assert [answer.status_code for answer in answers] == [403, 403, 403, 429]


def test_who_has_a_token_may_sign_in_as_often_as_they_like(store: Store):
    token = make_bureau(store)
    with pages(store, attempts=Attempts(RateLimit(2, 60), RateLimit(2, 60))) as url:
        for _ in range(5):
            with signed_in(url, token) as reader:
                reader.send("/sign-out")
                assert reader.path == "/sign-in"


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::7", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_where_somebody_is(host: str, place: str):
    assert place_of(Request({"type": "http", "client": (host, 1), "headers": []})) == place


def test_nobody_is_nowhere_in_particular():
    assert place_of(Request({"type": "http", "client": None, "headers": []})) == ""


@pytest.mark.parametrize("end", ["replace", "revoke"])
def test_a_token_that_ends_ends_its_session_at_once(store: Store, end: str):
    token = make_bureau(store)
    with pages(store) as url, signed_in(url, token) as reader:
        form = reader.form("/sign-out")
        if end == "replace":
            replace_token(store, "b", "op", read_only=True)
            assert reader.client.get("/jobs").status_code == 200
            replace_token(store, "b", "op")
        else:
            revoke_tokens(store, "b", "op")
        assert reader.client.get("/jobs").headers["location"].startswith("/sign-in")
        assert reader.post(form).headers["location"].startswith("/sign-in")


def test_a_token_for_reading_signs_in_and_is_told_so(store: Store):
    make_bureau(store)
    token = replace_token(store, "b", "op", read_only=True)
    with pages(store) as url, signed_in(url, token) as reader:
        assert READ_ONLY.text in text_of(reader.get("/jobs"))


def test_the_cookie_of_a_page_opens_nothing_of_the_api(store: Store):
    token = make_bureau(store)
    with pages(store) as url, signed_in(url, token) as reader:
        assert reader.client.cookies
        for path in ("/v1/bureau", "/v1", "/v1/", "/v1/operator", "/v1/nothing"):
            answer = reader.client.get(path)
            assert answer.status_code in {401, 404}
            assert answer.headers["content-type"] == "application/problem+json"
            assert "set-cookie" not in answer.headers
        assert api(url, token, "/v1/operator")["id"] == "op"
        elsewhere = {"Host": "elsewhere.example"}
        assert reader.client.get("/v1/bureau", headers=elsewhere).status_code == 401
        assert reader.client.get("/jobs", headers=elsewhere).status_code == 421


def test_no_token_of_the_api_opens_a_page(store: Store):
    token = make_bureau(store)
    with pages(store) as url, Reader(url) as reader:
        answer = reader.client.get("/jobs", headers={"Authorization": f"Bearer {token}"})
        assert answer.headers["location"].startswith("/sign-in")
