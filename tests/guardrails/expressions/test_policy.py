"""Expressions of a policy folder: what is wrong is told with its place in the file, and names are checked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from reconciler.desired import load, resolve
from reconciler.errors import InputError, Severity
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.guardrails.expressions.policy import check, check_names, run_examples

DAY = dt.date(2026, 11, 24)

REG = Register(
    bureau="test",
    label="Test",
    timezone="Europe/Stockholm",
    consultants=Consultants.build(
        [
            Consultant("anna", "Anna", tags=("authorised",), teams=("malmo",), leads=("malmo",)),
            Consultant("bo", "Bo"),
        ]
    ),
    clients=Clients.build([Client("1042", "Ett AB", tags=("audit",), team="malmo")]),
    programs=Programs.build([Program("books"), Program("payroll"), Program("bank", in_package=False)]),
)


def policy(tmp_path: Path, body: str):
    (tmp_path / "guardrails.yaml").write_text(body, encoding="utf-8")
    return load(tmp_path)


def expression(must: str) -> str:
    return f"guardrails:\n  expressions:\n    demand:\n      must: {must}\n      message: {{en: no}}\n"


def found(call) -> list[tuple[str, int, int, str]]:
    with pytest.raises(InputError) as caught:
        call()
    return [(f.code, f.position.line, f.position.column, str(f.message)) for f in caught.value.findings]


@pytest.mark.parametrize(
    ("must", "line", "column"),
    [
        ('actio == "grant"', 4, 13),
        ("'actio == \"grant\"'", 4, 14),
        ("\"true && actio == 'grant'\"", 4, 22),
        ('|\n        true &&\n          actio == "grant"', 6, 11),
        ('>-  # why\n        true &&\n        actio == "grant"', 6, 9),
    ],
)
def test_a_wrong_expression_is_told_with_its_place(tmp_path, must, line, column):
    said = policy(tmp_path, expression(must))
    assert found(lambda: check(said)) == [("bad-expression", line, column, "“actio” is not known here")]


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    said = policy(
        tmp_path,
        "guardrails:\n  expressions:\n"
        "    one: {must: acces, message: {en: no}}\n"
        "    two: {must: 'date < \"2027-01-01\" && actio', message: {en: no}}\n",
    )
    places = [(line, column) for _, line, column, _ in found(lambda: check(said))]
    assert places == [(3, 17), (4, 23), (4, 41)]


def test_a_rule_that_there_is_not(tmp_path):
    body = "access:\n  cover: {who: all, clients: all, programs: []}\n"
    body += expression('\'rules.exists(r, r.name == "covers") || rules.all(r, r.name != "cover")\'')
    assert found(lambda: check(policy(tmp_path, body))) == [
        ("unknown-rule", 6, 40, "there is no rule “covers”")
    ]


@pytest.mark.parametrize(
    ("example", "line", "column"),
    [("{allows: {date: 2027-02-30}}", 7, 27), ("{denies: {rules: [{until: 2027-02-30}]}}", 7, 37)],
)
def test_a_day_that_there_is_not_in_an_example(tmp_path, example, line, column):
    said = policy(tmp_path, f"{expression('access')}      examples:\n        - {example}\n")
    assert found(lambda: check(said)) == [("no-such-day", line, column, "there is no day 2027-02-30")]


@pytest.mark.parametrize(
    ("example", "code", "message"),
    [
        ("{allows: {program: [a]}}", "unknown-key", "“program” is not known here"),
        ("{allows: {consultant: {tag: a}}}", "unknown-key", "“tag” is not known here"),
        ("{allows: {client: {active: true}}}", "unknown-key", "“active” is not known here"),
        ("{allows: {rules: [{name: a, ends: 2027-01-01}]}}", "unknown-key", "“ends” is not known here"),
        ("{allows: {action: take}}", "not-a-choice", "“take” is not one of: grant, remove"),
        ("{allows: {access: maybe}}", "not-a-choice", "“maybe” is not one of: true, false"),
        ("{allows: {date: soon}}", "bad-value", "“soon” is not a date"),
        ("{allows: {}, denies: {}}", "one-key", "“examples” takes exactly one of: allows, denies"),
        ("{permits: {}}", "unknown-key", "“permits” is not known here"),
        ("{allows: }", "empty-value", "nothing stands in “allows”"),
    ],
)
def test_an_example_that_says_what_is_not_known(tmp_path, example, code, message):
    with pytest.raises(InputError) as caught:
        policy(tmp_path, f"{expression('access')}      examples:\n        - {example}\n")
    told = [(finding.code, str(finding.message)) for finding in caught.value.findings]
    assert (code, message) in told
    assert all(finding.position.line == 7 for finding in caught.value.findings)


@pytest.mark.parametrize(
    ("must", "code", "message", "hint"),
    [
        (
            '"payrol" in programs',
            "unknown-program",
            "there is no program “payrol”",
            "did you mean “payroll”?",
        ),
        (
            'held == ["x"] || "banc" in held',
            "unknown-program",
            "there is no program “banc”",
            "did you mean “bank”?",
        ),
        (
            'result.exists(p, p == "bok")',
            "unknown-program",
            "there is no program “bok”",
            "did you mean “books”?",
        ),
        (
            'consultant.key == "ana"',
            "unknown-consultant",
            "there is no consultant “ana”",
            "did you mean “anna”?",
        ),
        ('client.key in ["1043"]', "unknown-client", "there is no client “1043”", "did you mean “1042”?"),
        ('"malmoe" in client.teams', "unknown-team", "there is no team “malmoe”", "did you mean “malmo”?"),
        ('"malmö" in consultant.leads', "unknown-team", "there is no team “malmö”", "did you mean “malmo”?"),
    ],
)
def test_a_name_that_there_is_not(tmp_path, must, code, message, hint):
    said = policy(tmp_path, expression(f"'{must}'"))
    check(said)
    desired = resolve(said, REG, DAY)
    with pytest.raises(InputError) as caught:
        check_names(said, REG, desired)
    (finding,) = caught.value.findings
    assert (finding.code, str(finding.message), str(finding.hint)) == (code, message, hint)
    assert finding.excerpt[finding.position.column - 1 :].startswith('"')


@pytest.mark.parametrize("must", ['"tempory" in consultant.tags', 'client.tags.exists(t, t == "audits")'])
def test_a_tag_that_nobody_has_is_a_warning(tmp_path, must):
    said = policy(tmp_path, expression(f"'{must}'"))
    (finding,) = check_names(said, REG, resolve(said, REG, DAY)).findings
    assert (finding.code, finding.severity) == ("unknown-tag", Severity.WARNING)


def test_names_that_there_are(tmp_path):
    body = "renames: {consultants: {berta: bo}}\nteams: {lund: {members: [anna]}}\n" + expression(
        """'consultant.key in ["anna", "berta"] && "lund" in consultant.teams && "bank" in held && client.key == "1042"'"""
    )
    said = policy(tmp_path, body)
    check(said)
    codes = [finding.code for finding in check_names(said, REG, resolve(said, REG, DAY)).findings]
    assert codes == ["rename-pending"]


def test_the_old_key_of_somebody_who_is_renamed_is_one_that_there_is_not(tmp_path):
    said = policy(tmp_path, "renames: {consultants: {berta: bo}}\n" + expression('consultant.key != "bo"'))
    codes = [code for code, *_ in found(lambda: check_names(said, REG, resolve(said, REG, DAY)))]
    assert codes == ["rename-pending", "unknown-consultant"]


def test_without_expressions_nothing_is_looked_at(tmp_path):
    said = policy(tmp_path, "bureau: test\n")
    check(said)
    desired = resolve(said, REG, DAY)
    assert check_names(said, REG, desired) is desired
    assert run_examples(said) == ()


def test_the_examples_are_tried_with_their_places(tmp_path):
    said = policy(
        tmp_path,
        expression("'\"payroll\" in programs'")
        + "      examples:\n        - {allows: {programs: [payroll]}}\n        - denies: {programs: payroll}\n",
    )
    (tried,) = run_examples(said)
    assert (tried.name, tried.position.line, tried.passed) == ("demand", 3, False)
    assert [(one.position.line, one.position.column, one.passed) for one in tried.outcomes] == [
        (7, 11, True),
        (8, 11, False),
    ]
