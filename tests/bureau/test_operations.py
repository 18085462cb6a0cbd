"""Operations, jobs, results, notifications: over the API."""

from __future__ import annotations

import json
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.bureau.bodies import parse_operation
from reconciler.bureau.chunks import advance
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.problems import Problem
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from tests.bureau.contract import component
from tests.bureau.world import SYSTEM, Api, make_bureau, served, set_access

VALID = {"operation": "give-access", "consultants": ["anna"], "clients": ["1"], "programs": ["payroll"]}


def revision(api: Api) -> str:
    return str(api.json("/v1/bureau")["revision"])


def test_an_operation_becomes_a_job_and_a_notification(store: Store):
    with served(store, make_bureau(store)) as api:
        response = api.post(VALID | {"consultants": ["anna", "bo"]})
        assert response.status_code == 202
        job = response.json()
        assert response.headers["Location"] == f"/v1/jobs/{job['id']}"
        assert response.headers["Retry-After"] == "1"
        assert (job["operation"], job["pairs"]) == ("give-access", 2)
        done = api.get(response.headers["Location"], Prefer="wait=30").json()
        assert (done["state"], done["finished"]) == ("done", 2)
        assert done["outcomes"] == {"done": 2, "already": 0, "refused": 0, "failed": 0}
        (told,) = api.json("/v1/notifications")["items"]
        assert told["job"] == job["id"]
        assert told["outcomes"] == done["outcomes"]
        assert api.access() == {("anna", "1"): ["payroll"], ("bo", "1"): ["payroll"]}


def test_results_item_by_item(store: Store):
    rights = [
        Right(RightName.SYSTEM_ADMINISTRATOR, (), ("1", "9")),
        Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("2",)),
    ]
    access = {("anna", "1"): ["payroll"], ("anna", "2"): []}
    with served(store, make_bureau(store, rights=rights, access=access)) as api:
        people, places = ["anna", "bo", "ivar", "nobody"], ["1", "2", "9", "404"]
        job = api.operate("give-access", people, places, "bookkeeping", "payroll")
        both = ["bookkeeping", "payroll"]
        system, own = "needs-system-administrator", "needs-program-administrator"
        assert api.outcomes(job) == [
            ("anna", "1", True, ["payroll"], "already", None),
            ("anna", "1", False, ["bookkeeping"], "done", None),
            ("bo", "1", True, both, "done", None),
            ("ivar", "1", True, both, "failed", "consultant-left"),
            ("nobody", "1", True, both, "failed", "unknown-consultant"),
            ("anna", "2", True, [], "already", None),
            ("anna", "2", False, ["bookkeeping"], "refused", own),
            ("anna", "2", False, ["payroll"], "done", None),
            ("bo", "2", True, both, "refused", system),
            ("ivar", "2", True, both, "refused", system),
            ("nobody", "2", True, both, "failed", "unknown-consultant"),
            ("anna", "9", True, both, "failed", "client-not-connected"),
            ("bo", "9", True, both, "failed", "client-not-connected"),
            ("ivar", "9", True, both, "failed", "consultant-left"),
            ("nobody", "9", True, both, "failed", "unknown-consultant"),
            ("anna", "404", True, both, "failed", "unknown-client"),
            ("bo", "404", True, both, "failed", "unknown-client"),
            ("ivar", "404", True, both, "failed", "unknown-client"),
            ("nobody", "404", True, both, "failed", "unknown-consultant"),
        ]  # fmt: skip
        assert api.json(f"/v1/jobs/{job}")["outcomes"] == {
            "done": 3,
            "already": 2,
            "refused": 3,
            "failed": 11,
        }


