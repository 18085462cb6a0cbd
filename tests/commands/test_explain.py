"""`explain` and `who` as their users meet them; what they print stands in tests/cases/explain.md."""

from __future__ import annotations

import contextlib
import csv
import itertools
import json
import re
import sqlite3
from collections import Counter

import pytest

from tests.commands.conftest import DAY
from tests.commands.test_commands import valid


def test_explain_as_json(reconciler, example):
    found = valid(reconciler("explain", "gun", "1062", *DAY, "--format", "json").out)
    assert found["ground"] == "forbidden"
    assert found["desired"] == {"access": False, "programs": []}
    assert [one["change"] for one in found["steps"]] == ["remove-access"]
    rules = {one["rule"]: one for one in found["rules"]}
    assert set(rules) == {"own-team", "independence-1062", "audit-clients-payments"}
    assert rules["independence-1062"]["file"] == "policies/denials.yaml"
    assert rules["independence-1062"]["until"] == "2030-12-31"
    assert rules["own-team"]["changed"] is None
    assert "gun.alm@exempelbyran.example" not in found["others-who-have-it"]


def test_explain_agrees_with_the_plan_of_the_same_pair(reconciler, example):
    plan = valid(reconciler("plan", *DAY, "--format", "json").out)
    for block in plan["operations"] + plan["blocked"]:
        told = Counter()
        for pair in itertools.product(block["consultants"], block["clients"]):
            found = valid(reconciler("explain", *pair, *DAY, "--no-blame", "--format", "json").out)
            told.update({(step["change"], step["reason"]) for step in found["steps"]})
        # a block may reach over pairs where its operation changes nothing
        pairs = block.get("pairs", len(block["consultants"]) * len(block["clients"]))
        assert told[block["change"], block.get("reason")] >= pairs > 0


def test_an_unknown_name_ends_with_1_and_every_mistake_is_told(reconciler, example):
    ran = reconciler("explain", "ana lind", "1042x", "payrol x")
    assert (ran.code, ran.out) == (1, "")
    assert "did you mean “Anna Lind”?" in ran.err
    assert "there is no client “1042x”" in ran.err
    assert "there is no program “payrol x”" in ran.err


def test_who_as_json_of_both_kinds(reconciler, example):
    now = valid(reconciler("who", *DAY, "--program", "payroll", "--format", "json").out)
    should = valid(reconciler("who", "--desired", *DAY, "--program", "lön", "--format", "json").out)
    assert (now["of"], should["of"]) == ("current", "desired")
    assert now["programs"] == should["programs"] == ["payroll"]
    assert {entry["ground"] for entry in should["entries"]} == {"rule"}
    assert {rule["rule"] for rule in should["rules"]} == {"payroll-leads", "parental-leave-eva"}
    left = [e for e in now["entries"] if e not in should["entries"]]
    assert {e["ground"] for e in left} <= {"none", "forbidden", "ended", "left"}


def test_who_on_another_day(reconciler, example):
    question = ("who", "--desired", "--consultant", "Fia", "--program", "payroll", "--format", "json")
    assert valid(reconciler(*question, "--as-of", "2027-03-31").out)["entries"]
    assert valid(reconciler(*question, "--as-of", "2027-04-01").out)["entries"] == []


def test_who_as_csv_goes_to_stdout_as_it_is(reconciler, example):
    ran = reconciler("who", *DAY, "--client", "1042", "--format", "csv", "--lang", "sv")
    assert ran.code == 0
    assert ran.out.startswith("\ufeff")
    rows = list(csv.DictReader(ran.out.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert {row["klient"] for row in rows} == {"1042"}
    assert {row["program"] for row in rows if row["konsult"].startswith("bertil")} >= {
        "bookkeeping",
        "payroll",
    }


def test_filters_of_one_side_add_up_and_those_of_two_meet(reconciler, example):
    def pairs(*filters):
        document = json.loads(reconciler("who", *DAY, *filters, "--format", "json").out)
        return {(entry["consultant"].partition(".")[0], entry["client"]) for entry in document["entries"]}

    everything = pairs()
    ystad = {pair for pair in everything if pair[0] in {"gun", "hugo", "cecilia"}}
    assert pairs("--team", "ystad") == ystad
    assert pairs("--team", "ystad", "--consultant", "Anna Lind") == ystad | {
        p for p in everything if p[0] == "anna"
    }
    assert pairs("--team", "ystad", "--client", "Sjöbo Motor") == {
        pair for pair in ystad if pair[1] == "1062"
    }
    assert pairs("--consultant", "team:malmo & tag:authorised") == {p for p in everything if p[0] == "anna"}
    assert pairs("--tag", "audit", "--client", "1042") == {
        pair for pair in everything if pair[1] in {"1042", "1048", "1053", "1062"}
    }


@pytest.fixture
def hostile(example):
    """Somebody and a company whose names do what they can."""
    evil = "=1+1\u202e\x1b[2J\r\n  + forged"
    with contextlib.closing(sqlite3.connect(example / "bureau.db")) as database, database:
        database.execute("UPDATE consultant SET name = ? WHERE id LIKE 'anna%'", (evil,))
        database.execute("UPDATE client SET name = ? WHERE id = '1042'", (evil,))
    return evil


def test_hostile_names_are_shown_and_do_nothing(reconciler, hostile):
    for question in (("explain", "anna", "1042"), ("who", "--client", "1042"), ("who", "--client", "10")):
        ran = reconciler(*question, *DAY)
        assert re.sub("[\n\xa0]", "", ran.out + ran.err).isprintable()
        assert "\n  + forged" not in ran.out + ran.err
    unknown = reconciler("explain", hostile + "x", "1042")
    assert unknown.code == 1
    assert unknown.err.replace("\n", "").isprintable()
    table = reconciler("who", "--client", "1042", *DAY, "--format", "csv").out.removeprefix("\ufeff")
    rows = list(csv.reader(table.splitlines(keepends=True)))
    assert {len(row) for row in rows} == {13}
    assert {row[3] for row in rows[1:]} == {"'=1+1\\u202e\\x1b[2J\\x0d\\x0a  + forged"}
    # a name that a terminal could not show can still be asked for
    assert reconciler("explain", hostile, "1042", *DAY).code == 0
