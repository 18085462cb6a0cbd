"""Compact encodings: the same as JSON, page by page; kept in the database, and never behind what it holds."""

from __future__ import annotations

import random
from typing import Any

import pytest

from reconciler.bureau.encoded import read_encoded
from reconciler.bureau.registers import bump, find_bureau, insert_consultants
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid.packed import Packed
from reconciler.grid.register import Consultant
from tests.bureau.world import PROGRAMS, Api, make_bureau, served, set_access, without_history

COLUMNS = "application/vnd.reconciler.columns+json"
PACKED = "application/vnd.reconciler.access"
PEOPLE = [f"k{number}" for number in range(7)]
PLACES = [f"{number}" for number in range(9)]


def compact(api: Api, path: str, accept: str) -> list[Any]:
    """Every page in the compact encoding: documents, or packed rows."""
    found, following = [], path
    while following:
        answer = api.get(following, Accept=accept)
        assert answer.status_code == 200, answer.text
        assert (answer.headers["content-type"], answer.headers["vary"]) == (
            accept,
            "Accept, Accept-Encoding",
        )
        found.append(answer.json() if accept == COLUMNS else Packed.decode(answer.content)[0])
        following = answer.links.get("next", {}).get("url")
    return found


def unpacked(api: Api, query: str = "") -> dict[tuple[str, str], list[str]]:
    """The whole state by packed rows, in names."""
    people, places, programs = (
        sorted(row["id"] for row in rows)
        for rows in (
            api.items("/v1/consultants"),
            api.items("/v1/clients"),
            api.json("/v1/bureau")["programs"],
        )
    )
    return {
        (people[consultant], places[client]): [
            name for bit, name in enumerate(programs) if int(page.masks[number]) >> bit & 1
        ]
        for page in compact(api, f"/v1/access{query}", PACKED)
        for client, consultant, number in zip(page.clients(), page.consultants, page.numbers, strict=True)
    }


def some_access(rng: random.Random) -> dict[tuple[str, str], list[str]]:
    cells = {(rng.choice(PEOPLE), rng.choice(PLACES)) for _ in range(30)}
    return {pair: rng.sample([*PROGRAMS, "bank-sign"], rng.randrange(4)) for pair in sorted(cells)}


@pytest.mark.parametrize("query", ["", "?limit=1", "?limit=4", "?limit=5000000"])
def test_packed_rows_are_what_json_says(store: Store, query: str):
    # names whose order is neither that of the numbers nor that of the bits in the database
    token = make_bureau(
        store,
        consultants=PEOPLE[::-1],
        clients=PLACES[::-1],
        disconnected=(),
        access=some_access(random.Random(1)),
    )
    with served(store, token) as api:
        assert unpacked(api, query) == api.access()


