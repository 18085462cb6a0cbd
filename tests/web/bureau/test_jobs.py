"""The jobs of a bureau and their items: what the pages say is what the API says, and nobody sees what is not theirs."""

from __future__ import annotations

import csv
import io
import re

import pytest

from reconciler.bureau.operators import Right, RightName, add_operator, replace_token
from reconciler.bureau.store import Store
from tests.bureau.world import SYSTEM, make_bureau
from tests.web.bureau.office import api, operate, pages, rows_of, signed_in, text_of

SOME = (
    Right(RightName.SYSTEM_ADMINISTRATOR, clients=("1",)),
    Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("2",)),
)
"""Nothing at client 3."""

WORDS = {"done": "done", "already": "already so", "refused": "refused", "failed": "failed"}
MARKUP = "<script>alert(1)</script>"


@pytest.fixture
def token(store: Store) -> str:
    return make_bureau(store, rights=SOME, access={("bo", "2"): ["invoicing"], ("anna", "3"): []})


def test_what_a_page_says_of_a_job_is_what_the_api_says(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        job = operate(url, token, "give-access", "anna bo ivar", "1 2 3 9", "payroll invoicing")
        told = api(url, token, f"/v1/jobs/{job}")["outcomes"]
        items = api(url, token, f"/v1/jobs/{job}/results")["items"]
        page = reader.get(f"/jobs/{job}")
        rows = rows_of(page)
        assert len(rows) == len(items)
        assert all(f"{count} {WORDS[outcome]}" in text_of(page) for outcome, count in told.items())
        keys = {"Anna": "anna", "Bo": "bo", "Ivar": "ivar"}
        shown = {(row[0], keys[row[1].split()[0]], row[2].split()[0], row[3]) for row in rows}
        assert shown == {
            (WORDS[item["outcome"]], item["consultant"], item["client"], in_words(item)) for item in items
        }
        assert {row[0] for row in rows} == set(WORDS.values())
        order = [list(WORDS.values()).index(row[0]) for row in rows]
        assert order == sorted(order, key=[2, 3, 0, 1].index)
        assert "needs a system administrator at the client" in {row[4] for row in rows}


def in_words(item: dict) -> str:
    names = [*(["access"] if item["access"] else []), *(name.title() for name in item["programs"])]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def test_items_are_found_by_outcome_and_by_who_and_where(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        job = operate(url, token, "give-access", "anna bo cia", "1 2 3", "payroll")

        def found(**said: str) -> list[list[str]]:
            reader.get(f"/jobs/{job}")
            return rows_of(reader.send(f"/jobs/{job}", **said))

        refused = found(outcome="refused")
        assert {row[0] for row in refused} == {"refused"}
        assert {row[2] for row in found(q="CLIENT 3")} == {"3 Client 3"}
        assert {row[1] for row in found(q="cia")} == {"Cia cia"}
        assert {row[2] for row in found(q="cia", outcome="done")} == {"1 Client 1"}
        assert found(q="nobody") == []
        everything = len(found())
        assert len(found(outcome="done' OR 1")) == everything


def test_a_page_holds_so_many_items_and_leads_to_the_next(store: Store):
    clients = [f"{number:04}" for number in range(450)]
    token = make_bureau(store, clients=clients)
    with pages(store) as url, signed_in(url, token) as reader:
        job = operate(url, token, "give-access", "anna", " ".join(clients), "payroll")
        seen = [row[2] for row in rows_of(reader.get(f"/jobs/{job}?outcome=done"))]
        assert len(seen) == 200
        while following := re.search(r'href="([^"]+)" rel="next"', reader.answer.text):
            seen += [row[2] for row in rows_of(reader.get(following[1].replace("&amp;", "&")))]
        assert [row.split()[0] for row in seen] == clients
        assert rows_of(reader.get(f"/jobs/{job}?page=999")) == []
        assert 'rel="prev"' in reader.answer.text


def test_all_items_as_csv(store: Store, token: str):
    with pages(store) as url:
        job = operate(url, token, "give-access", "anna bo ivar", "1 2 3 9", "payroll")
        items = api(url, token, f"/v1/jobs/{job}/results")["items"]
        for language, separator in (("en", ","), ("sv", ";")):
            with signed_in(url, token, language) as reader:
                answer = reader.client.get(f"/jobs/{job}.csv")
                assert answer.content.startswith(b"\xef\xbb\xbf")
                assert answer.headers["content-type"] == "text/csv; charset=utf-8"
                assert answer.headers["content-disposition"].endswith(f'-{job}.csv"')
                rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=separator))
                assert [(row[1], row[3]) for row in rows[1:]] == [
                    (item["consultant"], item["client"]) for item in items
                ]


