"""`--as all`: a plan in parts, on the real bureau."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from reconciler.resources import resource
from tests.commands.conftest import DAY
from tests.commands.several import *  # noqa: F403 - its fixtures
from tests.support import canary

SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))


def document(text: str) -> dict:
    found = json.loads(text)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
    return found


def test_who_is_enough_does_it_alone(reconciler, team):
    team("ingrid", "margareta", "pia")
    found = document(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)
    assert found["operators"] == ["managing-partner"]
    assert [part["operator"] for part in found["parts"]] == ["managing-partner"]
    alone = json.loads(reconciler("plan", *DAY, "--as", "margareta", "--format", "json").out)
    assert found["parts"][0]["operations"] == alone["operations"] == found["whole"]["operations"]
    assert found["whole"]["blocked"] == alone["blocked"]


def test_the_parts_are_the_whole(reconciler, team, tmp_path):
    """Ingrid has no right to the payroll of 1056, Pia to nothing else; without Margareta both are needed."""
    team("ingrid", "pia", without=("margareta",))
    own = ("bureau", "operators", "rights", "it-admin", "--bureau", "exempelbyran", "--database", "bureau.db")
    assert reconciler(*own, "--system-administrator", "1041,1042,1043").code == 0
    found = document(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)
    assert found["operators"] == ["it-admin", "payroll-admin"]
    assert found["without-token"] == [
        {"name": "margareta", "why": "the variable TOKEN_OF_MARGARETA is not set"}
    ]
    ingrid, pia = found["parts"]
    assert {client for one in ingrid["operations"] for client in one["clients"]} <= {"1041", "1042", "1043"}
    assert {program for one in pia["operations"] for program in one["programs"]} == {"payroll"}
    for part in (ingrid, pia):
        assert (part["blocked"], part["violations"], part["findings"]) == ([], [], [])
    whole = found["whole"]
    assert whole["operations"] == ingrid["operations"] + pia["operations"]
    for figure in ("accesses-given", "programs-added", "programs-removed", "accesses-removed", "operations"):
        assert whole["summary"][figure] == ingrid["summary"][figure] + pia["summary"][figure]
    assert {
        key for one in whole["blocked"] if one["reason"].startswith("needs-") for key in one["could"]
    } == {"managing-partner"}


def test_it_reads_who_does_what_and_who_could_do_the_rest(reconciler, team):
    team("ingrid", "pia", without=("margareta",))
    own = ("bureau", "operators", "rights", "it-admin", "--bureau", "exempelbyran", "--database", "bureau.db")
    assert reconciler(*own, "--system-administrator", "1041,1042,1043").code == 0
    ran = reconciler("plan", *DAY, "--as", "all", "--client", "1042", "--client", "1055")
    assert ran.code == 0
    assert ran.out.startswith(
        "Plan for Exempelbyrån on 2026-11-24\n"
        "Operators: Ingrid Admin and Pia Löneby\n"
        "Without a token: margareta (the variable TOKEN_OF_MARGARETA is not set)\n"
        "\n"
        "Part 1 of 2: Ingrid Admin\n"
        "=========================\n"
    )
    first, second = ran.out.split("\nPart 2 of 2: Pia Löneby\n=======================\n")
    assert "1042 Sofielunds Bageri AB" in first
    assert "1055" not in first
    parts, rest = second.split("\nBlocked: 2 changes that none of these operators gets done\n")
    assert "programs: Payroll" in parts
    assert "who could, but has no token here: Margareta Partner" in rest


def test_who_acts_is_not_told_to_be_somebody_who_could(reconciler, team):
    """Pia could give nothing of it, and Ingrid, who sees all operators, acts herself."""
    team("ingrid", "pia")
    found = document(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)
    could = {key for one in found["whole"]["blocked"] for key in one["could"]}
    assert could == {"managing-partner"}
    found = document(reconciler("rights", "--missing", *DAY, "--as", "all", "--format", "json").out)
    assert {key for one in found["missing"] for key in one["have"]} == {"managing-partner"}


def test_pipelines_are_told_that_there_are_changes(reconciler, team):
    team("margareta")
    assert reconciler("plan", *DAY, "--as", "all", "--detailed-exitcode").code == 2
    assert reconciler("plan", *DAY, "--as", "all", "--client", "1054", "--detailed-exitcode").code == 0
    assert "Nothing to do" in reconciler("plan", *DAY, "--as", "all", "--client", "1054").out


def test_whoever_may_nothing_is_not_needed(reconciler, team):
    team("ingrid", "revisor")
    assert "Operators: Ingrid Admin\n" in reconciler("plan", *DAY, "--as", "all").out


def test_nobody_who_may_anything_blocks_all(reconciler, team):
    team("revisor")
    found = document(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)
    assert (found["parts"], found["whole"]["operations"]) == ([], [])
    assert found["operators"] == ["reader"]
    assert found["whole"]["summary"]["blocked"] > 0
    # a reader does not see the others
    assert found["whole"]["operators-known"] is False


def test_one_who_sees_the_others_is_enough_to_know_them(reconciler, team):
    team("ingrid", "pia", "revisor")  # of whom Ingrid alone sees the others
    found = document(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)
    assert found["whole"]["operators-known"] is True


def test_the_plan_is_the_same_whoever_comes_first_in_the_file(reconciler, team, example):
    team("pia", "ingrid")
    first = reconciler("plan", *DAY, "--as", "all").out
    config = example / "reconciler.yaml"
    lines = config.read_text().splitlines()
    config.write_text("\n".join([*lines[:-2], lines[-1], lines[-2]]) + "\n")
    assert reconciler("plan", *DAY, "--as", "all").out == first


def test_a_token_that_the_bureau_does_not_accept_stops_it(reconciler, team, monkeypatch):
    team("ingrid", "pia")
    monkeypatch.setenv("TOKEN_OF_PIA", canary.token("not-accepted"))
    ran = reconciler("plan", *DAY, "--as", "all")
    assert ran.code == 1
    assert "does not accept the token" in ran.err
    assert "the token was read from TOKEN_OF_PIA" in ran.err
    assert "canary" not in ran.out + ran.err


@pytest.mark.parametrize("command", ["plan", "apply --yes"])
def test_without_operators_there_is_no_all(reconciler, example, command):
    ran = reconciler(*command.split(), "--as", "all")
    assert ran.code == 1
    assert "no operators are configured" in ran.err


def test_as_a_table_each_change_stands_with_who_does_it(reconciler, team):
    team("ingrid", "pia")
    own = ("bureau", "operators", "rights", "it-admin", "--bureau", "exempelbyran", "--database", "bureau.db")
    assert reconciler(*own, "--system-administrator", "1041,1042,1043").code == 0
    rows = reconciler("plan", *DAY, "--as", "all", "--format", "csv").out.splitlines()
    doing = {row.rpartition(",")[2] for row in rows if '"would be done"' in row}
    assert doing == {'"Ingrid Admin"', '"Pia Löneby"'}


def test_a_page_says_who_does_what(reconciler, team, tmp_path):
    """Of a plan that was kept, too."""
    team("ingrid", "pia", without=("margareta",))
    own = ("bureau", "operators", "rights", "it-admin", "--bureau", "exempelbyran", "--database", "bureau.db")
    assert reconciler(*own, "--system-administrator", "1041,1042,1043").code == 0
    made = reconciler("plan", *DAY, "--as", "all", "--format", "html", "--out", "plan.json").out
    kept = reconciler("show", "plan.json", "--format", "html").out
    for page in (made, kept):
        assert "Operators: Ingrid Admin and Pia " in page
        assert page.count("done by Ingrid Admin") > 1
        assert page.count("done by Pia") >= 1
        assert "that none of these operators gets done" in page
    assert "Without a token: margareta" in made
    parts = json.loads(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)["parts"]
    operations = {part["operator"]: len(part["operations"]) for part in parts}
    assert made.count("done by Ingrid Admin") == operations["it-admin"]


def test_as_a_comment_it_tells_what_they_do_together(reconciler, team):
    team("ingrid", "pia", without=("margareta",))
    own = ("bureau", "operators", "rights", "it-admin", "--bureau", "exempelbyran", "--database", "bureau.db")
    assert reconciler(*own, "--system-administrator", "1041,1042,1043").code == 0
    ran = reconciler("plan", *DAY, "--as", "all", "--format", "markdown")
    whole = document(reconciler("plan", *DAY, "--as", "all", "--format", "json").out)["whole"]
    assert "Operators: Ingrid Admin and Pia Löneby." in ran.out
    assert ran.out.endswith(f"<!-- reconciler:digest {whole['digest']} -->\n")
