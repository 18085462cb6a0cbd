"""`request`: a form becomes a rule, or everything that is wrong with it is told and nothing is written."""

from __future__ import annotations

import io
import json
import sys

import jsonschema
import pytest

from reconciler.desired import load
from reconciler.resources import resource
from tests.commands.conftest import DAY

FORM = """\
### Consultants

cecilia.berg@exempelbyran.example

### Clients

1042 Sofielunds Bageri AB

### Programs

Payroll

### Until

2027-02-28

### Reason

helps with the yearly statements
"""


@pytest.fixture
def folder(reconciler, example):
    assert reconciler("register", "pull").code == 0
    (example / "bureau.db").unlink()
    (example / "form.md").write_text(FORM)
    return example


def test_a_form_becomes_a_rule(reconciler, folder):
    ran = reconciler("request", "--from-issue", "form.md", "--number", "12", *DAY)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "wrote rule request-12 into policies/requests.yaml\n"
        "1 person gains access; 1 person gets sensitive programs.\n"
        "title: Access for Cecilia Berg at 1042 Sofielunds Bageri AB until 2027-02-28\n"
        "branch: request/12\n"
    )
    assert (folder / "policies/requests.yaml").read_text() == (
        "# Access that was asked for with a form; “reconciler request” adds a rule for each.\n"
        "\n"
        "access:\n"
        "  request-12:\n"
        "    who: cecilia.berg@exempelbyran.example\n"
        '    clients: ["1042"]\n'
        "    programs: [payroll]\n"
        "    until: 2027-02-28\n"
        "    reason: helps with the yearly statements\n"
    )
    assert reconciler("fmt", "--check").code == 0


def test_the_next_form_leaves_all_that_stands_there(reconciler, folder):
    reconciler("request", "--from-issue", "form.md", "--number", "12", *DAY)
    path = folder / "policies/requests.yaml"
    before = path.read_text().replace("  request-12:", "  # mine\n  request-12: # and this")
    path.write_text(before)
    assert (
        reconciler("request", "--from-issue", "form.md", "--number", "13", "--ticket", "REQ-13", *DAY).code
        == 0
    )
    text = path.read_text()
    assert text.startswith(before)
    assert text[len(before) :].startswith("\n  request-13:\n")
    assert text.endswith("    ticket: REQ-13\n")


def test_the_document_for_a_pipeline(reconciler, folder):
    ran = reconciler("request", "--from-issue", "form.md", "--format", "json", "--check", *DAY)
    found = json.loads(ran.out)
    jsonschema.validate(found, json.loads(resource("schemas/plan.schema.json").read_text("utf-8")))
    assert not found["written"]
    assert not (folder / "policies/requests.yaml").exists()
    assert found["rule"] == "request-cecilia-berg-1042-payroll"
    assert found["branch"] == "request/cecilia-berg-1042-payroll"
    assert (found["consultants"], found["until"], found["changes-access"]) == (
        ["cecilia.berg@exempelbyran.example"],
        "2027-02-28",
        True,
    )


def test_in_swedish(reconciler, folder):
    ran = reconciler("request", "--from-issue", "form.md", "--number", "1", "--lang", "sv", *DAY)
    assert (
        "rubrik: Åtkomst för Cecilia Berg hos 1042 Sofielunds Bageri AB till och med 2027-02-28\n" in ran.out
    )


def test_from_standard_input(reconciler, folder, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FORM.encode())))
    assert reconciler("request", "--from-issue", "-", "--check", *DAY).code == 0


def test_a_title_is_safe_whatever_the_register_holds(reconciler, folder):
    clients = folder / "register/clients.csv"
    name = "$(touch owned) `id` ${{ secrets.X }} \"'; rm -rf * <b>&|! \\ ::error::[x](y)"
    lines = clients.read_text("utf-8").replace("Sofielunds Bageri AB", '"' + name.replace('"', '""') + '"')
    clients.write_text(lines, "utf-8")
    (folder / "form.md").write_text(FORM.replace(" Sofielunds Bageri AB", ""))
    found = json.loads(
        reconciler("request", "--from-issue", "form.md", "--format", "json", "--check", *DAY).out
    )
    assert not set("$`{}\"';*<>&|!\\[]()#\n") & set(found["title"])
    assert found["title"].startswith("Access for Cecilia Berg at 1042 touch owned id")
    assert len(found["title"]) <= 120


