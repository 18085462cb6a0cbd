"""The register as files: what is written can be read again; what a stranger wrote is told, never trusted."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import InputError
from reconciler.grid.register import Client, Clients, Consultant, Consultants, Program, Programs, Register
from reconciler.register import FILES, files, moved, read_register, register_of, write_register
from reconciler.register.rows import clients_of, consultants_of, programs_of

GOOD = {
    "bureau.csv": "id,name,timezone\nbyra,Byrån,Europe/Stockholm\n",
    "programs.csv": "id,sv,en,package\nbooks,Bokföring,Bookkeeping,yes\nsign,,,no\n",
    "consultants.csv": "id,name,status,tags,teams,leads\nanna,Anna,active,t u,malmo,malmo\nbo,Bo,left,,,\n",
    "clients.csv": "id,name,status,tags,team\n0042,Å & Ö AB,connected,payroll,malmo\n1,B,disconnected,,\n",
}


def contents(**changed: str | bytes) -> dict[str, bytes]:
    texts: dict[str, str | bytes] = GOOD | {f"{name}.csv": text for name, text in changed.items()}
    return {name: text if isinstance(text, bytes) else text.encode() for name, text in texts.items()}


def told(read) -> list[str]:
    with pytest.raises(InputError) as raised:
        read()
    return [f"{one.position}: {one.message}" for one in raised.value.findings]


def test_what_stands_in_the_files():
    register = register_of(contents(), "register")
    assert (register.bureau, register.label, register.timezone) == ("byra", "Byrån", "Europe/Stockholm")
    assert consultants_of(register) == [
        Consultant("anna", "Anna", True, ("t", "u"), ("malmo",), ("malmo",)),
        Consultant("bo", "Bo", False),
    ]
    assert clients_of(register) == [
        Client("0042", "Å & Ö AB", True, ("payroll",), "malmo"),
        Client("1", "B", False),
    ]
    assert programs_of(register) == [
        Program("books", {"sv": "Bokföring", "en": "Bookkeeping"}),
        Program("sign", {}, in_package=False),
    ]
    assert write_register(register).texts == GOOD


@pytest.mark.parametrize("mark", ["\ufeff", ""])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_as_excel_writes_it(mark, end):
    saved = {name: (mark + text.replace(",", ";").replace("\n", end)).encode() for name, text in GOOD.items()}
    assert moved(register_of(saved, "register"), register_of(contents(), "register")).none


WRONG = {
    "no rows": (
        {"bureau": "id,name,timezone\n"},
        ["bureau.csv:1:1: this file has one row, that of the bureau"],
    ),
    "timezone": (
        {"bureau": "id,name,timezone\nbyra,B,../../etc/passwd\n"},
        ["bureau.csv:2:8: “../../etc/passwd” is not a time zone"],
    ),
    "header": ({"clients": "id,namn\n"}, ["clients.csv:1:1: this is not a header that is known here"]),
    "empty": ({"clients": ""}, ["clients.csv:1:1: this is not a header that is known here"]),
    "width": (
        {"clients": "id,name,status,tags,team\n1,B,connected\n2,C,connected,,,\n"},
        ["clients.csv:2:1: this row has 3 values, not 5", "clients.csv:3:1: this row has 6 values, not 5"],
    ),
    "twice": (
        {"clients": "id,name,status,tags,team\n1,B,connected,,\n1,C,connected,,\n"},
        ["clients.csv:3:1: “1” stands on line 2 already"],
    ),
    "several at once": (
        {
            "consultants": "id,name,status,tags,teams,leads\n,A,active,,,\nb,B,here,,,\n",
            "clients": "id,name,status,tags,team\n1,B,gone,,a b\n",
        },
        [
            "consultants.csv:2:1: a value is missing",
            "consultants.csv:3:5: “here” is not one of: active, left",
            "clients.csv:2:5: “gone” is not one of: connected, disconnected",
            "clients.csv:2:11: a client has one team",
        ],
    ),
    "nul": (
        {"clients": "id,name,status,tags,team\n1\0,B\0,connected,a\0b,\n"},
        [
            "clients.csv:2:1: “1\0” cannot be a key: it has 1 to 255 visible characters and no space around it",
            "clients.csv:2:4: this name holds a character that is not seen",
            "clients.csv:2:17: words stand here with spaces between them, and nothing that is not seen",
        ],
    ),
    "latin-1": (
        {"clients": "id,name,status,tags,team\n1,\xc5,connected,,\n".encode("latin-1")},
        ["clients.csv:2:3: this is not UTF-8"],
    ),
    "quotes": (
        {"clients": 'id,name,status,tags,team\n1,"B,connected,,\n'},
        ["clients.csv:2:1: this is not CSV: unexpected end of data"],
    ),
    "programs": (
        {"programs": "id,sv,en,package\n" + "".join(f"p{i},,,yes\n" for i in range(65))},
        ["programs.csv:66:1: there are more than 64 programs"],
    ),
    "bidirectional": (
        {"consultants": "id,name,status,tags,teams,leads\na,A\u202eB,active,,,\n"},
        ["consultants.csv:2:3: this name holds a character that is not seen"],
    ),
}


@pytest.mark.parametrize(("changed", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_at_its_place(changed, expected):
    assert told(lambda: register_of(contents(**changed), "r")) == [f"r/{line}" for line in expected]


def test_what_is_far_too_long_is_not_repeated():
    line = ",".join(["x" * 10_000] * 5)
    assert [
        len(text) < 200
        for text in told(lambda: register_of(contents(clients=f"id,name,status,tags,team\n{line}\n"), "r"))
    ] == [True] * 5
    many = "id,name,status,tags,team\n" + "?,B,gone,,\n" * 5_000
    with pytest.raises(InputError) as raised:
        register_of(contents(clients=many), "r")
    assert len(raised.value.findings) == 100
    wide = f"id,name,status,tags,team\n1,{'y' * 5_000},connected,,a b\n"
    with pytest.raises(InputError) as raised:
        register_of(contents(clients=wide), "r")
    assert max(len(one.excerpt) for one in raised.value.findings) <= 400


def test_more_rows_than_any_bureau_has(monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 1)
    assert (
        told(lambda: register_of(contents(), "r"))[-1] == "r/clients.csv:3:1: this file has more than 1 rows"
    )


def write(folder, **changed):
    folder.mkdir()
    for name, text in contents(**changed).items():
        (folder / name).write_bytes(text)


def test_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = tmp_path / "register"
    assert told(lambda: read_register(here)) == [
        "None: there is no register: the folder register does not exist"
    ]
    write(here)
    assert moved(read_register(here), register_of(contents(), "r")).none
    (here / "clients.csv").unlink()
    (here / "programs.csv").unlink()
    assert told(lambda: read_register(here)) == [
        f"register/{name}.csv:1:1: register/{name}.csv is missing" for name in ("programs", "clients")
    ]


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")
def test_what_is_no_file_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    here = tmp_path / "register"
    write(here)
    (tmp_path / "secret").write_text("id,name,status,tags,team\nsecret,,,,\n")
    (here / "clients.csv").unlink()
    (here / "clients.csv").symlink_to("../secret")
    (here / "programs.csv").unlink()
    os.mkfifo(here / "programs.csv")
    (here / "bureau.csv").unlink()
    (here / "bureau.csv").mkdir()
    monkeypatch.setattr(files, "LIMIT", 20)
    place = "register/{0}.csv:1:1: register/{0}.csv"
    assert told(lambda: read_register(here)) == [
        place.format("bureau") + " cannot be read: Is a directory",
        place.format("programs") + " is not a file",
        place.format("consultants") + " has 1 MB; at most 0 MB are read",
        place.format("clients") + " is a link that leads out of the register's folder",
    ]


def test_what_cannot_be_written_is_left_out_and_named():
    register = Register(
        "byra",
        "By\nrån",
        "UTC",
        Consultants.build([Consultant("a", "A\x1b[31m", tags=("t u", "v")), Consultant(" b ", "B")]),
        Clients.build([Client("1", "=1+1", team="x\u202ey"), Client("2\n3", "C")]),
        Programs.build([Program("books", {"de": "Buch"})]),
    )
    written = write_register(register)
    assert written.left_out == (" b ", "2\n3", "t u", "x\u202ey")
    again = register_of({name: text.encode() for name, text in written.texts.items()}, "r")
    assert (again.label, list(again.consultants.labels)) == ("By\ufffdrån", ["A\ufffd[31m"])
    assert clients_of(again) == [Client("1", "=1+1")]


words = st.text(st.characters(codec="utf-8"), max_size=4)
keys = st.lists(words, unique=True, max_size=4)


@given(keys, keys, st.data())
def test_whatever_a_backend_says_is_read_again_as_it_was_written(people, companies, data):
    some = st.lists(words.filter(bool), max_size=3).map(tuple)
    register = Register(
        "byra",
        data.draw(words),
        "UTC",
        Consultants.build(
            Consultant(
                key, data.draw(words), data.draw(st.booleans()), *data.draw(st.tuples(some, some, some))
            )
            for key in people
        ),
        Clients.build(
            Client(key, data.draw(words), data.draw(st.booleans()), data.draw(some), data.draw(words) or None)
            for key in companies
        ),
        Programs.build([Program("books", {"sv": data.draw(words), "en": data.draw(words)})]),
    )
    written = write_register(register)
    again = register_of({name: text.encode() for name, text in written.texts.items()}, "r")
    assert write_register(again).texts == written.texts
    kept = set(written.left_out)
    assert set(again.consultants.names) == set(people) - kept
    assert set(again.clients.names) == set(companies) - kept
    assert {name: len(text.splitlines()) for name, text in written.texts.items()} == {
        "bureau.csv": 2,
        "programs.csv": 2,
        "consultants.csv": 1 + len(again.consultants.names),
        "clients.csv": 1 + len(again.clients.names),
    }


def test_what_has_moved():
    before = register_of(contents(), "r")
    after = register_of(
        contents(
            bureau="id,name,timezone\nbyra,Byrån,UTC\n",
            clients="id,name,status,tags,team\n0042,Å & Ö AB,connected,payroll vat,malmo\n7,C,connected,,\n",
        ),
        "r",
    )
    found = moved(before, after)
    assert (found.bureau, found.consultants.none, found.programs.none) == (True, True, True)
    assert (found.clients.new, found.clients.gone, found.clients.changed) == (("7",), ("1",), ("0042",))
    assert moved(before, before).none


def test_the_files_are_those_of_the_example(tmp_path):
    assert FILES == ("bureau.csv", "programs.csv", "consultants.csv", "clients.csv")
