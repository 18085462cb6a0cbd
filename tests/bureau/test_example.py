"""The example bureau: what it is, and what a broken folder of the same kind is told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciler.bureau.example import load_example
from reconciler.bureau.registers import list_bureaus
from reconciler.bureau.store import Store
from reconciler.errors import InputError
from reconciler.resources import resource
from tests.bureau.world import served

MAIL = "@exempelbyran.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resource("policies/example"), tmp_path / "example"))


def test_the_example(store: Store):
    tokens = load_example(store, resource("policies/example"))
    assert set(tokens) == {"it-admin", "payroll-admin", "managing-partner", "reader"}
    with served(store, tokens["it-admin"]) as api:
        bureau = api.json("/v1/bureau")
        assert (bureau["id"], bureau["name"]) == ("exempelbyran", "Exempelbyrån")
        assert {row["id"] for row in bureau["programs"] if not row["package"]} == {"tax-portal", "bank-sign"}
        people = {row["id"].removesuffix(MAIL): row for row in api.items("/v1/consultants")}
        assert len(people) == 9
        assert [name for name, row in people.items() if row["status"] == "left"] == ["ivar.gren"]
        assert {row["leads"][0]: name for name, row in people.items() if row["leads"]} == {
            "malmo": "anna.lind",
            "lund": "david.holm",
            "ystad": "gun.alm",
        }
        clients = api.items("/v1/clients")
        assert [row["id"] for row in clients] == [str(number) for number in range(1041, 1065)]
        assert [row["id"] for row in clients if row["status"] == "disconnected"] == ["1064"]
        assert [row["id"] for row in clients if "payroll" in row["tags"]] == [
            "1042",
            "1043",
            "1047",
            "1052",
            "1055",
            "1060",
        ]
        access = {
            (who.removesuffix(MAIL), client): programs for (who, client), programs in api.access().items()
        }
        assert "bank-sign" in access["fia.temp", "1045"]
        assert ("gun.alm", "1061") in access
        assert [client for who, client in access if who == "ivar.gren"] == ["1052", "1053", "1057"]
        assert len(api.json("/v1/operators")["items"]) == 4
        other = api.signed_in(tokens["reader"])
        assert other.json("/v1/operator")["rights"] == []


def test_the_operator_lacks_rights_at_four_clients(store: Store):
    tokens = load_example(store, resource("policies/example"))
    with served(store, tokens["it-admin"]) as api:
        job = api.operate("give-access", [f"david.holm{MAIL}"], ["1055", "1058"], "payroll", "payments")
        assert [row[1:] for row in api.outcomes(job)] == [
            ("1055", True, [], "already", None),
            ("1055", False, ["payments"], "refused", "needs-program-administrator"),
            ("1055", False, ["payroll"], "done", None),
            ("1058", True, ["payments", "payroll"], "refused", "needs-system-administrator"),
        ]


def test_twice_is_an_error_and_changes_nothing(store: Store):
    load_example(store, resource("policies/example"))
    before = list_bureaus(store)
    with pytest.raises(InputError, match="there is a bureau “exempelbyran” already"):
        load_example(store, resource("policies/example"))
    assert list_bureaus(store) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("access.csv", f"anna.lind{MAIL},1041,receipts", "anna.lund,1041,reciepts", ["4:1 anna.lund is not known", "4:16 reciepts is not known"]),
        ("programs.csv", "yes", "ja", ["2:35 “ja” is not one of: yes, no"]),
        ("clients.csv", "1042,", "1041,", ["3:1 “1041” stands on line 2 already"]),
        ("consultants.csv", "left", "gone", ["10:42 “gone” is not one of: active, left"]),
        ("rights.csv", "payroll-admin,", "nobody,", ["5:1 nobody is not known"]),
        ("rights.csv", "system-administrator,,all", "system-administrator,payroll,all", ["4:39 programs are named for a program administrator, and for nobody else"]),
        ("operators.csv", "Ingrid Admin,", "Ingrid Admin,ingrid", ["2:23 ingrid is not known"]),
        ("bureau.csv", "exempelbyran,Exempelbyrån,Europe/Stockholm", "", ["1:1 this file has one row, that of the bureau"]),
    ],
)  # fmt: skip
def test_errors_at_their_places(
    store: Store, folder: Path, file: str, old: str, new: str, expected: list[str]
):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        load_example(store, folder)
    found = [
        f"{one.position.line}:{one.position.column} {one.message}"
        for one in raised.value.findings
        if file in str(one.position)
    ]
    assert found[: len(expected)] == expected
    assert list_bureaus(store) == []


def test_a_file_that_is_missing(store: Store, folder: Path):
    (folder / "rights.csv").unlink()
    with pytest.raises(InputError) as raised:
        load_example(store, folder)
    assert "rights.csv" in str(raised.value.findings[0].position)
