"""Remarks, as each format tells them: checked against what the forges publish of it, and within their limits."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator, Draft202012Validator

from reconciler.errors import Finding, GuardrailRefused, InputError, Message, Position, Severity
from reconciler.formats.catalogue import catalogue
from reconciler.formats.remarks import Level, Remark, error_remarks, finding_remarks, remarks_as
from reconciler.formats.remarks.remark import fingerprints

EN = catalogue("en")
HERE = Path(__file__).parents[2] / "schemas"
SARIF = Draft7Validator(json.loads((HERE / "sarif-2.1.0.json").read_text("utf-8")))
LINES = {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}
GITLAB = Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "minLength": 1},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {"path": {"type": "string", "pattern": r"^(?!\./)."}, "lines": LINES},
                },
            },
        },
    }
)
"""What GitLab's documentation says of each field."""

ANNOTATION = re.compile(
    r"::(error|warning|notice)"
    r"(?: (?:file=([^:,\r\n]*),line=([0-9]+),col=([0-9]+),)?title=([^:,\r\n]*))?::([^\r\n]*)"
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FINDINGS = st.builds(
    Finding,
    code=st.sampled_from(["unknown-key", "duplicate-key"]),
    message=TEXTS.map(lambda text: Message("“{it}” is wrong", it=text)),
    position=st.none() | st.builds(Position, TEXTS.map(lambda text: f"p/{text}"), st.integers(1, 9), st.integers(1, 9)),
    hint=st.none() | TEXTS.map(lambda text: Message("try {it}", it=text)),
    severity=st.sampled_from(Severity),
    also=st.lists(st.builds(Position, st.just("policies/a.yaml"))).map(tuple),
)  # fmt: skip


def remark(number=1, level=Level.ERROR, rule="duplicate-key", **changes):
    place = Position("policies/a.yaml", number, 3)
    return Remark(level, rule, f"wrong {number}", (f"identity {number}",), place, **changes)


def decoded(text):
    """As the runner reads what is escaped."""
    return re.sub("%([0-9A-F]{2})", lambda code: chr(int(code[1], 16)), text)


def read_annotations(text):
    found = [ANNOTATION.fullmatch(line) for line in text.splitlines()]
    assert all(found), text
    return [[part and decoded(part) for part in one.groups()] for one in found]


@given(st.lists(FINDINGS))
def test_sarif_is_valid_whatever_is_told(findings):
    log = json.loads(remarks_as(finding_remarks(findings, EN), "sarif", EN))
    SARIF.validate(log)
    run = log["runs"][0]
    assert len(run["results"]) == len(findings)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9_.~%/-]+", uri)


@given(st.lists(FINDINGS))
def test_the_code_quality_report_is_valid_and_every_fingerprint_is_one_of_its_own(findings):
    issues = json.loads(remarks_as(finding_remarks(findings, EN), "gitlab", EN))
    GITLAB.validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(findings)


@given(st.lists(FINDINGS, max_size=8))
def test_each_annotation_is_one_line_that_the_runner_reads_as_it_was_meant(findings):
    read = read_annotations(remarks_as(finding_remarks(findings, EN), "github", EN))
    remarks = finding_remarks(findings, EN)
    told = [
        f"{one.message}\nhint: {one.hint}" if one.hint else one.message
        for level in Level for one in remarks if one.level is level
    ]  # fmt: skip
    assert [one[5] for one in read] == told


def test_what_an_annotation_says():
    text = remarks_as(
        [replace(remark(8), position=Position("a:b,c%.yaml", 8, 3), hint="50 % of it")], "github", EN
    )
    assert text == (
        "::error file=a%3Ab%2Cc%25.yaml,line=8,col=3,title=duplicate-key::wrong 8%0Ahint: 50 %25 of it\n"
    )


@pytest.mark.parametrize(("count", "lines", "last"), [(10, 10, "wrong 10"), (11, 10, "2 more errors"), (500, 10, "491 more errors")])  # fmt: skip
def test_of_a_kind_there_are_ten_annotations_and_the_last_says_how_many_more(count, lines, last):
    read = read_annotations(remarks_as([remark(n) for n in range(1, count + 1)], "github", EN))
    assert len(read) == lines
    assert read[-1][5] == last


def test_all_kinds_together_stay_below_what_a_job_may_have():
    remarks = [remark(n, level) for n in range(1, 100) for level in Level]
    read = read_annotations(remarks_as(remarks, "github", EN))
    assert [one[0] for one in read] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10


def test_nothing_to_tell():
    assert remarks_as([], "github", EN) == ""
    assert json.loads(remarks_as([], "gitlab", EN)) == []
    log = json.loads(remarks_as([], "sarif", EN))
    SARIF.validate(log)
    assert log["runs"][0]["results"] == []


def test_of_very_many_results_the_worst_are_shown_and_the_rest_is_told_of():
    remarks = [remark(n, Level.NOTE) for n in range(1, 5_001)] + [remark(n) for n in range(1, 4)]
    log = json.loads(remarks_as(remarks, "sarif", EN))
    SARIF.validate(log)
    run = log["runs"][0]
    assert [one["level"] for one in run["results"]] == ["error"] * 3 + ["note"] * 4_997
    assert [one["message"]["text"] for one in run["invocations"][0]["toolExecutionNotifications"]] == [
        "3 more results are left out."
    ]


@given(st.lists(FINDINGS, max_size=5), st.integers(1, 1_000))
def test_a_fingerprint_stays_when_lines_move_and_in_every_language(findings, by):
    moved = [
        one if one.position is None
        else replace(one, position=replace(one.position, line=one.position.line + by))
        for one in findings
    ]  # fmt: skip
    before = list(fingerprints(finding_remarks(findings, EN)))
    assert list(fingerprints(finding_remarks(moved, catalogue("sv")))) == before


def test_two_ways_to_cut_a_text_are_two_fingerprints():
    one, other = replace(remark(), identity=("ab", "c")), replace(remark(), identity=("a", "bc"))
    assert len(set(fingerprints([one, other]))) == 2


def test_an_error_is_told_by_its_findings_or_by_itself():
    finding = Finding("unknown-key", Message("wrong"), Position("a.yaml"))
    assert [one.rule for one in error_remarks(InputError.of([finding]), EN)] == ["unknown-key"]
    error = GuardrailRefused(Message("the bureau is empty"), Message("look"))
    assert error_remarks(error, EN) == [
        Remark(Level.ERROR, "failed", "the bureau is empty", ("the bureau is empty",), hint="look")
    ]


def test_paths_are_those_of_the_repository(tmp_path, monkeypatch):
    work = tmp_path / "repo" / "access"
    (work / "policies").mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    monkeypatch.chdir(work)

    def path(file):
        remarks = [replace(remark(), position=Position(file))]
        said = json.loads(remarks_as(remarks, "sarif", EN))["runs"][0]["results"][0]
        where = said["locations"][0]["physicalLocation"]["artifactLocation"]
        return where["uri"], json.loads(remarks_as(remarks, "gitlab", EN))[0]["location"]["path"]

    assert path("policies/a.yaml") == ("access/policies/a.yaml",) * 2
    assert path("../b.yaml") == ("b.yaml",) * 2
    assert path(str(work / "å b.yaml")) == ("access/%C3%A5%20b.yaml", "access/å b.yaml")
    assert path("/etc/x.yaml") == ("file:///etc/x.yaml", "/etc/x.yaml")
