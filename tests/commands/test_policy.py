"""`reconciler policy test`: the examples beside the expressions, in text and JSON."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

from reconciler.resources import resource
from tests.commands.conftest import DAY

SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))

BODY = """\
guardrails:
  expressions:
    quiet:
      must: access
      message: {en: never}
    temporary-staff:
      action: grant
      must: '!("temporary" in consultant.tags && "payroll" in programs)'
      message: {en: temporary staff run no payrolls, sv: vikarier kör inte löner}
      examples:
        - {allows: {programs: [payroll]}}
        - {denies: {consultant: {tags: [temporary]}, programs: [payroll]}}
"""


def write(folder, body: str) -> None:
    (folder / "policies" / "own.yaml").write_text(body, encoding="utf-8")


def test_the_example_bureau_passes(reconciler, example):
    ran = reconciler("policy", "test")
    assert ran.code == 0
    assert ran.out.endswith("3 examples, all as they must be.\n")


def test_it_needs_no_backend_and_no_configuration(reconciler, tmp_path):
    (tmp_path / "policies").mkdir()
    write(tmp_path, BODY)
    ran = reconciler("policy", "test")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "quiet (policies/own.yaml:3:5)",
        "-----------------------------",
        "  ? it has no examples",
        "",
        "temporary-staff (policies/own.yaml:6:5)",
        "---------------------------------------",
        "  + example 1, allows: it is true",
        "  + example 2, denies: it is false",
        "",
        "2 examples, all as they must be.",
    ]


def test_a_failure_is_told_with_its_place(reconciler, tmp_path):
    (tmp_path / "policies").mkdir()
    write(tmp_path, BODY.replace("denies", "allows"))
    ran = reconciler("policy", "test")
    assert ran.code == 1
    assert (
        "  ! example 2 must be allowed, and is not: it is false\n      policies/own.yaml:12:11\n" in ran.out
    )
    assert ran.out.endswith("1 of 2 examples is not as it must be.\n")


def test_the_document_is_as_the_schema_says(reconciler, tmp_path):
    (tmp_path / "policies").mkdir()
    write(tmp_path, BODY.replace("allows", "denies"))
    ran = reconciler("policy", "test", "--format", "json")
    document = json.loads(ran.out)
    Draft202012Validator(SCHEMA).validate(document)
    assert (ran.code, document["passed"]) == (1, False)
    assert [one["passed"] for one in document["expressions"]] == [True, False]


def test_where_there_are_none(reconciler, tmp_path):
    (tmp_path / "policies").mkdir()
    write(tmp_path, "bureau: exempelbyran\n")
    assert reconciler("policy", "test").out == "There are no expressions under “guardrails”.\n"


def test_a_wrong_expression_stops_every_command_before_anything_is_asked(reconciler, example):
    write(example, BODY.replace("must: access", "must: acces"))
    for command in (("policy", "test"), ("validate", "--offline"), ("plan", *DAY), ("apply", "--yes", *DAY)):
        ran = reconciler(*command)
        assert ran.code == 1
        assert "policies/own.yaml:4:13: error: “acces” is not known here" in ran.out + ran.err
        assert "hint: did you mean “access”?" in ran.out + ran.err


def test_a_name_that_the_register_does_not_know_stops_a_plan(reconciler, example):
    write(example, BODY.replace('"payroll" in', '"payrol" in'))
    for command in (("validate",), ("plan", *DAY)):
        ran = reconciler(*command)
        assert ran.code == 1
        assert "policies/own.yaml:8:50: error: there is no program “payrol”" in ran.out + ran.err


def test_what_it_denies_is_not_applied_and_stays_denied(reconciler, example):
    write(example, BODY.replace("must: access", "must: 'true'"))
    first = reconciler("apply", "--yes", "--client", "1055", *DAY)
    assert "blocked: temporary staff run no payrolls (temporary-staff)" in first.out.replace(
        "\n        ", " "
    )
    again = reconciler("plan", "--client", "1055", "--format", "json", *DAY)
    document = json.loads(again.out)
    Draft202012Validator(SCHEMA).validate(document)
    assert document["operations"] == []
    (held,) = [one for one in document["blocked"] if one["guardrail"] == "temporary-staff"]
    assert (held["reason"], held["consultants"]) == ("expression", ["fia.temp@exempelbyran.example"])
    assert document["messages"] == {
        "temporary-staff": {"en": "temporary staff run no payrolls", "sv": "vikarier kör inte löner"}
    }
    told = reconciler("explain", "Fia", "1055", "--lang", "sv", *DAY)
    assert "vikarier kör inte löner (temporary-staff)" in told.out
