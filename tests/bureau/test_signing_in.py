"""Tokens, and that two bureaus in one database never see each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.bureau.app import ROUTES
from reconciler.bureau.operators import add_operator, list_operators, replace_token, revoke_tokens
from reconciler.bureau.store import Store
from reconciler.bureau.tokens import new_token
from reconciler.errors import InputError
from tests.bureau.world import SYSTEM, make_bureau, served, without_history


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic eDp5",
        "bearer\tx",
        "Bearer " + "x" * 100_000,
        b"Bearer \xe5\xff",
    ],
)
def test_who_is_not_signed_in(store: Store, header: str | bytes | None):
    with served(store, make_bureau(store)) as api:
        for method, url in (("GET", "/v1/bureau"), ("POST", "/v1/operations"), ("GET", "/v1/jobs/x")):
            response = api.send(method, url, headers={"Authorization": header or ""})
            assert (response.status_code, response.json()["code"]) == (401, "not-signed-in")
            assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_is_in_any_case(store: Store):
    token = make_bureau(store)
    with served(store, token) as api:
        assert api.get("/v1/bureau", Authorization=f"bearer {token}").status_code == 200


def test_no_token_is_stored_in_clear(store: Store, tmp_path: Path):
    token = make_bureau(store)
    another = replace_token(store, "b", "op")
    with served(store, another) as api:
        api.operate("give-access", ["anna"], ["1"])
        written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"anna" in written
    for secret in (token, another):
        assert secret.encode() not in written
        assert secret.encode()[:12] not in written


def test_tokens_are_long_and_new_each_time():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert min(map(len, tokens)) >= 43


def test_a_new_token_replaces_the_old_one(store: Store):
    old = make_bureau(store)
    with served(store, old) as api:
        new = replace_token(store, "b", "op")
        assert api.get("/v1/bureau").status_code == 401
        assert api.signed_in(new).get("/v1/bureau").status_code == 200
        revoke_tokens(store, "b", "op")
        assert api.signed_in(new).get("/v1/bureau").status_code == 401


def test_operators_are_listed_without_tokens(store: Store):
    make_bureau(store)
    (row,) = list_operators(store, "b")
    assert (row.id, row.name, row.sees_operators, row.rights) == ("op", "Op", True, (SYSTEM,))


@pytest.mark.parametrize("wrong", [{"bureau": "c"}, {"key": "op"}])
def test_operators_that_cannot_be_added(store: Store, wrong: dict[str, str]):
    make_bureau(store)
    with pytest.raises(InputError, match="there is"):
        add_operator(store, **({"bureau": "b", "key": "new", "name": "New"} | wrong))


def test_two_bureaus_never_see_each_other(store: Store):
    """Bureau c is like b, name for name; whatever is done in one leaves the other as it is."""
    one = make_bureau(store, "b", access={("anna", "1"): ["payroll"]})
    two = make_bureau(store, "c", access={("anna", "1"): ["invoicing"]}, programs=("invoicing", "payroll"))
    with served(store, one) as first:
        second = first.signed_in(two)
        before = {
            url: second.json(url) for url in ("/v1/bureau", "/v1/consultants", "/v1/access", "/v1/operators")
        }
        page = first.get("/v1/access?limit=1")
        job = first.operate("give-access", ["anna", "bo"], ["1", "2"], "bookkeeping")
        (told,) = first.json("/v1/notifications")["items"]

        assert {url: second.json(url) for url in before} == before
        assert second.access() == {("anna", "1"): ["invoicing"]}
        assert second.json("/v1/notifications")["total"] == 0
        assert page.json()["items"] == [{"consultant": "anna", "client": "1", "programs": ["payroll"]}]
        for method, url in (
            ("GET", f"/v1/jobs/{job}"),
            ("GET", f"/v1/jobs/{job}/results"),
            ("POST", f"/v1/notifications/{told['id']}/read"),
        ):
            assert second.send(method, url).status_code == 404
        response = second.post(
            {
                "operation": "give-access",
                "consultants": ["anna"],
                "clients": ["1"],
                "programs": ["bookkeeping"],
            }
        )
        assert response.status_code == 422  # a program of the other bureau only


def test_a_cursor_of_another_bureau_shows_ones_own(store: Store):
    one = make_bureau(store, "b", access={("anna", "1"): [], ("anna", "2"): []})
    two = make_bureau(store, "c", access={("bo", "1"): [], ("bo", "2"): []})
    with served(store, one) as api:
        following = api.get("/v1/access?limit=1").links["next"]["url"]
        answer = api.signed_in(two).get(following)
        assert answer.status_code == 200
        assert [item["consultant"] for item in answer.json()["items"]] == ["bo"]


def test_the_database_itself_refuses_a_pair_across_bureaus(store: Store):
    make_bureau(store, "b")
    make_bureau(store, "c", consultants=(), left=())
    import sqlite3

    with pytest.raises(sqlite3.IntegrityError), store.write() as db:
        db.execute("INSERT INTO pair VALUES (2, 1, 1, 1, 0, 1, NULL, 0)")


CHANGING = [
    ("POST", "/v1/operations"),
    ("POST", "/v1/leases"),
    ("POST", "/v1/leases/x/renew"),
    ("POST", "/v1/leases/x/release"),
    ("POST", "/v1/notifications/x/read"),
    ("POST", "/v1/notifications/read"),
]
QUESTIONS = [("POST", "/v1/access/query"), ("POST", "/v1/history/query")]


def test_every_path_that_is_not_read_with_get_is_known_to_change_something_or_not():
    assert {route[:2] for route in ROUTES if route[0] != "GET"} == {
        (method, path.replace("/x", "/{id}")) for method, path in CHANGING + QUESTIONS
    }


def test_a_read_only_token_is_the_same_operator_and_changes_nothing(store: Store):
    full = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with served(store, full) as api:
        job = api.operate("give-access", ["bo"], ["1"], "payroll")
        reader = api.signed_in(replace_token(store, "b", "op", read_only=True))
        for method, path, _ in ROUTES:
            if method == "GET":
                url = path.replace("{id}", job)
                assert reader.json(url) == api.json(url)
        for method, url in QUESTIONS:
            response = reader.send(method, url, json={"clients": ["1"]})
            assert response.json() == api.send(method, url, json={"clients": ["1"]}).json()
        before = api.json("/v1/bureau"), api.json("/v1/notifications")
        for method, url in CHANGING:
            # refused whatever the body is: nothing of it is read
            response = reader.send(method, url, content=b"x", headers={"Content-Type": "application/json"})
            assert (response.status_code, response.json()["code"]) == (403, "not-permitted")
        assert (api.json("/v1/bureau"), api.json("/v1/notifications")) == before
        assert api.json("/v1/leases") == {"items": []}


def test_each_kind_of_token_is_replaced_by_itself_and_all_are_revoked_together(store: Store):
    full = make_bureau(store)
    reading = replace_token(store, "b", "op", read_only=True)
    with served(store, full) as api:

        def accepted(*tokens: str) -> list[bool]:
            return [api.signed_in(token).get("/v1/bureau").status_code == 200 for token in tokens]

        assert accepted(full, reading) == [True, True]
        newer = replace_token(store, "b", "op", read_only=True)
        assert accepted(full, reading, newer) == [True, False, True]
        another = replace_token(store, "b", "op")
        assert accepted(full, another, newer) == [False, True, True]
        revoke_tokens(store, "b", "op")
        assert accepted(another, newer) == [False, False]


def test_tokens_of_a_database_of_version_3_stay_full(store: Store):
    token = make_bureau(store)
    with store.write() as db:
        without_history(db)
        db.execute("ALTER TABLE token DROP COLUMN read_only")
        db.execute("PRAGMA user_version = 3")
    store.close()
    with Store.open(store.path) as again, served(again, token) as api:
        api.operate("give-access", ["anna"], ["1"])
        assert api.access() == {("anna", "1"): []}
