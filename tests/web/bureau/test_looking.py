"""What the pages see of a bureau is what the API tells, at each revision, and what the operator may do there."""

from __future__ import annotations

import random
from collections import Counter

from reconciler.bureau.app import create_server
from reconciler.bureau.operators import Right, RightName, SignedIn, add_operator, set_rights, sign_in
from reconciler.bureau.registers import bump, insert_clients
from reconciler.bureau.settings import Settings
from reconciler.bureau.store import Store
from reconciler.grid.arrays import bits
from reconciler.grid.register import Client
from reconciler.rights import allows_access, allows_programs
from reconciler.web.bureau.app import create_site
from reconciler.web.bureau.looking import Looking
from reconciler.web.index import index_of
from reconciler.web.seen import Seen
from tests.bureau.world import Api, make_bureau, served, set_access
from tests.web.bureau.office import api, pages, rows_of, signed_in


def operator(store: Store, token: str) -> SignedIn:
    with store.read() as db:
        found = sign_in(db, token)
    assert found is not None
    return found


def access_of(seen: Seen) -> dict[tuple[str, str], list[str]]:
    names = seen.register
    return {
        (names.consultants.names[k], names.clients.names[c]): [names.programs.names[p] for p in bits(mask)]
        for k, c, mask in seen.access.rows()
    }


def may_of(seen: Seen) -> dict[str, tuple[bool, list[str]]]:
    ids = seen.register.clients.names
    system, masks = (rights(seen.may, range(len(ids))) for rights in (allows_access, allows_programs))
    programs = seen.register.programs.names
    return {
        name: (bool(system[at]), [programs[p] for p in bits(int(masks[at])) if p < len(programs)])
        for at, name in enumerate(ids)
    }


def check(seen: Seen, api: Api) -> None:
    told = api.json("/v1/bureau")
    register = seen.register
    assert seen.revision == told["revision"]
    assert (register.bureau, register.label, register.timezone) == (
        told["id"],
        told["name"],
        told["timezone"],
    )
    assert access_of(seen) == api.access()
    people, companies = api.items("/v1/consultants"), api.items("/v1/clients")
    assert list(register.consultants.names) == [row["id"] for row in people]
    assert list(register.consultants.labels) == [row["name"] for row in people]
    assert register.consultants.active.tolist() == [row["status"] == "active" for row in people]
    assert list(register.clients.names) == [row["id"] for row in companies]
    assert register.clients.connected.tolist() == [row["status"] == "connected" for row in companies]
    package = {register.programs.names[bit] for bit in bits(register.programs.package)}
    assert package == {program["id"] for program in told["programs"] if program["package"]}
    labels = dict(zip(register.programs.names, register.programs.labels, strict=True))
    assert labels == {program["id"]: program["labels"] for program in told["programs"]}


def test_it_is_what_the_api_tells_whatever_changes(store: Store):
    rng = random.Random(7)
    token = make_bureau(store, access={("anna", "1"): ["payroll", "bank-sign"], ("bo", "2"): []})
    with served(store, token) as api:
        look, who = Looking(create_server(store, Settings())), operator(store, token)
        check(look.at(who), api)
        for number in range(6):
            api.operate("give-access", ["cia"], [rng.choice("123")], rng.choice(["payroll", "invoicing"]))
            check(look.at(who), api)
            api.operate("remove-access", ["anna", "bo"], [rng.choice("123")], other_programs_too=True)
            check(look.at(who), api)
            with store.write() as db:
                insert_clients(db, 1, [Client(f"0{number}", "New")])
                bump(db, 1, register=True)
            set_access(store, "b", {("anna", f"0{number}"): ["bookkeeping"]})
            check(look.at(who), api)


def test_each_operator_sees_what_they_may_do_and_at_once_what_they_may_do_now(store: Store):
    token = make_bureau(store)
    some = (
        Right(RightName.SYSTEM_ADMINISTRATOR, clients=("2",)),
        Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("1", "2")),
        Right(RightName.PROGRAM_ADMINISTRATOR, ("invoicing",)),
    )
    other = add_operator(store, "b", "other", "Other", some)
    look = Looking(create_server(store, Settings()))
    everything = ["bank-sign", "bookkeeping", "invoicing", "payroll"]
    assert set(map(str, may_of(look.at(operator(store, token))).values())) == {str((True, everything))}
    assert may_of(look.at(operator(store, other))) == {
        "1": (False, ["invoicing", "payroll"]),
        "2": (True, everything),
        "3": (False, ["invoicing"]),
        "9": (False, ["invoicing"]),
    }
    set_rights(store, "b", "other", [Right(RightName.PROGRAM_ADMINISTRATOR, ("payroll",), ("3",))])
    assert may_of(look.at(operator(store, other)))["3"] == (False, ["payroll"])
    assert may_of(look.at(operator(store, other)))["2"] == (False, [])


def test_bureaus_of_one_database_are_kept_apart(store: Store):
    here = make_bureau(store, access={("anna", "1"): ["payroll"]})
    there = make_bureau(store, "c", access={("bo", "2"): ["invoicing"]}, rights=())
    look = Looking(create_server(store, Settings()))
    for token, bureau, pair in ((here, "b", ("anna", "1")), (there, "c", ("bo", "2"))) * 2:
        seen = look.at(operator(store, token))
        assert seen.register.bureau == bureau
        assert set(access_of(seen)) == {pair}
        assert may_of(seen)["1"][0] == (bureau == "b")


def test_what_is_costly_is_made_once(store: Store):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    look, who = Looking(create_server(store, Settings())), operator(store, token)
    first = look.at(who)
    again = look.at(who)
    assert (again.register, again.access, again.may) == (first.register, first.access, first.may)
    assert again.register is first.register
    set_access(store, "b", {("bo", "1"): ["payroll"]})
    later = look.at(who)
    assert later.register is first.register
    assert later.may is first.may
    assert len(later.access) == len(first.access) + 1


def test_the_lists_say_what_the_api_says(store: Store):
    access = {("anna", "1"): ["payroll"], ("bo", "1"): [], ("bo", "2"): ["invoicing"]}
    token = make_bureau(store, access=access)
    with pages(store) as url, signed_in(url, token) as reader:
        rights = api(url, token, "/v1/access")["items"]
        many = Counter(right[side] for right in rights for side in ("client", "consultant"))
        clients = [
            ["", item["id"], f"{item['name']}{'' if item['status'] == 'connected' else ' not connected'}"]
            for item in api(url, token, "/v1/clients")["items"]
        ]
        people = [
            [f"{item['name']}{'' if item['status'] == 'active' else ' has left'}", item["id"]]
            for item in api(url, token, "/v1/consultants")["items"]
        ]
        assert rows_of(reader.get("/clients")) == [[*row, str(many[row[1]])] for row in clients]
        assert rows_of(reader.get("/consultants")) == [[*row, str(many[row[1]])] for row in people]


def test_what_was_looked_at_ahead_is_what_is_seen(store: Store):
    token = make_bureau(store)
    server = create_server(store, Settings())
    look = Looking(server)
    look.ahead()
    encoded = server.snapshots.current(operator(store, token).bureau).encoded
    with store.read():
        seen = look.at(operator(store, token))
    assert seen.access is encoded.held.state
    worked_out = vars(index_of(seen.register.clients))
    assert {"texts", "order", "by_name", "tags", "by_team"} <= worked_out.keys()


def test_a_database_that_is_closed_meanwhile_is_no_failure(store: Store):
    site = create_site(store, Settings())
    store.close()
    site._look_ahead()