def test_removing_access_tells_what_went_with_it(store: Store):
    access = {("anna", "1"): ["payroll", "bank-sign"], ("bo", "1"): ["payroll"]}
    with served(store, make_bureau(store, access=access)) as api:
        job = api.operate("remove-access", ["anna", "bo", "cia"], ["1"])
        assert api.outcomes(job) == [
            ("anna", "1", True, [], "refused", "holds-other-programs"),
            ("bo", "1", True, ["payroll"], "done", None),
            ("cia", "1", True, [], "already", None),
        ]
        job = api.operate("remove-access", ["anna"], ["1"], other_programs_too=True)
        assert api.outcomes(job) == [("anna", "1", True, ["bank-sign", "payroll"], "done", None)]
        assert api.access() == {}
        assert api.json("/v1/bureau")["totals"]["pairs"] == 0


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_results_and_their_pages_do_not_depend_on_chunks(store: Store, chunk: int):
    access = {("anna", "1"): ["payroll"], ("cia", "3"): []}
    with served(store, make_bureau(store, access=access), Settings(chunk=chunk)) as api:
        job = api.operate("give-access", ["cia", "anna", "bo"], ["3", "1"], "payroll")
        items = api.items(f"/v1/jobs/{job}/results")
        assert [(item["consultant"], item["client"], item["outcome"]) for item in items] == [
            ("cia", "3", "already"),
            ("cia", "3", "done"),
            ("anna", "3", "done"),
            ("bo", "3", "done"),
            ("cia", "1", "done"),
            ("anna", "1", "already"),
            ("bo", "1", "done"),
        ]
        pages = list(api.pages(f"/v1/jobs/{job}/results?limit=2"))
        assert [len(page["items"]) for page in pages] == [2, 2, 2, 1]
        assert {page["total"] for page in pages} == {7}
        assert [item for page in pages for item in page["items"]] == items


def test_only_a_chunk_that_changes_something_is_a_revision(store: Store):
    with served(store, make_bureau(store), Settings(chunk=2)) as api:
        before = int(revision(api))
        api.operate("give-access", ["anna", "bo"], ["1", "2", "3"])
        assert int(revision(api)) == before + 3
        api.operate("give-access", ["anna", "bo"], ["1", "2", "3"])
        assert int(revision(api)) == before + 3


# --- idempotency


def test_the_same_key_and_body_is_the_same_job(store: Store):
    with served(store, make_bureau(store)) as api:
        first, again = api.post(VALID, "k"), api.post(VALID, "k")
        assert again.status_code == 202
        assert again.json()["id"] == first.json()["id"]
        api.get(first.headers["Location"], Prefer="wait=30")
        later = api.post(
            VALID | {"other-programs-too": False}, "k"
        )  # says the same, with the default written out
        assert later.json()["id"] == first.json()["id"]
        assert api.json("/v1/notifications")["total"] == 1


def test_the_same_key_for_another_operation_is_refused(store: Store):
    with served(store, make_bureau(store)) as api:
        api.post(VALID, "k")
        response = api.post(VALID | {"clients": ["2"]}, "k")
        assert (response.status_code, response.json()["code"]) == (422, "idempotency-key-reused")


def test_a_key_belongs_to_an_operator(store: Store):
    token = make_bureau(store)
    other = add_operator(store, "b", "other", "Other", [SYSTEM])
    with served(store, token) as api:
        mine = api.post(VALID, "k").json()["id"]
        theirs = api.signed_in(other).post(VALID | {"clients": ["2"]}, "k")
        assert theirs.status_code == 202
        assert theirs.json()["id"] != mine
        assert api.signed_in(other).get(f"/v1/jobs/{mine}").status_code == 404


