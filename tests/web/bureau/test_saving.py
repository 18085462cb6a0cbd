"""Saving from *Manage access*: what was shown is what is done, once however often it is sent; refusals are not hidden."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.bureau.operators import Right, RightName, add_operator, replace_token, revoke_tokens
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid import OperationKind
from reconciler.web.bureau.saving import requests_of, shown_of
from reconciler.web.drafts import Draft, Marks
from tests.bureau.world import SYSTEM, make_bureau, set_access
from tests.support.reader import Form, Reader
from tests.web.bureau.office import api, choose, pages, rows_of, signed_in, text_of

SOME = (
    Right(RightName.SYSTEM_ADMINISTRATOR, clients=("1",)),
    Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("2",)),
)
"""Nothing at clients 3 and 9."""

ACCESS = {
    ("anna", "1"): ["payroll"],
    ("anna", "2"): ["invoicing", "payroll"],
    ("bo", "2"): [],
    ("bo", "3"): ["payroll"],
    ("cia", "1"): ["bank-sign"],
}
PAYROLL = (Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",)),)
EVERY = "anna bo cia ivar", "1 2 3 9"


@pytest.fixture
def token(store: Store) -> str:
    return make_bureau(store, rights=SOME, access=ACCESS)


def jobs_of(store: Store) -> list[str]:
    with store.read() as db:
        return [row["id"] for row in db.execute("SELECT id FROM job ORDER BY number")]


def ended(url: str, token: str, job: str) -> dict[str, int]:
    """How the items of a job ended."""
    while (told := api(url, token, f"/v1/jobs/{job}"))["state"] != "done":
        time.sleep(0.01)
    outcomes: dict[str, int] = told["outcomes"]
    return outcomes


def figures(page: str) -> dict[str, int]:
    """What the page that checks foretells."""
    found = re.findall(r'<li class="(\w+)[^"]*">(\d+) ', page)
    return {outcome: int(n) for outcome, n in found}


def saved(reader: Reader) -> str:
    """Save; the job's id."""
    reader.send("/save")
    return reader.path.rpartition("/")[2]


@pytest.mark.parametrize(
    ("operation", "programs"),
    [
        ("give-access", "bookkeeping payroll"),
        ("give-access", ""),
        ("remove-access", ""),
        ("remove-programs", "invoicing payroll"),
    ],
)
def test_what_is_foretold_is_what_happens(store: Store, token: str, operation: str, programs: str):
    people, clients = ("anna bo cia", "1 2 3 9") if operation == "give-access" else EVERY
    with pages(store) as url, signed_in(url, token) as reader:
        page = choose(reader, operation, people, clients, programs)
        assert figures(page)["refused"] > 0
        assert "needs a system administrator at the client" in text_of(page)
        job = saved(reader)
        assert figures(page) == ended(url, token, job)
        assert jobs_of(store) == [job]
        assert rows_of(reader.get(f"/jobs/{job}"))[0][0] == "refused"


def test_who_could_do_what_is_refused_is_told_to_who_may_see_it(store: Store, token: str):
    add_operator(store, "b", "all", "Alma <i>", (SYSTEM,))
    add_operator(store, "b", "some", "Sam", (Right(RightName.SYSTEM_ADMINISTRATOR, clients=("3",)),))
    blind = add_operator(store, "b", "blind", "Blind", SOME)
    with pages(store) as url:
        with signed_in(url, token) as reader:
            page = choose(reader, "give-access", "cia", "2 3", "payroll")
            assert "It could be done by Alma <i> and Sam at 1 of them." in text_of(page)
            assert "Alma &lt;i&gt;" in page
        with signed_in(url, blind) as reader:
            page = choose(reader, "give-access", "cia", "2 3", "payroll")
            assert "needs a system administrator" in page
            assert "Alma" not in page


