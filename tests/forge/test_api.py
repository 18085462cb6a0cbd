"""Where the token goes, and what is read of lists."""

from __future__ import annotations

from contextlib import closing

import pytest

from reconciler.errors import ForgeError, NoAnswer
from reconciler.forge.api import ForgeApi, Patience
from reconciler.forge.github import HEADERS, GitHub, graphql_of
from reconciler.forge.problems import Place
from tests.backends.test_network import answering
from tests.forge.standin import github_standin
from tests.forge.standin.serving import TOKEN
from tests.support import canary

FAST = Patience(total=2, deadline=1, backoff=0.001, tries=3)


def opened(url: str, token: str = TOKEN, patience: Patience = FAST) -> closing[GitHub]:
    api = ForgeApi(Place("GitHub", url, token, "GITHUB_TOKEN"), HEADERS, patience)
    return closing(GitHub(api, "a/b", graphql_of(url)))


def said(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_takes_the_token_nowhere(status):
    token = canary.token("forge-goes-nowhere")
    with answering(said("200 OK", b"{}")) as (elsewhere, got):
        headers = [f"Location: {elsewhere}/repos/a/b", f"Refresh: 0; url={elsewhere}"]
        with answering(said(status, b"", *headers)) as (url, asked), opened(url, token) as forge:
            for call in (lambda: forge.issue(1), lambda: forge.add_comment(1, "x"), forge.me):
                with pytest.raises(ForgeError, match="which is not followed"):
                    call()
            assert len(asked) == 3
        assert got == []


def test_a_link_to_the_next_page_takes_the_token_nowhere():
    """Its query is used, on the server and the path that we know."""
    token = canary.token("forge-pages")
    with answering(said("200 OK", b"[]")) as (elsewhere, got):
        link = f'Link: <{elsewhere}/repos/a/b/other?page=2&per_page=100>; rel="next"'
        with (
            answering(said("200 OK", b"[]", link)) as (url, asked),
            opened(url, token, Patience(max_pages=3)) as forge,
            pytest.raises(ForgeError, match="more than 3 pages"),
        ):
            forge.comments(7)
        assert got == []
        assert [one.split()[1] for one in asked] == [
            b"/repos/a/b/issues/7/comments?per_page=100",
            *[b"/repos/a/b/issues/7/comments?page=2&per_page=100"] * 2,
        ]


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login mallory password x\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with answering(said("200 OK", b"[]")) as (url, asked), opened(url) as forge:
        assert forge.comments(1) == ()
        assert f"Authorization: Bearer {TOKEN}".encode() in asked[0]


def test_an_answer_that_is_too_large_is_not_read():
    with (
        answering(said("200 OK", b" " * 2000)) as (url, _asked),
        opened(url, patience=Patience(max_response_bytes=1000)) as forge,
        pytest.raises(ForgeError, match="larger than 1000 bytes"),
    ):
        forge.comments(1)


def test_where_nobody_answers_it_is_not_known_what_was_written():
    with github_standin() as standin:
        url = standin.url
    with opened(url) as forge, pytest.raises(NoAnswer, match="cannot be reached"):
        forge.add_comment(1, "x")


def test_no_value_that_holds_a_token_shows_it():
    place = Place("GitHub", "https://forge.example", canary.token("forge-shown"), "GITHUB_TOKEN")
    assert place.token not in f"{place} {place!r}"


@pytest.mark.parametrize(
    ("url", "graphql"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.byran.ghe.com/", "https://api.byran.ghe.com/graphql"),
        ("https://github.example/api/v3", "https://github.example/api/graphql"),
    ],
)
def test_where_graphql_is(url, graphql):
    assert graphql_of(url) == graphql
