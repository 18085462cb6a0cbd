"""What the audit log answers, as an auditor reads it, as machines read it, and as Excel opens it."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from reconciler.apply import Item
from reconciler.audit.chain import Head
from reconciler.audit.entries import Approval, ApprovalKind, plan_refused, run_begun
from reconciler.audit.select import Asked, Became, select
from reconciler.audit.verify import Verdict
from reconciler.errors import Message
from reconciler.formats import show_audit
from reconciler.formats.audit import verdict_document
from reconciler.formats.catalogue import catalogue
from reconciler.grid import OperationKind, Outcome
from reconciler.guardrails import Refusal
from reconciler.resources import resource
from tests.audit.runs import AT, SOURCE, run_of, small_plan

SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))


def told(entries, form="text", language="en", *, full=False, **asked):
    found = select(enumerate(entries, 1), Asked(**asked))
    pieces = list(show_audit(found, form, catalogue(language), full=full))
    return b"".join(pieces) if form == "csv" else "".join(pieces)


def refused_everything(order):
    return [
        Item(consultant, client, access=order.kind is not OperationKind.REMOVE_PROGRAMS, programs=order.programs,
             outcome=Outcome.REFUSED, reason="needs-system-administrator")
        for consultant in order.consultants
        for client in order.clients
    ]  # fmt: skip


def test_an_auditor_reads_who_what_when_on_whose_approval_and_why():
    entries = run_of(small_plan())
    source = replace(SOURCE, ci_actor="octocat", ci_run="https://ci.example/7", dirty=True)
    approval = Approval(ApprovalKind.FILE, "chief@x.example", "plan.json", ("removals=120",))
    entries[0] = run_begun(small_plan(), "run-1", AT, source, approval)
    digest = entries[0]["plan"]
    assert (
        told(entries)
        == f"""\
Run run-1 at test
-----------------
  operator: me
  started by ingrid on build-7
  in a pipeline, for octocat: https://ci.example/7
  plan: {digest}
  commit: cccccccccccccccccccccccccccccccccccccccc, with changes that were not
  committed
  approved: by a plan file (plan.json), signed by chief@x.example
  limits that were overruled: removals=120
  + anna and bo
      at 2 clients: 1042 and 1055
      access to the client, and the programs: payroll
      2026-11-24 23:30:00: done
      rule: rule (covers for Eva; BYR-7; until 2027-03-31)
  - cy
      at 1055
      access to the client, and with it: books
      2026-11-24 23:30:00: done

  Ended 2026-11-24 23:30:00.
  Result: 10 done, 0 already so, 0 refused, 0 failed.
  Left: 10 changes to be made, 0 blocked.
"""
    )


def test_a_refused_plan_and_no_answer():
    refusal = Refusal("removals", 120, 20, Message("too much would be removed"))
    text = told([plan_refused(small_plan().refused((refusal,)), AT, SOURCE)])
    assert text.startswith("Plan refused at test, 2026-11-24 23:30:00\n")
    assert "\n  ! removals: too much would be removed" in text.replace("\n    ", " ")
    assert told([]) == "The log tells of no such thing.\n"


def test_what_was_refused_is_marked_with_its_reason():
    text = told(run_of(small_plan(), told=refused_everything))
    assert "  ! anna and bo\n" in text
    assert "refused: needs a system administrator at the client\n" in text


def test_another_run_is_named_anew():
    mixed = [
        entry
        for pair in zip(run_of(small_plan(), "one"), run_of(small_plan(), "two"), strict=True)
        for entry in pair
    ]
    heads = [line for line in told(mixed).splitlines() if line.startswith("Run ")]
    assert heads == ["Run one at test", "Run two at test"] * (len(heads) // 2)


def test_long_lists_are_folded_unless_they_are_wanted_whole():
    plan = small_plan()

    def many(order):
        people = [f"k{i:02}" for i in range(30)]
        return [
            Item(who, "1042", access=False, programs=("payroll",), outcome=Outcome.DONE, reason=None)
            for who in people
        ]

    entries = run_of(plan, told=many)
    assert "k00, k01, k02 and 27 more" in told(entries)
    assert "k29" in told(entries, full=True)


def test_in_swedish():
    text = told(run_of(small_plan()), language="sv")
    assert text.startswith("Körning run-1 hos test\n")
    assert f"2026-11-24 23:30:00: {catalogue('sv')('done')}" in text


@pytest.mark.parametrize("entries", [[], run_of(small_plan()), run_of(small_plan(), told=refused_everything)])
def test_as_json_it_is_what_the_schema_says(entries):
    refused = plan_refused(small_plan(), AT, SOURCE)
    document = json.loads(told([*entries, refused], "json"))
    Draft202012Validator(SCHEMA).validate(document)
    assert [one["run"] for one in document["runs"]] == (["run-1"] if entries else [])
    assert len(document["ended"]) == bool(entries)
    assert document["refused"][0]["plan"] == refused["plan"]
    cells = sum(
        len(one["consultants"]) * len(one["clients"]) * (len(one["programs"]) + one["access"])
        for one in document["results"]
    )
    assert cells == sum(sum(entry["outcomes"].values()) for entry in entries if entry["event"] == "result")


def test_the_run_of_an_answer_is_told_even_where_only_results_are_asked_for():
    document = json.loads(told(run_of(small_plan()), "json", clients=frozenset({"1042"})))
    assert [one["operator"] for one in document["runs"]] == ["me"]
    assert document["ended"] == []


def read(raw, separator):
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(
        csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), delimiter=separator, strict=True)
    )


@pytest.mark.parametrize(("language", "separator"), [("en", ","), ("sv", ";")])
def test_as_a_table_it_has_a_row_for_each_consultant_client_and_program(language, separator):
    rows = read(told(run_of(small_plan()), "csv", language), separator)
    assert len({len(row) for row in rows}) == 1
    assert len(rows) == 1 + 10
    named = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    if language == "en":
        one = next(
            row
            for row in named
            if (row["consultant"], row["client"], row["program"]) == ("anna", "1042", "payroll")
        )
        assert one["when"] == "2026-11-24 23:30:00"
        assert one["operator"] == "me"
        assert one["outcome"] == "done"
        assert (one["rules"], one["reason"], one["ticket"]) == ("rule", "covers for Eva", "BYR-7")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_the_table_is_a_formula(start):
    entries = run_of(small_plan(reason=f"{start}1", rule=f"{start}2"), f"{start}3")
    entries[0] |= {"operator": f"{start}4", "user": f"{start}5"}
    rows = read(told(entries, "csv"), ",")
    assert not [one for row in rows[1:] for one in row if one.startswith(start)]
    assert f"'{start}4" in [one.replace(r"\x09", "\t") for one in rows[1]]


def test_a_verdict_as_a_document():
    document = verdict_document(Verdict(Head(3, "a" * 64), (), (), anchored=True))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["head"] == "3:" + "a" * 64


def test_only_what_nobody_knows_of():
    entries = run_of(small_plan())
    cut = [entry for entry in entries if entry["event"] in {"run-begun", "operation"}]
    text = told(cut, became=frozenset({Became.UNKNOWN}))
    assert text.count("nobody was told what became of it") == len(cut) - 1