def test_the_same_key_from_twenty_threads_is_one_job(store: Store):
    found = []
    with served(store, make_bureau(store)) as api:
        start = threading.Barrier(20)

        def submit() -> None:
            start.wait()
            found.append(api.post(VALID, "k").json()["id"])

        threads = [threading.Thread(target=submit) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 20
        assert len(set(found)) == 1


@pytest.mark.parametrize("key", ["", "å".encode(), "a b", "k" * 256, "\t"])
def test_keys_that_cannot_be(store: Store, key: str | bytes):
    with served(store, make_bureau(store)) as api:
        response = api.send("POST", "/v1/operations", json=VALID, headers={"Idempotency-Key": key})
        assert (response.status_code, response.json()["code"]) == (400, "invalid-request")
        response = api.send("POST", "/v1/operations", json=VALID)
        assert response.status_code == 400


# --- what the caller expects


def test_somebody_else_came_in_between(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with served(store, token) as api:
        expect = {"revision": revision(api), "run": "mine"}
        api.operate("remove-programs", ["anna"], ["1"], "payroll")
        job = api.operate("give-access", ["anna", "bo"], ["1"], "invoicing", expect=expect)
        assert api.outcomes(job) == [
            ("anna", "1", True, ["invoicing"], "failed", "precondition-failed"),
            ("bo", "1", True, ["invoicing"], "done", None),
        ]
        assert api.access() == {("anna", "1"): [], ("bo", "1"): ["invoicing"]}


def test_the_same_run_is_not_somebody_else(store: Store):
    with served(store, make_bureau(store)) as api:
        expect = {"revision": revision(api), "run": "mine"}
        api.operate("give-access", ["anna"], ["1"], "payroll", expect=expect)
        api.operate("remove-programs", ["anna"], ["1"], "payroll", expect=expect)
        job = api.operate("remove-access", ["anna"], ["1"], expect=expect)
        assert [row[4] for row in api.outcomes(job)] == ["done"]


def test_a_pair_that_was_removed_and_is_gone_counts_as_changed(store: Store):
    with served(store, make_bureau(store, access={("anna", "1"): []})) as api:
        expect = {"revision": revision(api), "run": "mine"}
        api.operate("remove-access", ["anna"], ["1"])
        job = api.operate("give-access", ["anna"], ["1"], expect=expect)
        assert [row[5] for row in api.outcomes(job)] == ["precondition-failed"]


def test_another_operators_run_of_the_same_name_is_somebody_else(store: Store):
    token = make_bureau(store)
    other = add_operator(store, "b", "other", "Other", [SYSTEM])
    with served(store, token) as api:
        expect = {"revision": revision(api), "run": "same"}
        api.signed_in(other).operate("give-access", ["anna"], ["1"], expect=expect)
        job = api.operate("remove-access", ["anna"], ["1"], expect=expect)
        assert [row[5] for row in api.outcomes(job)] == ["precondition-failed"]


def test_somebody_else_before_the_same_run_is_not_forgotten(store: Store):
    """Another run changes a pair, then this run does without expecting anything, then it expects again."""
    token = make_bureau(store)
    with served(store, token) as api:
        old = revision(api)
        api.operate("give-access", ["anna"], ["1"], expect={"revision": old, "run": "theirs"})
        api.operate(
            "give-access", ["anna"], ["1"], "payroll", expect={"revision": revision(api), "run": "mine"}
        )
        job = api.operate("remove-access", ["anna"], ["1"], expect={"revision": old, "run": "mine"})
        assert [row[5] for row in api.outcomes(job)] == ["precondition-failed"]


def test_a_change_at_the_very_revision_that_is_expected_was_seen(store: Store):
    with served(store, make_bureau(store)) as api:
        api.operate("give-access", ["anna"], ["1"])  # the last change before the caller looks
        job = api.operate("remove-access", ["anna"], ["1"], expect={"revision": revision(api), "run": "mine"})
        assert [row[4] for row in api.outcomes(job)] == ["done"]


def test_loading_is_somebody_else(store: Store):
    with served(store, make_bureau(store)) as api:
        expect = {"revision": revision(api), "run": "mine"}
        set_access(store, "b", {("anna", "1"): []})
        job = api.operate("remove-access", ["anna"], ["1"], expect=expect)
        assert [row[5] for row in api.outcomes(job)] == ["precondition-failed"]


def test_a_revision_that_never_was(store: Store):
    with served(store, make_bureau(store)) as api:
        response = api.post(VALID | {"expect": {"revision": "999", "run": "mine"}})
        assert (response.status_code, response.json()["code"]) == (422, "unknown-revision")


# --- jobs and notifications


def test_waiting_for_a_job(store: Store):
    with served(store, make_bureau(store)) as api:
        job = api.operate("give-access", ["anna"], ["1"])
        assert "Preference-Applied" not in api.get(f"/v1/jobs/{job}").headers
        waited = api.get(f"/v1/jobs/{job}", Prefer='respond-async, wait="99"; x=y')
        assert waited.headers["Preference-Applied"] == "wait=30"


def test_a_job_that_nobody_does_yet(store: Store):
    with served(store, make_bureau(store), working=False) as api:
        location = api.post(VALID).headers["Location"]
        job = api.get(location)
        assert (job.json()["state"], job.json()["ended"], job.headers["Retry-After"]) == ("queued", None, "1")
        started = time.monotonic()
        waited = api.get(location, Prefer="wait=1")
        assert (waited.json()["state"], waited.headers["Preference-Applied"]) == ("queued", "wait=1")
        assert 1 <= time.monotonic() - started < 5
        response = api.get(f"{location}/results")
        assert (response.status_code, response.json()["code"]) == (409, "job-not-done")
        assert api.json("/v1/notifications")["items"] == []


def test_a_job_that_was_left_is_gone_on_with(store: Store):
    token = make_bureau(store)
    with served(store, token, working=False) as api:
        location = api.post(VALID | {"clients": ["1", "2", "3"]}).headers["Location"]
    job = 1
    with store.write() as db:
        advance(db, job, 2)
    with served(store, token, working=False) as api:
        assert (api.json(location)["state"], api.json(location)["finished"]) == ("running", 2)
    with served(store, token) as api:
        assert api.get(location, Prefer="wait=30").json()["outcomes"]["done"] == 3
        assert len(api.access()) == 3


def test_a_job_that_is_done_is_not_done_again(store: Store, caplog: pytest.LogCaptureFixture):
    with served(store, make_bureau(store)) as api:
        job = api.operate("give-access", ["anna"], ["1"])
        before = api.json(f"/v1/jobs/{job}"), api.json("/v1/bureau"), api.json("/v1/notifications")
        with store.write() as db:  # as a second server does that saw the job just before
            advance(db, 1, 10)
        assert (api.json(f"/v1/jobs/{job}"), api.json("/v1/bureau"), api.json("/v1/notifications")) == before
    assert caplog.text == ""


def test_notifications_unread_first_then_newest(store: Store):
    with served(store, make_bureau(store)) as api:
        jobs = [api.operate("give-access", ["anna"], [client]) for client in ("1", "2", "3")]
        told = api.json("/v1/notifications")
        assert [item["job"] for item in told["items"]] == jobs[::-1]
        newest = told["items"][0]["id"]
        for _ in range(2):
            assert api.send("POST", f"/v1/notifications/{newest}/read").status_code == 204
        pages = list(api.pages("/v1/notifications?limit=1"))
        assert [page["items"][0]["job"] for page in pages] == [jobs[1], jobs[0], jobs[2]]
        assert [page["items"][0]["read"] for page in pages] == [False, False, True]
        assert {(page["total"], page["unread"]) for page in pages} == {(3, 2)}


def read_all(api: Api, body: object):
    return api.send("POST", "/v1/notifications/read", json=body)


def test_many_notifications_are_read_with_one_request(store: Store):
    token = make_bureau(store)
    other = add_operator(store, "b", "other", "Other", [SYSTEM])
    with served(store, token) as api:
        for client in ("1", "2", "3"):
            api.operate("give-access", ["anna"], [client])
        theirs = api.signed_in(other)
        theirs.operate("remove-access", ["anna"], ["3"])
        mine = [item["id"] for item in api.json("/v1/notifications")["items"]]
        (others,) = (item["id"] for item in theirs.json("/v1/notifications")["items"])
        for _ in range(2):
            answer = read_all(api, {"ids": [*mine[:2], others, "nothing"]})
            assert answer.status_code == 204
            told = api.json("/v1/notifications")
            assert {item["id"]: item["read"] for item in told["items"]} == dict(
                zip(mine, [True, True, False], strict=True)
            )
        assert theirs.json("/v1/notifications")["unread"] == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], ""),
        ("a", ""),
        ({}, "/ids"),
        ({"ids": []}, "/ids"),
        ({"ids": "a"}, "/ids"),
        ({"ids": [1]}, "/ids/0"),
        ({"ids": [""]}, "/ids/0"),
        ({"ids": ["a", "a"]}, "/ids"),
        ({"ids": [str(number) for number in range(10_001)]}, "/ids"),
        ({"ids": ["a"], "more": 1}, "/more"),
    ],
)
def test_lists_of_notifications_that_cannot_be(store: Store, body: object, pointer: str):
    with served(store, make_bureau(store)) as api:
        response = read_all(api, body)
        assert (response.status_code, response.json()["code"]) == (400, "invalid-request")
        assert pointer in [error["pointer"] for error in response.json()["errors"]]
        assert not component("NotificationIds").is_valid(body)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/v1/jobs/nothing"),
        ("GET", "/v1/jobs/nothing/results"),
        ("POST", "/v1/notifications/nothing/read"),
        ("GET", "/v1/jobs/%00"),
        ("GET", "/v1/nothing"),
        ("GET", "/"),
        ("GET", "/v1/bureau/"),
    ],
)
def test_what_there_is_not(store: Store, method: str, url: str):
    with served(store, make_bureau(store)) as api:
        response = api.send(method, url)
        assert (response.status_code, response.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "url"), [("DELETE", "/v1/bureau"), ("GET", "/v1/operations"), ("OPTIONS", "/v1/access")]
)
def test_methods_that_there_are_not(store: Store, method: str, url: str):
    with served(store, make_bureau(store)) as api:
        response = api.send(method, url)
        assert (response.status_code, response.json()["code"]) == (405, "method-not-allowed")
        assert response.headers["Allow"]


