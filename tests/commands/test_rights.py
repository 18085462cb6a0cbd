"""`rights`: what one may hand out, and what is lacking for a plan."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from reconciler.resources import resource
from tests.commands.conftest import DAY
from tests.commands.several import *  # noqa: F403 - its fixtures

SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))


def document(text: str) -> dict:
    found = json.loads(text)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
    return found


def test_what_is_missing_and_who_has_it(reconciler, example):
    ran = reconciler("rights", "--missing", *DAY, "--client", "1055", "--client", "1056")
    assert ran.code == 0
    assert ran.out == (
        "Rights that Ingrid Admin lacks for the plan of Exempelbyrån on 2026-11-24\n"
        "-------------------------------------------------------------------------\n"
        "  * program administrator of Annual accounts at 1055 Sandby Bygg & Snickeri AB\n"
        "      who has it already: Margareta Partner\n"
        "  * program administrator of Invoicing at 1056 Dalby Stenhuggeri AB\n"
        "      who has it already: Margareta Partner\n"
        "\n"
        "With these rights, 3 changes that are blocked could be made.\n"
    )


def test_the_document_is_as_the_schema_says(reconciler, example):
    ran = reconciler("rights", "--missing", *DAY, "--format", "json")
    found = document(ran.out)
    assert [
        (line["right"], line["programs"], line["clients"], line["have"]) for line in found["missing"]
    ] == [
        ("system-administrator", [], ["1057", "1058"], ["managing-partner"]),
        ("program-administrator", ["annual-accounts"], ["1055"], ["managing-partner"]),
        ("program-administrator", ["invoicing"], ["1056"], ["managing-partner"]),
    ]
    plan = json.loads(reconciler("plan", *DAY, "--format", "json").out)
    needs = [one for one in plan["blocked"] if one["reason"].startswith("needs-")]
    assert found["blocked"] == sum(one["cells"] for one in needs)
    assert found["blocked-otherwise"] == sum(one["cells"] for one in plan["blocked"]) - found["blocked"]


def test_with_them_nothing_is_blocked_for_lack_of_a_right(reconciler, example):
    """What is missing, given to the operator on the real bureau."""
    found = document(reconciler("rights", "--missing", *DAY, "--format", "json").out)
    rights = ["--system-administrator", ",".join(f"10{n}" for n in [*range(41, 55), *range(59, 65)])]
    rights += ["--program-administrator", "payroll=1055,1056,1057,1058"]
    for line in found["missing"]:
        if line["right"] == "system-administrator":
            rights += ["--system-administrator", ",".join(line["clients"])]
        else:
            rights += ["--program-administrator", f"{','.join(line['programs'])}={','.join(line['clients'])}"]
    ran = reconciler(
        "bureau",
        "operators",
        "rights",
        "it-admin",
        "--bureau",
        "exempelbyran",
        "--database",
        "bureau.db",
        *rights,
    )
    assert ran.code == 0, ran.err
    again = document(reconciler("rights", "--missing", *DAY, "--format", "json").out)
    assert (again["missing"], again["blocked"]) == ([], 0)


@pytest.mark.parametrize("flags", [DAY, ("--client", "1042"), ("--only", "grants")])
def test_what_belongs_to_a_plan_goes_with_missing(reconciler, example, flags, monkeypatch):
    ran = reconciler("rights", *flags)
    assert (ran.code, "goes with --missing" in ran.err) == (64, True)
    monkeypatch.setenv("RECONCILER_AS_OF", "2026-11-24")
    assert reconciler("rights").code == 0


def test_where_the_backend_does_not_tell_of_others_nobody_is_said_to_have_it(
    reconciler, example, monkeypatch
):
    monkeypatch.setenv("RECONCILER_TOKEN", (example / "tokens/payroll-admin.token").read_text())
    ran = reconciler("rights", "--missing", *DAY, "--format", "json")
    assert {line["have"] for line in document(ran.out)["missing"]} == {None}
    assert "already" not in reconciler("rights", "--missing", *DAY).out


def test_what_all_of_them_together_lack(reconciler, team):
    team("ingrid", "pia")
    own = ("bureau", "operators", "rights", "it-admin", "--bureau", "exempelbyran", "--database", "bureau.db")
    assert reconciler(*own, "--system-administrator", "1042").code == 0
    narrow = ("--client", "1042", "--client", "1043", "--client", "1055")
    ran = reconciler("rights", "--missing", "--as", "all", *DAY, *narrow)
    assert ran.out.startswith("Rights that Ingrid Admin and Pia Löneby lack for the plan of Exempelbyrån")
    found = document(reconciler("rights", "--missing", "--as", "all", *DAY, *narrow, "--format", "json").out)
    # what Ingrid lacks less the payroll, which Pia has everywhere
    assert [(line["programs"], line["clients"]) for line in found["missing"]] == [
        (["annual-accounts"], ["1043", "1055"])
    ]
