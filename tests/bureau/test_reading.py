"""Reading: the bureau, its register and its access, in pages of one revision."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from reconciler.bureau.operators import Right, RightName, add_operator, set_rights
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from tests.bureau.world import SYSTEM, make_bureau, served, set_access


def test_the_bureau(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll", "bank-sign"], ("bo", "2"): []})
    with served(store, token) as api:
        found = api.json("/v1/bureau")
        assert found["id"] == "b"
        assert found["timezone"] == "Europe/Stockholm"
        assert found["totals"] == {"consultants": 4, "clients": 4, "pairs": 2}
        assert [(row["id"], row["package"]) for row in found["programs"]] == [
            ("bank-sign", False),
            ("bookkeeping", True),
            ("invoicing", True),
            ("payroll", True),
        ]


def test_the_revision_is_an_entity_tag(store: Store):
    with served(store, make_bureau(store)) as api:
        tag = api.get("/v1/bureau").headers["ETag"]
        assert tag.startswith(f'"{api.json("/v1/bureau")["revision"]}-')
        for value in (tag, f'"0", {tag}', f"W/{tag}"):
            assert api.get("/v1/bureau", If_None_Match=value).status_code == 304
        api.operate("give-access", ["anna"], ["1"])
        assert api.get("/v1/bureau", If_None_Match=tag).status_code == 200


def test_the_tag_of_a_state_never_comes_again(store: Store, tmp_path: Path):
    token = make_bureau(store)
    (tmp_path / "copy.db").write_bytes(b"")
    with sqlite3.connect(tmp_path / "copy.db") as copy, store.read() as db:
        db.backup(copy)
    copy.close()
    found = []
    for path in (store.path, tmp_path / "copy.db"):
        with Store.open(path) as one, served(one, token) as api:
            before = api.get("/v1/bureau").headers["ETag"]
            api.operate("give-access", ["anna"], ["1"])
            found.append((before, api.json("/v1/bureau")["revision"], api.get("/v1/bureau").headers["ETag"]))
    (before, revision, tag), (also_before, same_revision, other_tag) = found
    assert (before, revision) == (also_before, same_revision)
    assert tag != other_tag


def test_consultants_and_clients_by_id(store: Store):
    with served(store, make_bureau(store)) as api:
        people = api.items("/v1/consultants?limit=1")
        assert [(row["id"], row["status"]) for row in people] == [
            ("anna", "active"),
            ("bo", "active"),
            ("cia", "active"),
            ("ivar", "left"),
        ]
        companies = api.items("/v1/clients?limit=3")
        assert [row["id"] for row in companies] == ["1", "2", "3", "9"]
        assert [row["status"] for row in companies] == ["connected"] * 3 + ["disconnected"]


def test_access_by_client_and_then_consultant(store: Store):
    # made in another order than the one that their names have, and with characters outside ASCII
    access = {("öl", "10"): ["payroll"], ("anna", "2"): [], ("anna", "10"): ["bank-sign", "invoicing"]}
    token = make_bureau(store, consultants=["öl", "anna"], clients=["2", "10"], access=access)
    with served(store, token) as api:
        assert api.items("/v1/access") == [
            {"consultant": "anna", "client": "10", "programs": ["bank-sign", "invoicing"]},
            {"consultant": "öl", "client": "10", "programs": ["payroll"]},
            {"consultant": "anna", "client": "2", "programs": []},
        ]


def test_sixty_four_programs(store: Store):
    programs = [f"p{number:02}" for number in range(64)]
    token = make_bureau(store, programs=programs, outside=(), access={("anna", "1"): programs})
    with served(store, token) as api:
        assert api.access() == {("anna", "1"): programs}
        api.operate("remove-programs", ["anna"], ["1"], "p63")
        assert api.access() == {("anna", "1"): programs[:63]}
        api.operate("give-access", ["bo"], ["1"], "p63")
        assert api.access()["bo", "1"] == ["p63"]


def test_an_empty_bureau(store: Store):
    token = make_bureau(store, consultants=(), clients=(), left=(), disconnected=())
    with served(store, token) as api:
        for kind in ("consultants", "clients", "access"):
            assert list(api.pages(f"/v1/{kind}")) == [{"revision": "3", "total": 0, "items": []}]


def test_pages_are_of_one_revision_while_somebody_writes(store: Store):
    access = {("anna", client): ["payroll"] for client in ("1", "2", "3")}
    with served(store, make_bureau(store, access=access)) as api:
        pages = api.pages("/v1/access?limit=1")
        first = next(pages)
        api.operate("remove-access", ["anna"], ["2", "3"])
        api.operate("give-access", ["bo", "cia"], ["1", "2", "3"])
        rest = list(pages)
        assert {page["revision"] for page in [first, *rest]} == {first["revision"]}
        assert {page["total"] for page in [first, *rest]} == {3}
        assert [item["client"] for page in [first, *rest] for item in page["items"]] == ["1", "2", "3"]
        assert len(api.access()) == 7


def test_a_revision_that_is_no_longer_kept_is_gone(store: Store):
    access = {("anna", client): ["payroll"] for client in ("1", "2")}
    with served(store, make_bureau(store, access=access), Settings(snapshots=2)) as api:
        old = api.get("/v1/access?limit=1").links["next"]["url"]
        for consultant in ("bo", "cia"):
            api.operate("give-access", [consultant], ["1"])
            api.access()
        response = api.get(old)
        assert response.status_code == 410
        assert response.json()["code"] == "revision-gone"


def test_a_restart_keeps_the_pages_of_the_present_revision(store: Store):
    access = {("anna", client): ["payroll"] for client in ("1", "2")}
    token = make_bureau(store, access=access)
    with served(store, token) as api:
        following = api.get("/v1/access?limit=1").links["next"]["url"]
    with served(store, token) as api:
        assert api.json(following)["items"][0]["client"] == "2"
        api.operate("give-access", ["bo"], ["1"])
    with served(store, token) as api:
        assert api.get(following).status_code == 410


def test_reading_while_writing_never_tears(store: Store):
    """One chunk moves a program from one client to another at many pairs; a reader sees all of it or nothing."""
    people = [f"k{number:02}" for number in range(40)]
    token = make_bureau(
        store, consultants=people, left=(), access={(name, "1"): ["payroll"] for name in people}
    )
    seen = []
    with served(store, token) as api:
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                pages = api.pages("/v1/access?limit=7")
                seen.append(tuple(sum(len(item["programs"]) for item in page["items"]) for page in pages))

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(5):
            api.operate("remove-programs", people, ["1"], "payroll")
            api.operate("give-access", people, ["1"], "payroll")
        stop.set()
        reader.join()
    assert seen
    assert {sum(one) for one in seen} <= {0, 40}


def test_a_change_of_the_register_or_of_rights_is_a_revision(store: Store):
    token = make_bureau(store)
    with served(store, token) as api:
        before = int(api.json("/v1/bureau")["revision"])
        add_operator(
            store, "b", "new", "New", [Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("2", "1"))]
        )
        set_access(store, "b", {("dan", "1"): []})
        set_rights(store, "b", "new", [SYSTEM])
        assert int(api.json("/v1/bureau")["revision"]) == before + 3
        assert "dan" in [row["id"] for row in api.items("/v1/consultants")]


def test_operators_and_their_rights(store: Store):
    token = make_bureau(store)
    rights = [
        Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll", "invoicing"), ("2", "1")),
        Right(RightName.SYSTEM_ADMINISTRATOR, (), ("3",)),
    ]
    limited = add_operator(store, "b", "some", "Some", rights, consultant="anna")
    mine = {
        "id": "some",
        "name": "Some",
        "consultant": "anna",
        "rights": [
            {"right": "program-administrator", "programs": ["invoicing", "payroll"], "clients": ["1", "2"]},
            {"right": "system-administrator", "clients": ["3"]},
        ],
    }
    with served(store, token) as api:
        everywhere = {"right": "system-administrator", "clients": "all"}
        me = {"id": "op", "name": "Op", "consultant": None, "rights": [everywhere]}
        assert api.json("/v1/operator") == me
        assert api.json("/v1/operators")["items"] == [me, mine]
        other = api.signed_in(limited)
        assert other.json("/v1/operator") == mine
        response = other.get("/v1/operators")
        assert (response.status_code, response.json()["code"]) == (403, "not-permitted")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=10001", "limit=-1", "limit=1e3", "limit=", "limit=%D9%A1", "limit=99999999999999999999",
        "cursor=", "cursor=x", "cursor=%F0%9F%98%80", "cursor=W10", "cursor=bnVsbA", "cursor=WyJhY2Nlc3MiLDFd",
        "cursor=WyJhY2Nlc3MiLDEsLTFd", "cursor=WyJhY2Nlc3MiLDEsdHJ1ZV0", "cursor=WyJjbGllbnRzIiwxLDBd",
        "cursor=" + "W1tb" * 3000,
    ],
)  # fmt: skip
def test_pages_that_cannot_be(store: Store, query: str):
    with served(store, make_bureau(store)) as api:
        response = api.get(f"/v1/access?{query}")
        assert (response.status_code, response.json()["code"]) == (400, "invalid-request")


def test_a_cursor_beyond_the_end_is_an_empty_page(store: Store):
    with served(store, make_bureau(store)) as api:
        # ["access", 3, 4611686018427387904]: the present revision, the largest start
        body = api.json("/v1/access?cursor=WyJhY2Nlc3MiLDMsNDYxMTY4NjAxODQyNzM4NzkwNF0")
        assert body["items"] == []


def test_the_largest_page(store: Store):
    access = {("anna", "1"): ["payroll"]}
    with served(store, make_bureau(store, access=access)) as api:
        assert len(api.json("/v1/access?limit=10000")["items"]) == 1