# --- what is refused


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"operation": "give"}, "/operation"),
        ({"operation": ["give-access"]}, "/operation"),
        ({"operation": None}, "/operation"),
        ({"consultants": []}, "/consultants"),
        ({"consultants": "anna"}, "/consultants"),
        ({"consultants": {"0": "anna"}}, "/consultants"),
        ({"consultants": ["anna", 1]}, "/consultants/1"),
        ({"consultants": ["anna", None]}, "/consultants/1"),
        ({"consultants": ["anna", "anna"]}, "/consultants"),
        ({"clients": []}, "/clients"),
        ({"clients": [""]}, "/clients/0"),
        ({"clients": [1042]}, "/clients/0"),
        ({"clients": ["x" * 256]}, "/clients/0"),
        ({"clients": [["1"]]}, "/clients/0"),
        ({"programs": ["payroll", "payroll"]}, "/programs"),
        ({"programs": None}, "/programs"),
        ({"programs": ["bank-sign"]}, "/programs/0"),
        ({"programs": ["payroll", "nothing"]}, "/programs/1"),
        ({"operation": "remove-programs", "programs": []}, "/programs"),
        ({"operation": "remove-access"}, "/programs"),
        ({"other-programs-too": True}, "/other-programs-too"),
        ({"other-programs-too": "false"}, "/other-programs-too"),
        ({"other-programs-too": 0}, "/other-programs-too"),
        ({"expect": None}, "/expect"),
        ({"expect": {"revision": "1"}}, "/expect"),
        ({"expect": {"revision": 1, "run": "x"}}, "/expect/revision"),
        ({"expect": {"revision": "01", "run": "x"}}, "/expect/revision"),
        ({"expect": {"revision": "1\n", "run": "x"}}, "/expect/revision"),
        ({"expect": {"revision": "9" * 19, "run": "x"}}, "/expect/revision"),
        ({"expect": {"revision": "1", "run": ""}}, "/expect/run"),
        ({"expect": {"revision": "1", "run": "a b"}}, "/expect/run"),
        ({"expect": {"revision": "1", "run": "x", "more": 1}}, "/expect"),
        ({"more/~": 1}, "/more~1~0"),
    ],
)
def test_operations_that_cannot_be(store: Store, change: dict[str, object], pointer: str):
    with served(store, make_bureau(store)) as api:
        response = api.post(VALID | change)
        assert (response.status_code, response.json()["code"]) == (422, "invalid-operation")
        assert pointer in [error["pointer"] for error in response.json()["errors"]]