def test_sent_twice_it_is_done_once(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo", "1", "payroll")
        form, again = reader.form("/save"), reader.form("/save")
        first = reader.post(form)
        second = reader.post(again)
        assert first.status_code == second.status_code == 303
        assert first.headers["location"] == second.headers["location"]
        job = first.headers["location"].rpartition("/")[2]
        assert jobs_of(store) == [job]
        draft = re.search(r"/manage/([^/]+)/", form.action)
        assert draft
        for step in ("check", "programs", "operation"):
            reader.get(f"/manage/{draft[1]}/{step}")
            assert reader.path == f"/jobs/{job}"


def test_in_two_windows_it_is_done_once(store: Store, token: str):
    """Each has looked at another revision."""
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo", "1", "payroll")
        one = reader.form("/save")
        set_access(store, "b", {("cia", "3"): ["payroll"]})
        reader.get(one.action.replace("/save", "/check"))
        other = reader.form("/save")
        assert dict(one.fields)["revision"] != dict(other.fields)["revision"]
        assert reader.post(one).headers["location"] == reader.post(other).headers["location"]
        assert len(jobs_of(store)) == 1


def test_a_lost_connection_does_not_double_the_job(store: Store, token: str):
    """The line is cut when the form is sent: before the server has read it, and before anything of its answer is."""
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo", "1", "payroll")
        form = reader.form("/save")
        for _ in range(3):
            with sent(url, form, reader):
                pass
        with sent(url, form, reader):
            deadline = time.monotonic() + 20
            while not jobs_of(store) and time.monotonic() < deadline:
                time.sleep(0.01)
        (job,) = jobs_of(store)
        assert reader.post(form).headers["location"] == f"/jobs/{job}"
        assert ended(url, token, job)["done"] == 1
        assert jobs_of(store) == [job]


@contextmanager
def sent(url: str, form: Form, reader: Reader) -> Iterator[None]:
    """A form is sent; what comes back is not read, and then the line is cut."""
    place = urlsplit(url)
    body = urlencode(form.fields)
    cookies = "; ".join(f"{name}={value}" for name, value in reader.client.cookies.items())
    head = (
        f"POST {form.action} HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {url}\r\nCookie: {cookies}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((place.hostname or "", place.port or 0)) as line:
        line.sendall((head + body).encode())
        yield
        line.shutdown(socket.SHUT_RDWR)


def test_what_was_not_shown_is_not_saved(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo", "1", "payroll")
        shown = reader.form("/save")
        reader.get(shown.action.replace("/save", "/programs"))
        reader.send("/programs", program=["invoicing"], do="next")
        page = reader.follow(reader.post(shown))
        assert reader.path.endswith("/check?moved=1")
        assert "has changed in another window" in text_of(page)
        assert jobs_of(store) == []
        job = saved(reader)
        ended(url, token, job)
        assert {tuple(item["programs"]) for item in api(url, token, f"/v1/jobs/{job}/results")["items"]} == {
            ("invoicing",)
        }


@pytest.mark.parametrize("revision", ["", "x", "-1", "0", "9" * 30, "999999999"])
def test_a_revision_that_is_none_saves_nothing(store: Store, token: str, revision: str):
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo", "1", "payroll")
        answer = reader.post(reader.form("/save"), revision=revision)
        assert answer.status_code in {303, 422}
        assert jobs_of(store) == []


def test_what_somebody_else_changed_meanwhile_is_left_and_told(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo cia", "1", "payroll")
        set_access(store, "b", {("bo", "1"): ["invoicing"]})
        job = saved(reader)
        assert ended(url, token, job) == {"done": 1, "already": 1, "refused": 0, "failed": 1}
        page = reader.get(f"/jobs/{job}")
        assert "somebody else changed it after the plan was made" in text_of(page)


def test_what_is_too_much_for_one_job_is_several_that_are_told_together(store: Store, token: str):
    with pages(store, Settings(block_pairs=3)) as url, signed_in(url, token) as reader:
        page = choose(reader, "give-access", "anna bo cia ivar", "1 2 3 9", "payroll")
        form = reader.form("/save")
        path = reader.post(form).headers["location"]
        assert re.fullmatch(r"/saved/[\w-]+", path)
        assert reader.post(form).headers["location"] == path
        jobs = jobs_of(store)
        counts = [ended(url, token, job) for job in jobs]
        together = {outcome: sum(count[outcome] for count in counts) for outcome in figures(page)}
        assert together == figures(page)
        items = [item for job in jobs for item in api(url, token, f"/v1/jobs/{job}/results")["items"]]
        pairs = {(item["consultant"], item["client"]) for item in items}
        assert len(pairs) == 12  # who has left is not offered
        page = reader.get(path)
        assert [job for job in re.findall(r'href="/jobs/([^"]+)"', page) if job in jobs] == jobs
        assert f"{together['refused']} refused" in text_of(page)
    with pages(store, working=False) as url, signed_in(url, make_bureau(store, "c")) as stranger:
        assert stranger.client.get(path).status_code == 404


keys = st.lists(st.text("abc.\x7e", min_size=1, max_size=3), min_size=1, max_size=7, unique=True)


@given(keys, keys, st.integers(1, 12), st.sampled_from(OperationKind))
def test_blocks_span_each_pair_once_and_none_too_many(
    people: list[str], clients: list[str], most: int, kind: OperationKind
):
    draft = Draft("key", Marks(frozenset(clients)), kind, tuple(sorted(people)), ("payroll",))
    requests = list(requests_of(draft, 7, most))
    pairs = [(one, other) for r in requests for one in r.consultants for other in r.clients]
    assert len(pairs) == len(set(pairs)) == len(people) * len(clients)
    assert max(request.pairs for request in requests) <= most
    assert {request.expect and request.expect.revision for request in requests} == {7}
    assert {bool(r.programs) for r in requests} == {kind is not OperationKind.REMOVE_ACCESS}


def test_another_choice_is_shown_as_another():
    draft = Draft("key", Marks(frozenset({"1", "2"})), OperationKind.GIVE_ACCESS, ("a",), ("p",))
    others = [
        Draft("key", Marks(frozenset({"1"})), OperationKind.GIVE_ACCESS, ("a",), ("p",)),
        Draft("key", draft.marks, OperationKind.REMOVE_PROGRAMS, ("a",), ("p",)),
        Draft("key", draft.marks, OperationKind.GIVE_ACCESS, ("a", "b"), ("p",)),
        Draft("key", draft.marks, OperationKind.GIVE_ACCESS, ("a",), ()),
    ]
    assert len({shown_of(one) for one in (draft, *others)}) == 5
    assert shown_of(draft) == shown_of(Draft("other", draft.marks, draft.kind, ("a",), ("p",)))


def test_a_token_for_reading_looks_at_everything_and_saves_nothing(store: Store, token: str):
    looking = replace_token(store, "b", "op", read_only=True)
    with pages(store) as url, signed_in(url, looking) as reader:
        page = choose(reader, "give-access", "bo", "1", "payroll")
        assert figures(page) == {"refused": 0, "failed": 0, "done": 1, "already": 0}
        assert '<button class="primary last">' not in page
        answer = reader.post(reader.form("/save"))
        assert answer.status_code == 403
        assert "for reading only" in text_of(answer.text)
        assert jobs_of(store) == []


def test_where_nothing_would_change_there_is_nothing_to_save(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        page = choose(reader, "give-access", "anna", "1", "payroll")
        assert "Saving would change nothing." in text_of(page)
        assert '<button class="primary last">' not in page


def test_a_token_that_is_revoked_saves_nothing(store: Store, token: str):
    with pages(store) as url, signed_in(url, token) as reader:
        choose(reader, "give-access", "bo", "1", "payroll")
        form = reader.form("/save")
        revoke_tokens(store, "b", "op")
        assert reader.post(form).headers["location"].startswith("/sign-in")
        assert jobs_of(store) == []


def test_a_draft_is_of_one_session(store: Store, token: str):
    theirs = make_bureau(store, "c")
    with pages(store) as url, signed_in(url, token) as reader, signed_in(url, theirs) as stranger:
        choose(reader, "give-access", "bo", "1", "payroll")
        form = reader.form("/save")
        csrf = dict(stranger.form("/sign-out").fields)["csrf"]
        assert stranger.client.get(form.action.replace("/save", "/check")).status_code == 404
        assert stranger.post(form, csrf=csrf).status_code == 404
        assert jobs_of(store) == []


def test_names_are_text_where_they_are_checked(store: Store):
    markup = "<b>bo</b>"
    token = make_bureau(store, consultants=(markup,), clients=("1",), rights=PAYROLL)
    with pages(store) as url, signed_in(url, token) as reader:
        page = choose(reader, "give-access", markup, "1", "payroll")
        assert "<b>bo" not in page.lower()
        assert "&lt;b&gt;bo" in page.lower()