def test_what_is_wrong_is_told_and_nothing_is_written(reconciler, folder):
    (folder / "form.md").write_text(FORM.replace("Payroll", "Pay roll\nall").replace("1042 S", "all\n1042 S"))
    before = sorted(path.name for path in (folder / "policies").iterdir())
    ran = reconciler("request", "--from-issue", "form.md", *DAY)
    assert (ran.code, ran.out) == (1, "")
    assert "form.md:7:1: error: there is no client “all”" in ran.err
    assert "form.md:12:1: error: there is no program “Pay roll”" in ran.err
    assert sorted(path.name for path in (folder / "policies").iterdir()) == before


def test_what_cannot_be_done(reconciler, folder):
    def fails(*arguments: str) -> str:
        ran = reconciler("request", "--from-issue", "form.md", *DAY, *arguments)
        assert (ran.code, ran.out) == (1, "")
        return ran.err

    assert "--file takes a name without folders" in fails("--file", "../outside.yaml")
    assert "--file takes a name without folders" in fails("--file", ".hidden.yaml")
    assert "cannot be a ticket" in fails("--ticket", "a\u202eb")
    assert "there is no register" in fails("--register", "nowhere")
    (folder / "policies/braces.yaml").write_text(
        "access: {a: {who: anna.lind@exempelbyran.example, clients: '1042', programs: [payroll]}}\n"
    )
    assert "has no place for a rule" in fails("--file", "braces")
    (folder / "policies/requests.yaml").write_text("bundles: {extra: [payroll]}\n...\n")
    assert "nothing was written" in fails() or "error" in fails()
    assert (folder / "policies/requests.yaml").read_text() == "bundles: {extra: [payroll]}\n...\n"
    (folder / "policies/requests.yaml").unlink()
    assert reconciler("request", "--from-issue", "form.md", "--number", "12", *DAY).code == 0
    assert "there is a rule “request-12” already" in fails("--number", "12")
    (folder / "form.md").write_bytes(b"\xff\xfe")
    assert "form.md" in fails()
    (folder / "form.md").write_text("x" * 1_000_000)
    assert "too large" in fails()
    (folder / "form.md").unlink()
    assert "cannot be read" in fails()


def test_a_rule_that_would_change_another_is_not_written(reconciler, folder):
    path = folder / "policies/requests.yaml"
    rule = "who: anna.lind@exempelbyran.example\n    clients: ['1042']\n    programs: [payroll]\n"
    before = f"access:\n  old:\n    {rule}    reason: |+\n      every empty line below belongs to this\n"
    path.write_text(before)
    ran = reconciler("request", "--from-issue", "form.md", *DAY)
    assert (ran.code, ran.out) == (1, "")
    assert (
        "a rule in policies/requests.yaml would change what else stands there; nothing was written" in ran.err
    )
    assert path.read_text() == before


def test_what_the_rules_give_already_is_said(reconciler, folder):
    (folder / "form.md").write_text(FORM.replace("cecilia.berg", "anna.lind"))
    ran = reconciler("request", "--from-issue", "form.md", "--check", *DAY)
    assert "Nobody gains or loses access.\n" in ran.out


@pytest.mark.parametrize(
    "reason",
    ["x\n    clients: all\n  admin:\n    who: all", "'\"# : {} [] & * ! | > % @ `", "--- !!binary |", "no"],
)
def test_a_reason_never_becomes_yaml(reconciler, folder, reason):
    (folder / "form.md").write_text(FORM.replace("helps with the yearly statements", reason))
    before = set(load(folder / "policies").assignments)
    assert reconciler("request", "--from-issue", "form.md", "--number", "5", *DAY).code == 0
    rules = load(folder / "policies").assignments
    assert set(rules) == before | {"request-5"}
    assert rules["request-5"].value["reason"] == " ".join(reason.split())
    assert rules["request-5"].value["clients"] == ["1042"]