def test_everything_that_is_wrong_is_told_at_once(store: Store):
    with served(store, make_bureau(store)) as api:
        response = api.post({"operation": "x", "clients": [1, 2], "expect": []})
        pointers = [error["pointer"] for error in response.json()["errors"]]
        assert pointers == ["/operation", "/consultants", "/clients/0", "/clients/1", "/expect"]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"nul", b"\xff", b"{} {}", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000, b'{"a":' * 50_000,
        '{"a":"å"}'.encode("utf-16"),
    ],
)  # fmt: skip
def test_bodies_that_are_no_json(store: Store, body: bytes):
    with served(store, make_bureau(store)) as api:
        headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
        response = api.send("POST", "/v1/operations", content=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (400, "invalid-request")


@pytest.mark.parametrize(
    "body", [b"[]", b"1", b"null", b'"x"', b"1" * 100_000, rb'{"\ud800":1}', rb'{"consultants":["\ud800"]}']
)
def test_bodies_that_are_no_operation(store: Store, body: bytes):
    with served(store, make_bureau(store)) as api:
        headers = {"Idempotency-Key": "k", "Content-Type": "application/json; charset=utf-8"}
        response = api.send("POST", "/v1/operations", content=body, headers=headers)
        assert (response.status_code, response.json()["code"]) == (422, "invalid-operation")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": ""},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
def test_bodies_of_another_kind(store: Store, headers: dict[str, str]):
    with served(store, make_bureau(store)) as api:
        response = api.send(
            "POST", "/v1/operations", content=b"{}", headers=headers | {"Idempotency-Key": "k"}
        )
        assert (response.status_code, response.json()["code"]) == (415, "unsupported-media-type")


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_that_is_too_large(store: Store, declared: bool):
    with served(store, make_bureau(store), Settings(body_bytes=1000)) as api:

        async def pieces():
            for _ in range(100):
                yield b" " * 100

        headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
        content = b" " * 10_000 if declared else pieces()
        response = api.send("POST", "/v1/operations", content=content, headers=headers)
        assert (response.status_code, response.json()["code"]) == (413, "body-too-large")


def test_a_block_that_is_too_large(store: Store):
    with served(store, make_bureau(store), Settings(block_pairs=8)) as api:
        response = api.post(VALID | {"consultants": list("abc"), "clients": list("abc")})
        assert (response.status_code, response.json()["code"]) == (413, "block-too-large")
        assert api.post(VALID | {"consultants": list("abcd"), "clients": list("ab")}).status_code == 202


names = st.sampled_from(["anna", "1", "payroll", "bank-sign", "", "å", 1, None, True])
lists = st.one_of(st.lists(names, max_size=3), names)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "operation": st.sampled_from(["give-access", "remove-access", "remove-programs", "x", 1]),
        "consultants": lists,
        "clients": lists,
        "programs": st.one_of(st.lists(st.sampled_from(["payroll", "invoicing"]), max_size=2), lists),
        "other-programs-too": st.sampled_from([True, False, 1, None]),
        "expect": st.one_of(
            st.fixed_dictionaries(
                {},
                optional={"revision": st.sampled_from(["1", "", 1]), "run": st.sampled_from(["x", "", "å"])},
            ),
            names,
        ),
        "more": names,
    },
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(bodies, bodies.map(lambda body: VALID | body)))
def test_the_server_refuses_what_the_schema_forbids_and_nothing_else(body: dict[str, object]):
    allowed = component("Operation").is_valid(body)
    try:
        parse_operation(json.dumps(body).encode())
    except Problem:
        assert not allowed
    else:
        assert allowed
