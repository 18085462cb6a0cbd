"""Notifications: what the page lists is what the API lists, the newest first, and what was read is read."""

from __future__ import annotations

import re

import pytest

from reconciler.bureau.operators import add_operator, replace_token
from reconciler.bureau.store import Store
from tests.bureau.world import SYSTEM, make_bureau
from tests.support.reader import Reader
from tests.web.bureau.office import api, operate, pages, rows_of, signed_in


@pytest.fixture
def token(store: Store) -> str:
    return make_bureau(store)


def listed(reader: Reader) -> list[tuple[str, bool]]:
    """The jobs on the page, and whether each was read."""
    page = reader.get("/notifications")
    jobs = re.findall(r'<th scope="row"><a href="/jobs/([^"]+)"', page)
    return [(job, row[3] == "read") for job, row in zip(jobs, rows_of(page), strict=True)]


def bell(page: str) -> int:
    count = re.search(r'<span id="bell".*?</span></a>', page, re.DOTALL)
    assert count
    found = re.search(r'class="count">(\d+)<', count[0])
    return int(found[1]) if found else 0


def test_the_page_lists_what_the_api_lists(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        assert "There are none yet" in reader.get("/notifications")
        jobs = [operate(url, token, "give-access", "anna", client, "payroll") for client in "123"]
        reader.get(f"/jobs/{jobs[1]}")
        told = api(url, token, "/v1/notifications")
        assert listed(reader) == [(jobs[2], False), (jobs[1], True), (jobs[0], False)]
        assert set(listed(reader)) == {(item["job"], item["read"]) for item in told["items"]}
        assert bell(reader.get("/jobs")) == told["unread"] == 2
        assert rows_of(reader.get("/notifications"))[0][2] == "1 done"


def test_all_that_stand_on_the_page_are_read_and_none_that_came_since(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        first = operate(url, token, "give-access", "anna", "1", "payroll")
        reader.get("/notifications")
        form = reader.form("/notifications/read")
        later = operate(url, token, "give-access", "anna", "2", "payroll")
        assert reader.post(form).headers["location"] == "/notifications"
        assert listed(reader) == [(later, False), (first, True)]
        reader.send("/notifications/read")
        assert listed(reader) == [(later, True), (first, True)]
        assert api(url, token, "/v1/notifications")["unread"] == 0


def test_they_are_the_operators_own(store: Store, token: str):
    other = add_operator(store, "b", "other", "Other", (SYSTEM,))
    theirs = make_bureau(store, "c")
    with pages(store) as url, signed_in(url, other) as reader, signed_in(url, theirs) as stranger:
        operate(url, token, "give-access", "anna", "1", "payroll")
        one = api(url, token, "/v1/notifications")["items"][0]["id"]
        operate(url, other, "give-access", "anna", "2", "payroll")
        assert len(listed(reader)) == 1
        assert listed(stranger) == []
        form = reader.form("/notifications/read")
        assert reader.post(form, until=one).status_code == 303
        assert [read for _, read in listed(reader)] == [False]
        assert api(url, token, "/v1/notifications")["unread"] == 1


def test_a_token_for_reading_reads_none(store: Store, token: str):
    looking = replace_token(store, "b", "op", read_only=True)
    with pages(store) as url, signed_in(url, looking) as reader, signed_in(url, token) as writer:
        operate(url, token, "give-access", "anna", "1", "payroll")
        assert "/notifications/read" not in reader.get("/notifications")
        writer.get("/notifications")
        form = writer.form("/notifications/read")
        reader.get("/notifications")
        csrf = dict(reader.form("/sign-out").fields)["csrf"]
        assert reader.post(form, csrf=csrf).status_code == 403
        assert [read for _, read in listed(reader)] == [False]


def test_the_bell_is_looked_at_by_itself(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        page = reader.get("/jobs")
        address = re.search(r'id="bell" data-again="\d+" data-from="([^"]+)"', page)
        assert address
        assert bell(page) == 0
        operate(url, token, "give-access", "anna", "1", "payroll")
        assert bell(reader.get(address[1])) == 1