def test_names_are_text_and_no_formula(store: Store):
    token = make_bureau(
        store, consultants=("=1+1", MARKUP, "a\u202eb"), clients=("@SUM(1)", "1"), programs=("payroll",)
    )
    with pages(store) as url, signed_in(url, token) as reader:
        job = operate(url, token, "give-access", f"=1+1 {MARKUP} a\u202eb", "@SUM(1) 1", "payroll")
        page = reader.get(f"/jobs/{job}")
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "\u202e" not in page
        assert "\\u202e" in page
        table = reader.client.get(f"/jobs/{job}.csv").text
        assert '"\'=1+1"' in table
        assert '"\'@SUM(1)"' in table
        assert MARKUP in table
        assert "<script>alert" not in reader.get(f"/jobs?q={MARKUP}")
        assert len(rows_of(reader.answer.text)) == 1


def test_who_sees_the_operators_sees_their_jobs_and_others_see_their_own(store: Store):
    token = make_bureau(store)
    other = add_operator(store, "b", "other", MARKUP, (SYSTEM,))
    with pages(store) as url:
        mine = operate(url, token, "give-access", "anna", "1", "payroll")
        theirs = operate(url, other, "remove-programs", "bo", "2", "payroll")
        with signed_in(url, token) as reader:
            page = reader.get("/jobs")
            assert [row[2] for row in rows_of(page)] == [MARKUP, "Op"]
            assert [row[2] for row in rows_of(reader.send("/jobs", operator="other"))] == [MARKUP]
            reader.get(f"/jobs/{theirs}")
            assert reader.client.get(f"/jobs/{theirs}.csv").status_code == 200
        with signed_in(url, other) as reader:
            page = reader.get("/jobs")
            assert f"/jobs/{theirs}" in page
            assert f"/jobs/{mine}" not in page
            assert len(rows_of(page)) == 1
            for path in (f"/jobs/{mine}", f"/jobs/{mine}.csv"):
                assert reader.client.get(path).status_code == 404
            assert rows_of(reader.get("/jobs?operator=op")) == []


def test_jobs_are_found_by_what_they_did_and_how_it_ended(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        gave = operate(url, token, "give-access", "anna", "1", "payroll")
        lost = operate(url, token, "remove-access", "anna", "3")
        again = operate(url, token, "give-access", "anna", "1", "payroll")

        def found(**said: str) -> list[str]:
            reader.get("/jobs")
            return re.findall(r'href="/jobs/([^"]+)"', reader.send("/jobs", **said))

        assert found() == [again, lost, gave]
        assert found(operation="remove-access") == [lost]
        assert found(outcome="refused") == [lost]
        assert found(outcome="already") == [again]
        assert found(q="3") == [lost]
        assert found(q="anna", operation="give-access") == [again, gave]
        assert found(q='"') == []
        assert found(q="%") == []


def test_nothing_of_another_bureau_is_there(store: Store):
    token, theirs = make_bureau(store), make_bureau(store, "c")
    with pages(store) as url, signed_in(url, token) as reader:
        job = operate(url, theirs, "give-access", "anna", "1", "payroll")
        assert rows_of(reader.get("/jobs")) == []
        for path in (f"/jobs/{job}", f"/jobs/{job}.csv"):
            assert reader.client.get(path).status_code == 404


def test_reading_the_result_reads_its_notification_but_not_with_a_token_for_reading(store: Store, token: str):
    looking = replace_token(store, "b", "op", read_only=True)
    with pages(store) as url:
        job = operate(url, token, "give-access", "anna", "1", "payroll")
        with signed_in(url, looking) as reader:
            reader.get(f"/jobs/{job}")
            assert api(url, token, "/v1/notifications")["unread"] == 1
        with signed_in(url, token) as reader:
            assert '<span class="count">1</span>' in reader.get("/jobs")
            page = reader.get(f"/jobs/{job}")
            assert '<span class="count">' not in page
            assert api(url, token, "/v1/notifications")["unread"] == 0


def test_a_job_that_runs_is_looked_at_again(store: Store, token: str):
    with pages(store) as url:
        job = operate(url, token, "give-access", "anna bo", "1 2", "payroll")
    with pages(store, working=False) as url, signed_in(url, token) as reader:
        with store.write() as db:
            db.execute("UPDATE job SET ended = NULL, finished = 3, pairs = 1000000 WHERE id = ?", (job,))
        page = reader.get(f"/jobs/{job}")
        assert 'id="job" data-again=' in page
        assert '<progress class="bar" max="1000000" value="3"' in page
        assert "3 of 1,000,000" in page
        assert "3 of 1,000,000 done" in reader.get("/jobs")
        assert reader.client.get(f"/jobs/{job}.csv").status_code == 409
