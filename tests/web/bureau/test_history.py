"""The history as pages tell it: what the API says of it, in sentences; and nobody learns what is not theirs."""

from __future__ import annotations

import re

import httpx
import pytest

from reconciler.bureau.operators import add_operator
from reconciler.bureau.store import Store
from tests.bureau.world import SYSTEM, make_bureau, set_access
from tests.web.bureau.office import operate, pages, signed_in, text_of

MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def token(store: Store) -> str:
    return make_bureau(store, access={("bo", "2"): ["invoicing"]})


def sentences(page: str) -> list[str]:
    """The deeds of a page, without their times."""
    found = re.search(r'<ol class="deeds">(.*?)</ol>', page, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", found[1], re.DOTALL) if found else []
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d ", text_of(item)) for item in items)
    return [text_of(item)[17:].replace("( ", "(").replace(" )", ")") for item in items]


def told(url: str, token: str, **question: list[str]) -> list[dict]:
    """The history as the API tells it."""
    answer = httpx.post(
        f"{url}/v1/history/query",
        json=question,
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_each_kind_of_deed_has_its_sentence(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        jobs = [
            operate(url, token, "give-access", "anna", "1", "payroll invoicing"),
            operate(url, token, "give-access", "cia", "1"),
            operate(url, token, "give-access", "anna", "1", "bookkeeping"),
            operate(url, token, "remove-programs", "anna", "1", "payroll"),
            operate(url, token, "remove-access", "anna", "1"),
            operate(url, token, "remove-access", "cia", "1"),
        ]
        assert sentences(reader.get("/clients/1")) == [
            f"Op took from Cia the access to 1 Client 1 (job {jobs[5]})",
            f"Op took from Anna the access to 1 Client 1, and with it Bookkeeping and Invoicing (job {jobs[4]})",
            f"Op took from Anna Payroll at 1 Client 1 (job {jobs[3]})",
            f"Op gave Anna Bookkeeping at 1 Client 1 (job {jobs[2]})",
            f"Op gave Cia access to 1 Client 1, without programs (job {jobs[1]})",
            f"Op gave Anna access to 1 Client 1, with Invoicing and Payroll (job {jobs[0]})",
        ]
        assert f'href="/jobs/{jobs[0]}"' in reader.answer.text


def test_a_page_tells_of_a_client_of_a_consultant_or_of_one_pair(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        operate(url, token, "give-access", "anna bo", "1 2", "payroll")
        for question in ({}, {"client": "1"}, {"consultant": "bo"}, {"client": "2", "consultant": "bo"}):
            asked = {f"{name}s": [key] for name, key in question.items()}
            page = sentences(reader.get("/history" + "?" + "&".join(f"{n}={k}" for n, k in question.items())))
            items = told(url, token, **asked)
            assert len(page) == len(items) >= 2
            for sentence, item in zip(page, items, strict=True):
                assert item["consultant"].title() in sentence
                assert f"{item['client']} Client {item['client']}" in sentence
                assert sentence.startswith("Op " if item["by"] else "Somebody outside of the jobs gave")
                assert all(program.title() in sentence for program in item["programs"])
        assert reader.form("/history").fields == [("client", "2"), ("consultant", "bo")]
        assert "What was done: 2 Client 2, Bo" in reader.answer.text
        assert sentences(reader.get("/consultants/bo"))[-1].startswith("Somebody outside of the jobs gave Bo")


def test_what_others_did_is_told_without_who_to_those_who_may_not_see_them(store: Store, token: str):
    other = add_operator(store, "b", "other", "Other", (SYSTEM,))
    with pages(store) as url:
        mine = operate(url, other, "give-access", "cia", "3")
        theirs = operate(url, token, "give-access", "anna", "3")
        with signed_in(url, other) as reader:
            page = reader.get("/clients/3")
            assert sentences(page) == [
                "Another operator gave Anna access to 3 Client 3, without programs",
                f"Other gave Cia access to 3 Client 3, without programs (job {mine})",
            ]
            assert theirs not in page
        with signed_in(url, token) as reader:
            assert mine in reader.get("/clients/3")


def test_older_deeds_are_on_further_pages_each_once(store: Store):
    clients = [f"{number:03}" for number in range(120)]
    token = make_bureau(store, clients=clients)
    with pages(store) as url, signed_in(url, token) as reader:
        operate(url, token, "give-access", "anna bo", " ".join(clients))
        found = sentences(reader.get("/consultants/anna"))
        assert len(found) == 10
        assert 'href="/history?consultant=anna"' in reader.answer.text
        found = sentences(reader.get("/history?consultant=anna"))
        while older := re.search(r'href="([^"]+)" rel="next"', reader.answer.text):
            operate(url, token, "give-access", "cia", "000")
            found += sentences(reader.get(older[1].replace("&amp;", "&")))
        assert len(found) == len(set(found)) == 120
        assert ">The newest</a>" in reader.answer.text


@pytest.mark.parametrize("before", ["x", "1.2", "1.2.3.4", "9" * 30 + ".1.1", "-1.0.0", "१.१.१"])
def test_a_place_that_is_none_is_the_beginning(store: Store, token: str, before: str):
    with pages(store) as url, signed_in(url, token) as reader:
        assert len(sentences(reader.get(f"/history?before={before}"))) == 1


def test_what_is_not_known_is_said_beside_its_field(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        page = reader.get("/history?client=%3Ci%3E&consultant=nobody")
        assert 'aria-invalid="true"' in page
        assert "There is no client with this number." in page
        assert "There is no consultant with this key." in page
        assert "<i>" not in page
        assert sentences(page) == []
        assert "Nothing was done here yet." in reader.get("/history?client=3")


def test_names_are_text(store: Store):
    token = make_bureau(store, consultants=(MARKUP,), clients=("a/b?c#d",))
    set_access(store, "b", {(MARKUP, "a/b?c#d"): []})
    with pages(store) as url, signed_in(url, token) as reader:
        page = reader.get("/clients/a%2Fb%3Fc%23d")
        assert MARKUP not in page
        assert len(sentences(page)) == 1
        assert reader.form("/clients/a%2Fb%3Fc%23d")
        assert reader.send("/clients/a%2Fb%3Fc%23d", q="script").count('<th scope="row">') == 2
        assert reader.send("/clients/a%2Fb%3Fc%23d", q="nobody").count('<th scope="row">') == 0
        assert "Sök" in reader.send("/language", language="sv")
        assert reader.path == "/clients/a/b%3Fc%23d?show=&sort=name&q=nobody"
