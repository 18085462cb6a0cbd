"""What has changed: entity tags of the register, a digest for each client, and the rows of some clients alone."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import pytest

from reconciler.bureau.registers import bump, insert_clients
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid.digests import Digests
from reconciler.grid.packed import Packed
from reconciler.grid.register import Client
from tests.bureau.test_encoded import COLUMNS, PACKED, PEOPLE, PLACES, some_access
from tests.bureau.world import PROGRAMS, Api, make_bureau, served, set_access

DIGESTS = "application/vnd.reconciler.digests"


def mixed(x: int) -> int:
    """splitmix64, as its author wrote it down."""
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) % 2**64
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) % 2**64
    return x ^ x >> 31


def by_hand(api: Api) -> dict[str, str]:
    """The digest of each client, from rows of JSON and from what the document says."""
    people = sorted(row["id"] for row in api.items("/v1/consultants"))
    programs = sorted(row["id"] for row in api.json("/v1/bureau")["programs"])
    found = {row["id"]: 0 for row in api.items("/v1/clients")}
    for row in api.items("/v1/access"):
        mask = sum(1 << programs.index(name) for name in row["programs"])
        number = (people.index(row["consultant"]) + 1) * 0x9E3779B97F4A7C15 + mask
        found[row["client"]] += mixed(number % 2**64)
    return {client: f"{sums % 2**64 >> 32:08x}" for client, sums in found.items()}


def all_rows(api: Api) -> str:
    """The digest of all rows."""
    return hashlib.sha256(api.get("/v1/access", Accept=PACKED).content).hexdigest()


def in_json(api: Api, query: str = "") -> dict[str, str]:
    """The digests as JSON."""
    pages = list(api.pages(f"/v1/access/digests{query}"))
    assert {page["all"] for page in pages} == {all_rows(api)}
    return {item["client"]: item["digest"] for page in pages for item in page["items"]}


def packed(api: Api, query: str = "") -> list[str]:
    """The digests in their compact encoding, in the order of the clients."""
    following, found = f"/v1/access/digests{query}", []
    while following:
        answer = api.get(following, Accept=DIGESTS)
        assert answer.headers["content-type"] == DIGESTS
        digests, revision = Digests.decode(answer.content)
        assert str(revision) == api.json("/v1/bureau")["revision"]
        assert digests.whole.hex() == all_rows(api)
        assert digests.before == len(found)
        found += [f"{digest:08x}" for digest in digests.small.tolist()]
        following = answer.links.get("next", {}).get("url", "")
    assert len(found) == digests.total
    return found


def test_a_digest_for_each_client(store: Store):
    token = make_bureau(store, consultants=PEOPLE, clients=PLACES, access=some_access(random.Random(1)))
    with served(store, token) as api:
        found = by_hand(api)
        assert in_json(api) == in_json(api, "?limit=3") == found
        assert packed(api) == packed(api, "?limit=4") == list(found.values())


def test_only_clients_that_change_have_another_digest(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"], ("anna", "2"): ["payroll"]})
    with served(store, token) as api:
        before = in_json(api)
        assert before["1"] == before["2"]  # it knows nothing of the client
        api.operate("give-access", ["bo"], ["2"], "invoicing")
        after = in_json(api)
        assert {client for client in before if before[client] != after[client]} == {"2"}
        api.operate("remove-access", ["bo"], ["2"])
        assert in_json(api) == before


def test_digests_of_nothing(store: Store):
    with served(store, make_bureau(store, consultants=(), clients=(), left=(), disconnected=())) as api:
        assert (in_json(api), packed(api)) == ({}, [])
    with served(store, make_bureau(store, "c")) as api:
        assert set(in_json(api).values()) == {"00000000"}


def test_pages_of_digests_are_of_one_revision_while_somebody_writes(store: Store):
    with served(store, make_bureau(store, access={("anna", "1"): ["payroll"]})) as api:
        first = api.get("/v1/access/digests?limit=2")
        api.operate("remove-access", ["anna"], ["1"])
        second = api.json(first.links["next"]["url"])
        assert (second["revision"], second["all"]) == (first.json()["revision"], first.json()["all"])


def ask(api: Api, body: Any, path: str = "/v1/access/query", **headers: str) -> Any:
    return api.send("POST", path, json=body, headers=headers)


def test_the_rows_of_some_clients(store: Store):
    rng = random.Random(2)
    token = make_bureau(store, consultants=PEOPLE, clients=PLACES, access=some_access(rng))
    with served(store, token) as api:
        every, revision = api.items("/v1/access"), api.json("/v1/bureau")["revision"]
        for wanted in (["4"], PLACES, rng.sample(PLACES, 4), ["4", "nowhere"]):
            rows = [row for row in every if row["client"] in wanted]
            page = ask(api, {"clients": wanted, "revision": revision}).json()
            assert page == {"revision": revision, "total": len(rows), "items": rows}
            found, of = Packed.decode(ask(api, {"clients": wanted}, Accept=PACKED).content)
            assert (str(of), found.total, found.before, len(found)) == (revision, len(rows), 0, len(rows))
            places = sorted(row["id"] for row in api.items("/v1/clients"))
            assert [places[client] for client in found.clients()] == [row["client"] for row in rows]


@pytest.mark.parametrize("accept", ["application/json", PACKED])
def test_pages_of_some_clients_are_of_one_revision_while_somebody_writes(store: Store, accept: str):
    access = {("anna", client): ["payroll"] for client in ("1", "2", "3")}
    with served(store, make_bureau(store, access=access)) as api:
        body = {"clients": ["1", "3"], "revision": api.json("/v1/bureau")["revision"]}
        first = ask(api, body, "/v1/access/query?limit=1", Accept=accept)
        api.operate("remove-access", ["anna"], ["1", "3"])
        last = ask(api, body, first.links["next"]["url"], Accept=accept)
        assert "next" not in last.links
        if accept == PACKED:
            pages = [Packed.decode(answer.content)[0] for answer in (first, last)]
            assert [(page.total, page.before, page.clients().tolist()) for page in pages] == [
                (2, 0, [0]),
                (2, 1, [2]),
            ]
        else:
            pages = [answer.json() for answer in (first, last)]
            assert [page["items"][0]["client"] for page in pages] == ["1", "3"]


def test_rows_of_a_revision_that_is_gone(store: Store):
    with served(store, make_bureau(store), Settings(snapshots=1)) as api:
        revision = api.json("/v1/bureau")["revision"]
        assert ask(api, {"clients": ["1"], "revision": revision}).status_code == 200
        api.operate("give-access", ["anna"], ["1"])
        assert len(ask(api, {"clients": ["1"]}).json()["items"]) == 1
        answer = ask(api, {"clients": ["1"], "revision": revision})
        assert (answer.status_code, answer.json()["code"]) == (410, "revision-gone")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ({}, ["/clients"]),
        ({"clients": []}, ["/clients"]),
        ({"clients": "1"}, ["/clients"]),
        ({"clients": ["1", "1"]}, ["/clients"]),
        ({"clients": ["1", 2, ""]}, ["/clients/1", "/clients/2"]),
        ({"clients": ["1"], "revision": 17}, ["/revision"]),
        ({"clients": ["1"], "revision": "01"}, ["/revision"]),
        ({"clients": ["1"], "revision": None}, ["/revision"]),
        ({"clients": ["1"], "programs": []}, ["/programs"]),
    ],
)
def test_questions_that_cannot_be(store: Store, body: Any, pointers: list[str]):
    with served(store, make_bureau(store)) as api:
        answer = ask(api, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request")
        assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_a_question_is_json_of_a_bearable_size(store: Store):
    with served(store, make_bureau(store), Settings(body_bytes=100)) as api:
        assert api.send("POST", "/v1/access/query", content=b"{}").status_code == 415
        assert ask(api, {"clients": ["1" * 100]}).status_code == 413
        wrong = api.send(
            "POST", "/v1/access/query", content=b"{", headers={"Content-Type": "application/json"}
        )
        assert wrong.status_code == 400


def test_a_question_is_about_the_asker_s_bureau(store: Store):
    one = make_bureau(store, "b", access={("anna", "1"): ["payroll"]})
    other = make_bureau(store, "c")
    with served(store, one) as api:
        assert ask(api, {"clients": ["1"]}).json()["total"] == 1
        assert ask(api.signed_in(other), {"clients": ["1"]}).json()["total"] == 0
        assert in_json(api)["1"] != in_json(api.signed_in(other))["1"]


@pytest.mark.parametrize("path", ["/v1/consultants", "/v1/clients"])
@pytest.mark.parametrize("accept", ["application/json", COLUMNS])
def test_the_tag_of_a_list_lasts_as_long_as_the_list(store: Store, path: str, accept: str):
    with served(store, make_bureau(store)) as api:
        first = api.get(f"{path}?limit=2", Accept=accept)
        tag = first.headers["ETag"]
        assert api.get(first.links["next"]["url"], Accept=accept).headers["ETag"] == tag
        api.operate("give-access", ["anna"], ["1"], *PROGRAMS)
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
            answer = api.get(path, Accept=accept, If_None_Match=known)
            assert (answer.status_code, answer.content) == (304, b"")
        assert api.get(path, Accept=accept, If_None_Match='W/"other"').status_code == 200


def test_another_list_has_another_tag(store: Store):
    with served(store, make_bureau(store)) as api:
        tags = {path: api.get(path).headers["ETag"] for path in ("/v1/consultants", "/v1/clients")}
        assert len(set(tags.values())) == 2
        with store.write() as db:
            insert_clients(db, 1, [Client("7", "Seven")])
            bump(db, 1, register=True)
        assert api.get("/v1/clients", If_None_Match=tags["/v1/clients"]).status_code == 200
        assert api.get("/v1/consultants", If_None_Match=tags["/v1/consultants"]).status_code == 304


def test_what_comes_back_is_found_by_the_digests(store: Store):
    """The way of a reader: what it had, but for the clients that differ, is what there is."""
    rng = random.Random(3)
    token = make_bureau(store, consultants=PEOPLE, clients=PLACES, access=some_access(rng))
    with served(store, token) as api:
        had, before = api.access(), in_json(api)
        for _ in range(5):
            set_access(store, "b", dict(rng.sample(sorted(some_access(rng).items()), 3)))
            api.operate(
                "remove-access", rng.sample(PEOPLE, 2), rng.sample(PLACES, 2), other_programs_too=True
            )
        after = in_json(api)
        differ = [client for client in after if after[client] != before[client]]
        assert 0 < len(differ) < len(PLACES)
        rows = ask(api, {"clients": differ}).json()["items"]
        kept = {pair: programs for pair, programs in had.items() if pair[1] not in differ}
        assert kept | {(row["consultant"], row["client"]): row["programs"] for row in rows} == api.access()