@pytest.mark.parametrize("kind", ["consultants", "clients"])
@pytest.mark.parametrize("limit", [1, 2, 400_000])
def test_columns_are_what_json_says(store: Store, kind: str, limit: int):
    with served(store, make_bureau(store)) as api:
        rows = []
        for page in compact(api, f"/v1/{kind}?limit={limit}", COLUMNS):
            columns = [
                column if isinstance(column, list) else [column["values"][at] for at in column["at"]]
                for column in page["columns"].values()
            ]
            rows += [dict(zip(page["columns"], row, strict=True)) for row in zip(*columns, strict=True)]
        assert rows == api.items(f"/v1/{kind}")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", f"{PACKED};q=0", f"{PACKED}; Q=0.000", "text/html", ""]
)
def test_json_unless_the_encoding_is_named(store: Store, accept: str):
    with served(store, make_bureau(store)) as api:
        assert api.get("/v1/access", Accept=accept).headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("coding", "packed"), [("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)]
)
def test_compact_pages_are_compressed_where_that_is_asked_for(store: Store, coding: str, packed: bool):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with served(store, token) as api:
        answer = api.get("/v1/access", Accept=PACKED, Accept_Encoding=coding)
        assert (answer.headers.get("content-encoding") == "gzip") is packed
        assert Packed.decode(answer.content)[0].total == 1
        assert "content-encoding" not in api.get("/v1/access", Accept_Encoding=coding).headers


def test_the_largest_pages(store: Store):
    with served(store, make_bureau(store)) as api:
        for path, accept in (
            ("/v1/clients?limit=400001", COLUMNS),
            ("/v1/access?limit=5000001", PACKED),
            ("/v1/access?limit=10001", "application/json"),
        ):
            assert api.get(path, Accept=accept).status_code == 400


def test_packed_pages_are_of_one_revision_while_somebody_writes(store: Store):
    access = {("anna", client): ["payroll"] for client in ("1", "2", "3")}
    with served(store, make_bureau(store, access=access)) as api:
        answer = api.get("/v1/access?limit=2", Accept=PACKED)
        api.operate("remove-access", ["anna"], ["2", "3"])
        first, revision = Packed.decode(answer.content)
        rest, of = Packed.decode(api.get(answer.links["next"]["url"], Accept=PACKED).content)
        assert (revision, first.total, len(first), len(rest)) == (of, 3, 2, 1)


@pytest.mark.parametrize("few", [0, 3, 10_000])
def test_what_is_kept_follows_every_change(store: Store, few: int):
    """Whatever happens between two servers on a database, and however seldom what is kept is written anew."""
    rng = random.Random(few)
    token = make_bureau(store, consultants=PEOPLE, clients=PLACES, access=some_access(rng))
    for step in range(12):
        with served(store, token, Settings(snapshots=1, stale=few)) as api:
            for _ in range(rng.randrange(3)):
                people, places = rng.sample(PEOPLE, 2), rng.sample(PLACES, 2)
                match rng.randrange(4):
                    case 0:
                        api.operate("give-access", people, places, rng.choice(PROGRAMS))
                    case 1:
                        api.operate("remove-access", people, places, other_programs_too=True)
                    case 2:
                        api.operate("remove-programs", people, places, rng.choice(PROGRAMS))
                    case _:
                        set_access(store, "b", some_access(rng))
            if step == 6:
                with store.write() as db:  # its name goes before all others: every place moves
                    insert_consultants(db, 1, [Consultant("a", "A")])
                    bump(db, 1, register=True)
            assert unpacked(api) == api.access() == pairs(store)


@pytest.mark.parametrize("few", [0, 3, 10_000])
def test_a_server_that_runs_on_follows_every_change(store: Store, few: int):
    """From a state that it has at hand, or from what another one has kept since then."""
    rng = random.Random(few)
    token = make_bureau(store, consultants=PEOPLE, clients=PLACES, access=some_access(rng))
    settings = Settings(snapshots=2, stale=few)
    with served(store, token, settings) as one, served(store, token, settings) as other:
        for step in range(40):
            people, places = rng.sample(PEOPLE, 2), rng.sample(PLACES, 2)
            match rng.randrange(4):
                case 0:
                    one.operate("give-access", people, places, rng.choice(PROGRAMS))
                case 1:
                    other.operate("remove-access", people, places, other_programs_too=True)
                case 2:
                    set_access(store, "b", some_access(rng))
                case _ if step > 20:
                    with store.write() as db:
                        insert_consultants(db, 1, [Consultant(f"a{step:02}", "A")])
                        bump(db, 1, register=True)
            for api in rng.choice([[one], [other], [one, other]]):
                assert unpacked(api) == pairs(store)
        assert unpacked(one) == unpacked(other) == one.access() == pairs(store)


def pairs(store: Store) -> dict[tuple[str, str], list[str]]:
    """What the tables say, row by row."""
    query = """SELECT consultant.id, client.id, mask FROM pair
               JOIN consultant ON consultant.bureau = pair.bureau AND consultant.number = pair.consultant
               JOIN client ON client.bureau = pair.bureau AND client.number = pair.client WHERE held"""
    with store.read() as db:
        bits = db.execute("SELECT bit, id FROM program ORDER BY id").fetchall()
        return {
            (consultant, client): [name for bit, name in bits if mask >> bit & 1]
            for consultant, client, mask in db.execute(query)
        }


def test_a_new_process_reads_what_is_kept(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"], ("bo", "2"): []})
    with served(store, token) as api:
        before = api.access()
        api.operate("give-access", ["cia"], ["2"], "payroll")
    with store.read() as db:
        bureau = find_bureau(db, "b").number
        assert db.execute("SELECT count(*) FROM encoded").fetchone()[0] == 3
        assert [tuple(row) for row in db.execute("SELECT * FROM stale")] == [(bureau, 2, 3)]
        found = read_encoded(db, bureau, few=1)
        assert (found.kept, len(found.access)) == (True, len(before) + 1)


@pytest.mark.parametrize("body", [b"", b"RCN1", b"\0" * 100])
def test_what_is_kept_and_damaged_is_not_believed(store: Store, body: bytes):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with served(store, token) as api:
        api.access()
    with store.write() as db:
        db.execute("UPDATE encoded SET body = ? WHERE kind = 'access'", (body,))
    with served(store, token) as api:
        assert unpacked(api) == api.access() == {("anna", "1"): ["payroll"]}


def test_reading_does_not_wait_for_a_writer(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    with served(store, token, working=False) as api, store.write():
        assert unpacked(api) == {("anna", "1"): ["payroll"]}
    with store.read() as db:
        assert db.execute("SELECT count(*) FROM encoded").fetchone()[0] == 0


def test_a_database_of_version_1_is_brought_up_to_date(store: Store):
    make_bureau(store, access={("anna", "1"): ["payroll"]})
    with store.write() as db:
        without_history(db)
        for name in ("insert", "update", "delete"):
            db.execute(f"DROP TRIGGER pair_{name}")
        db.execute("DROP TABLE encoded")
        db.execute("DROP TABLE stale")
        db.execute("ALTER TABLE bureau DROP COLUMN stamp")
        db.execute("DROP TABLE lease")
        db.execute("ALTER TABLE job DROP COLUMN lease")
        db.execute("ALTER TABLE token DROP COLUMN read_only")
        db.execute("PRAGMA user_version = 1")
    store.close()
    with Store.open(store.path) as again:
        assert pairs(again) == {("anna", "1"): ["payroll"]}
        with again.read() as db:
            assert db.execute("SELECT count(*) FROM encoded").fetchone()[0] == 0
