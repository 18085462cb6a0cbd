"""Loading CSV: what it makes, and every error at its place."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.bureau.csvload import Loaded, load_csv
from reconciler.bureau.registers import create_bureau, list_bureaus
from reconciler.bureau.store import Store
from reconciler.errors import InputError
from reconciler.grid.register import Program
from tests.bureau.world import make_bureau, served


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "access.csv"


def errors(store: Store, file: Path, bureau: str = "b", **how: int) -> list[str]:
    """What loading tells: `line:column message`, one per error."""
    with pytest.raises(InputError) as raised:
        load_csv(store, bureau, file, **how)
    return [
        f"{one.position.line}:{one.position.column} {one.message}"
        for one in raised.value.findings
        if one.position
    ]


def access_of(store: Store, token: str) -> dict[tuple[str, str], list[str]]:
    with served(store, token) as api:
        return api.access()


def test_a_flat_matrix(store: Store, file: Path):
    token = make_bureau(store, consultants=(), clients=(), left=(), disconnected=(), programs=(), outside=())
    file.write_text("user,permission\n1,1\n1,07\n02,1\n")
    assert load_csv(store, "b", file) == Loaded(
        rows=3, consultants=2, clients=2, programs=1, pairs=3, cells=3
    )
    assert access_of(store, token) == {
        ("1", "07"): ["program-0"],
        ("02", "1"): ["program-0"],
        ("1", "1"): ["program-0"],
    }


def test_a_matrix_of_three_dimensions(store: Store, file: Path):
    token = make_bureau(store, consultants=(), clients=(), left=(), disconnected=(), programs=(), outside=())
    file.write_text("user,permission\nu,0\nu,5\nu,6\nv,13\n")
    assert load_csv(store, "b", file, programs_per_client=6).pairs == 3
    assert access_of(store, token) == {
        ("u", "0"): ["program-0", "program-5"],
        ("u", "1"): ["program-0"],
        ("v", "2"): ["program-1"],
    }


def test_triples(store: Store, file: Path):
    token = make_bureau(store, access={("anna", "1"): ["payroll"]})
    file.write_text(
        "consultant,client,program\nanna,1,invoicing\nanna,2,\nöl,new,brand-new\nivar,9,bank-sign\n"
    )
    loaded = load_csv(store, "b", file)
    assert loaded == Loaded(rows=4, consultants=1, clients=1, programs=1, pairs=4, cells=3)
    assert access_of(store, token) == {
        ("anna", "1"): ["invoicing", "payroll"],
        ("anna", "2"): [],
        ("ivar", "9"): ["bank-sign"],
        ("öl", "new"): ["brand-new"],
    }


def test_once_more_changes_nothing(store: Store, file: Path):
    make_bureau(store)
    file.write_text("consultant,client,program\nanna,1,payroll\nanna,1,payroll\n")
    load_csv(store, "b", file)
    before = list_bureaus(store)
    assert load_csv(store, "b", file) == Loaded(
        rows=2, consultants=0, clients=0, programs=0, pairs=0, cells=0
    )
    assert list_bureaus(store) == before


@pytest.mark.parametrize(
    "raw",
    [
        "\ufeffconsultant,client,program\r\nanna,1,payroll\r\n".encode(),
        b"consultant;client;program\nanna;1;payroll",
        b'"Consultant", client ,"program"\n"anna",1,"payroll"\n\n',
    ],
)
def test_what_excel_writes(store: Store, file: Path, raw: bytes):
    token = make_bureau(store)
    file.write_bytes(raw)
    load_csv(store, "b", file)
    assert access_of(store, token) == {("anna", "1"): ["payroll"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["1:1 this is not a header that is known here"]),
        ("a,b\n1,2\n", ["1:1 this is not a header that is known here"]),
        (
            "user,permission\n1\n1,2\n1,2,3\n",
            ["2:1 this row has 1 values, not 2", "4:1 this row has 3 values, not 2"],
        ),
        ("user,permission\n,7\n1,\n", ["2:1 a value is missing", "3:3 a value is missing"]),
        (
            'consultant,client,program\nanna,"a\tb",x\nbo, 1,x\n',
            [
                "2:6 “a\tb” cannot be a key: it has 1 to 255 visible characters and no space around it",
                "3:4 “ 1” cannot be a key: it has 1 to 255 visible characters and no space around it",
            ],
        ),
        ('user,permission\n1,"2\n', ["2:1 this is not CSV: unexpected end of data"]),
        ('consultant,client,program\n"a,b",1,\x07\n', ["2:9 “\x07” cannot be the name of a program"]),
    ],
)
def test_errors_at_their_places(store: Store, file: Path, text: str, expected: list[str]):
    make_bureau(store)
    before = list_bureaus(store)
    file.write_text(text)
    assert errors(store, file) == expected
    assert list_bureaus(store) == before


def test_not_utf_8(store: Store, file: Path):
    make_bureau(store)
    file.write_bytes(b"user,permission\n1,2\nl\xf6n,3\n")
    assert errors(store, file) == ["3:2 this is not UTF-8"]


def test_not_a_number_where_one_is_needed(store: Store, file: Path):
    make_bureau(store)
    file.write_text("user,permission\n1,x\n1,2\n1,-3\n")
    assert errors(store, file, programs_per_client=6) == [
        "2:3 “x” is not a number, as programs per client needs it",
        "4:3 “-3” is not a number, as programs per client needs it",
    ]


def test_an_error_shows_its_line_and_a_hint(store: Store, file: Path):
    make_bureau(store)
    file.write_text("who,what\n")
    with pytest.raises(InputError) as raised:
        load_csv(store, "b", file)
    (finding,) = raised.value.findings
    assert (finding.code, finding.excerpt, finding.position.file) == (
        "csv-header",
        "who,what",
        file.as_posix(),
    )
    assert str(finding.hint) == "the first line must be: user,permission / consultant,client,program"


def test_no_more_errors_than_anybody_reads(store: Store, file: Path):
    make_bureau(store)
    file.write_text("user,permission\n" + "1\n" * 1000)
    assert len(errors(store, file)) == 100


def test_files_and_bureaus_that_there_are_not(store: Store, file: Path):
    make_bureau(store)
    assert errors(store, file) == ["1:1 cannot read the file: No such file or directory"]
    file.write_text("user,permission\n1,1\n")
    with pytest.raises(InputError, match="there is no bureau “c”"):
        load_csv(store, "c", file)


def test_too_many_programs(store: Store, file: Path):
    make_bureau(store)
    file.write_text("consultant,client,program\n" + "".join(f"a,1,p{number}\n" for number in range(61)))
    with pytest.raises(InputError, match="at most 64 programs, not 65"):
        load_csv(store, "b", file)
    assert list_bureaus(store)[0].pairs == 0


@pytest.mark.parametrize("number", [0, 65])
def test_programs_per_client_that_cannot_be(store: Store, file: Path, number: int):
    make_bureau(store)
    file.write_text("user,permission\n1,1\n")
    with pytest.raises(InputError, match="from 1 to 64"):
        load_csv(store, "b", file, programs_per_client=number)


def test_programs_per_client_is_for_matrices(store: Store, file: Path):
    make_bureau(store)
    file.write_text("consultant,client,program\na,1,p\n")
    with pytest.raises(InputError, match="for a file of users and permissions"):
        load_csv(store, "b", file, programs_per_client=6)


@pytest.mark.parametrize(
    ("zone", "key"),
    [("Mars/Olympus", "new"), ("", "new"), ("../etc", "new"), ("Europe", "new"), ("UTC", "b")],
)
def test_bureaus_that_cannot_be(store: Store, zone: str, key: str):
    make_bureau(store)
    with pytest.raises(InputError):
        create_bureau(store, key, "New", zone, [Program("p")])
    assert [bureau.id for bureau in list_bureaus(store)] == ["b"]


keys = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters='",;\r\n'),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(keys, keys, st.sampled_from(["", "p", "q"])), max_size=20))
def test_any_triples_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]):
    folder = tmp_path_factory.mktemp("load")
    file = folder / "a.csv"
    file.write_text(
        "consultant,client,program\n" + "".join(",".join(row) + "\n" for row in rows), encoding="utf-8"
    )
    expected: dict[tuple[str, str], set[str]] = {}
    for consultant, client, program in rows:
        expected.setdefault((consultant, client), set()).update({program} - {""})
    with Store.open(folder / "b.db") as store:
        token = make_bureau(store, consultants=(), clients=(), left=(), disconnected=())
        load_csv(store, "b", file)
        found = access_of(store, token)
    assert found == {pair: sorted(programs) for pair, programs in expected.items()}


def test_a_hundred_thousand_rows_in_seconds(store: Store, file: Path):
    make_bureau(store)
    draw = random.Random(1)
    rows = {(draw.randrange(3_500), draw.randrange(1_600)) for _ in range(105_000)}
    file.write_text(
        "user,permission\n" + "".join(f"{user},{permission}\n" for user, permission in sorted(rows))
    )
    started = time.perf_counter()
    assert load_csv(store, "b", file).pairs == len(rows)
    assert time.perf_counter() - started < 10  # about 1 s; machines that test are busy
