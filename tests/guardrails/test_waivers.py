"""Waivers in a plan: which one accepts what, and which accepts nothing; in a plan of a part nobody is told of others."""

from __future__ import annotations

import pytest

from reconciler.desired import load, pick, resolve
from reconciler.guardrails import Fate
from reconciler.plan import build
from reconciler.plan.focus import Focus, narrow
from tests.support.policies import DAY, small_register, write
from tests.support.worlds import access, current

REG = small_register()
HELD = [("anna@x.se", "1041", "books"), ("anna@x.se", "1041", "pay"), ("bo@x.se", "1042", "books")]

TEXT = """
manage: {{unlisted: {unlisted}, taken-over: byra}}
access:
  books: {{who: [anna@x.se, bo@x.se], clients: ["1041", "1042"], programs: [books]}}
  cover: {{who: cia@x.se, clients: ["1061"], programs: [bills]}}
guardrails:
  never-together: {{four-eyes: [books, pay]}}
  require: {{case: {{programs: [bills], ticket: X}}}}
waivers:
  w: {{guardrail: {guardrail}, who: {who}, clients: "{where}", reason: x, approved-by: board, until: 2027-12-31}}
"""


def plan(tmp_path, *, unlisted="report", who="all", where="all", guardrail="four-eyes", clients=()):
    text = TEXT.format(unlisted=unlisted, who=who, where=where, guardrail=guardrail)
    policy = load(write(tmp_path, policy=text))
    focus = Focus(*pick(policy, REG, [], list(clients)))
    said = narrow(resolve(policy, REG, DAY), focus)
    return build(said, current(REG, access(REG, *HELD)), DAY)


def idle(of) -> bool:
    return any(finding.code == "idle-waiver" for finding in of.findings)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Anna has both at 1041; Cia's rule has no ticket
        ({}, False),
        ({"where": "1041"}, False),
        ({"where": "1042"}, True),
        ({"who": "bo@x.se"}, True),
        ({"guardrail": "case"}, False),
        ({"guardrail": "case", "who": "cia@x.se", "where": "1061"}, False),
        ({"guardrail": "case", "where": "1041"}, True),
        # what the plan ends is accepted until it is done
        ({"unlisted": "remove"}, False),
    ],
)
def test_a_waiver_that_accepts_nothing_is_told(tmp_path, change, expected):
    assert idle(plan(tmp_path, **change)) == expected


def test_a_plan_of_a_part_tells_of_that_part_alone(tmp_path):
    elsewhere = plan(tmp_path, who="bo@x.se", clients=["1042"])
    assert elsewhere.violations == ()
    assert not idle(elsewhere)
    (there,) = plan(tmp_path, who="bo@x.se", clients=["1041"]).violations
    assert (there.guardrail, there.fate, there.waiver) == ("four-eyes", Fate.LASTS, None)


def test_the_first_waiver_by_name_is_the_one_that_accepts(tmp_path):
    text = TEXT.format(unlisted="report", who="all", where="all", guardrail="four-eyes")
    more = "  a: {guardrail: four-eyes, who: bo@x.se, clients: all, reason: y, approved-by: me, until: 2027-12-31}\n"
    said = resolve(load(write(tmp_path, policy=text + more)), REG, DAY)
    have = [*HELD, ("bo@x.se", "1042", "pay")]
    found = build(said, current(REG, access(REG, *have)), DAY).violations
    assert [(one.waiver.waiver, one.waiver.reason, one.blocks[0].consultants) for one in found] == [
        ("a", "y", (REG.consultants.names.id("bo@x.se"),)),
        ("w", "x", (REG.consultants.names.id("anna@x.se"),)),
    ]
