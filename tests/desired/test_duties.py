"""Sets of programs, requirements and waivers as YAML: what they mean, what is wrong, and what rules contradict."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.desired import load
from reconciler.desired.guardrails import EVERY_PROGRAM
from reconciler.guardrails.offline import review_offline
from reconciler.guardrails.review import TOLD, review
from tests.support.policies import DAY, complaints, desired, small_register, told, write

REG = small_register()


def mask(*programs: str) -> int:
    return sum(1 << REG.programs.names.id(program) for program in programs)


def test_sets_may_use_bundles_and_programs_outside_the_package(tmp_path):
    text = """
bundles: {office: [books, bills]}
guardrails:
  never-together:
    listed: [books, bank]
    written-out: {programs: [+office, pay], reason: four eyes}
    every: [all]
"""
    found = desired(tmp_path, text).guardrails.never_together
    assert [(one.name, one.programs, one.reason, one.position.line) for one in found] == [
        ("every", mask("books", "pay", "bills"), "", 7),
        ("listed", mask("books", "bank"), "", 5),
        ("written-out", mask("books", "pay", "bills"), "four eyes", 6),
    ]


def test_what_rules_must_carry(tmp_path):
    text = """
guardrails:
  require:
    a: {programs: [pay], ticket: "BYR-[0-9]+"}
    b: {above: 10, reason: true, until-within: 90}
    c: {reason: false}
"""
    found = desired(tmp_path, text).guardrails.require
    assert [(r.programs, r.above, r.reason, r.ticket, r.until_within) for r in found] == [
        (mask("pay"), None, False, "BYR-[0-9]+", None),
        (EVERY_PROGRAM, 10, True, "", 90),
        (EVERY_PROGRAM, None, False, "", None),
    ]


WAIVER = """
guardrails: {{never-together: {{four-eyes: [books, pay]}}}}
waivers:
  w:
    guardrail: {guardrail}
    who: {who}
    clients: "tag:audit"
    reason: agreed
    approved-by: {by}
    until: {until}
"""


def waiver(guardrail="four-eyes", who="team:malmo", by="cia@x.se", until="2027-01-15") -> str:
    return WAIVER.format(guardrail=guardrail, who=who, by=by, until=until)


def test_a_waiver_counts_on_its_last_day_and_not_on_the_next(tmp_path):
    text = waiver(until=DAY.isoformat())
    (found,) = desired(tmp_path, text).guardrails.waivers
    assert (found.name, found.guardrail, found.reason, found.approved_by, found.until) == (
        "w", "four-eyes", "agreed", "cia@x.se", DAY,
    )  # fmt: skip
    assert [REG.consultants.names[i] for i in found.consultants.nonzero()[0]] == [
        "anna@x.se",
        "bo@x.se",
        "dan@x.se",
    ]
    assert [REG.clients.names[i] for i in found.clients.nonzero()[0]] == ["1051", "1052"]
    assert desired(tmp_path, text, on=date(2027, 1, 16)).guardrails.waivers == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"guardrail": "four-eye"},
            "unknown-guardrail: there is no guardrail “four-eye” (did you mean “four-eyes”?)",
        ),
        ({"who": "bo@x.se", "by": "bo@x.se"}, "own-waiver: bo@x.se approves what is waived for bo@x.se"),
        ({"who": "[anna@x.se, bo@x.se]", "by": "bo@x.se"}, "own-waiver: bo@x.se approves"),
        ({"until": "2027-02-30"}, "no-such-day: there is no day 2027-02-30"),
        (
            {"who": "bo@x.see"},
            "unknown-consultant: there is no consultant “bo@x.see” (did you mean “bo@x.se”?)",
        ),
        ({"who": "each-team"}, "misplaced-selector"),
    ],
)
def test_what_is_wrong_with_a_waiver(tmp_path, change, expected):
    (found,) = complaints(write(tmp_path, policy=waiver(**change)), REG)
    assert expected in found


def test_whoever_approves_is_nobody_whom_it_is_for_by_any_selector(tmp_path):
    (found,) = complaints(write(tmp_path, policy=waiver(by="anna@x.se")), REG)
    assert found.startswith("policy.yaml:9:18 own-waiver: anna@x.se approves what is waived for anna@x.se")
    # somebody outside of the register may approve, and what has ended is held to the same
    assert complaints(write(tmp_path, policy=waiver(by="the board")), REG) == []
    assert len(complaints(write(tmp_path, policy=waiver(by="dan@x.se", until="2020-01-01")), REG)) == 1


@pytest.mark.parametrize("missing", ["guardrail", "who", "clients", "reason", "approved-by", "until"])
def test_a_waiver_says_everything(tmp_path, missing):
    lines = [line for line in waiver().splitlines() if not line.strip().startswith(f"{missing}:")]
    (found,) = complaints(write(tmp_path, policy="\n".join(lines) + "\n"))
    assert f"missing-key: “w” has no “{missing}”" in found


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("never-together: {x: [pay]}", "too-few-programs"),
        ("never-together: {x: [pay, pay]}", "too-few-programs"),
        ("never-together: {x: [+one]}", "too-few-programs"),
        (
            "never-together: {x: [pay, pya]}",
            "unknown-program: there is no program “pya” (did you mean “pay”?)",
        ),
        ("never-together: {x: [pay, +two]}", "unknown-bundle"),
        ("require: {x: {programs: [pya], reason: true}}", "unknown-program"),
        ("require: {x: {programs: [bank], reason: true}}", "outside-package"),
        ("require: {x: {programs: [+two], reason: true}}", "unknown-bundle"),
        ('require: {x: {ticket: "(a"}}', "bad-pattern"),
        (
            "never-together: {x: [pay, books]}\n  require: {x: {reason: true}}",
            "defined-twice: x is defined twice",
        ),
    ],
)
def test_what_is_wrong_with_a_guardrail(tmp_path, section, expected):
    text = f"bundles: {{one: [pay]}}\nguardrails:\n  {section}\n"
    found = complaints(write(tmp_path, policy=text), REG)
    assert any(expected in line for line in found), found


SETS = """
bundles: {office: [books, bills]}
guardrails: {never-together: {four-eyes: [books, pay]}}
never: {no-audit: {who: all, clients: "tag:audit", programs: [pay]}}
access:
"""


def both(tmp_path, rules: str) -> tuple[list[str], list[str]]:
    """What is told of rules without a register, and with one."""
    text = SETS + rules
    policy = load(write(tmp_path, policy=text))
    offline = [told(one, tmp_path) for one in review_offline(policy, DAY)]
    return offline, [told(one, tmp_path) for one in review(desired(tmp_path, text), DAY)]


GIVES = "“four-eyes” says that nobody may hold this together, and the rules give it"


@pytest.mark.parametrize(
    ("rules", "offline", "online"),
    [
        # one rule alone, by name, by bundle, by all
        ("  a: {who: all, clients: all, programs: [books, pay]}", "a", "12 pairs: a"),
        ("  a: {who: anna@x.se, clients: ['1041'], programs: [+office, pay]}", "a", "1 pair: a"),
        ("  a: {who: anna@x.se, clients: ['1041'], programs: all}", "a", "1 pair: a"),
        # two that meet: the same, a lead among the members, a part of a selector, everybody
        (("  a: {who: team:malmo, clients: team:malmo, programs: [books]}\n"
         "  b: {who: team:malmo.lead, clients: team:malmo & tag:payroll, programs: [pay]}"), "a, b", "1 pair: a, b"),
        (("  a: {who: each-team, clients: team:self, programs: [books]}\n"
         "  b: {who: each-team.lead, clients: team:self, programs: [pay]}"), "a, b", "2 pairs: a, b"),
        (("  a: {who: all, clients: all, programs: [books]}\n"
         "  b: {who: [bo@x.se], clients: ['1041', '1042'], programs: [pay]}"), "a, b", "2 pairs: a, b"),
        (("  a: {who: '!tag:authorised', clients: all, programs: [books]}\n"
         "  b: {who: '!tag:authorised', clients: ['1041'], programs: [pay]}"), "a, b", "2 pairs: a, b"),
        # two that only the register can tell of
        (("  a: {who: team:malmo, clients: all, programs: [books]}\n"
         "  b: {who: anna@x.se, clients: ['1041'], programs: [pay]}"), None, "1 pair: a, b"),
        # two that do not meet
        (("  a: {who: team:malmo, clients: ['1041'], programs: [books]}\n"
         "  b: {who: team:malmo, clients: ['1042'], programs: [pay]}"), None, None),
        # exceptions, denials and days
        ("  a: {who: all, clients: all, programs: all, except: {programs: [pay]}}", None, None),
        ("  a: {who: all, clients: 'tag:audit', programs: [books, pay]}", "a", None),
        ("  a: {who: all, clients: all, programs: [books, pay], until: 2026-01-01, reason: x}", None, None),
        (("  a: {who: all, clients: ['1041'], programs: [books, bills], except: {who: bo@x.se}}\n"
         "  b: {who: bo@x.se, clients: ['1041'], programs: [pay]}"), None, None),
    ],
)  # fmt: skip
def test_rules_that_give_a_set_together(tmp_path, rules, offline, online):
    found = both(tmp_path, rules)
    for lines, expected in zip(found, (offline, online), strict=True):
        assert len(lines) == (expected is not None), lines
        if expected is not None:
            where = ": " if expected == offline else " at "
            assert f"{GIVES}{where}{expected} (what would complete" in lines[0]


def test_what_a_waiver_accepts_is_no_contradiction(tmp_path):
    rules = "  a: {who: team:malmo, clients: 'tag:payroll', programs: [books, pay]}\n"
    waived = """
waivers:
  w: {guardrail: four-eyes, who: [anna@x.se, bo@x.se], clients: all, reason: x, approved-by: cia@x.se, until: 2027-12-31}
"""
    assert "at 3 pairs" in both(tmp_path, rules)[1][0]
    assert "at 1 pair:" in both(tmp_path, rules + waived)[1][0]


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ("ticket: BYR-1, until: 2027-02-14, reason: x", None),
        ("", "a reason; a ticket; an end, by 2027-02-14 at the latest"),
        ("ticket: BYR-1, until: 2027-02-15, reason: x", "an end, by 2027-02-14 at the latest"),
        ("ticket: see BYR-1, until: 2027-02-14, reason: x", "a ticket that fits BYR-[0-9]+"),
        ("reason: '  '", "a reason; a ticket; an end, by 2027-02-14 at the latest"),
        # what starts later is counted from its first day
        ("ticket: BYR-1, from: 2027-02-01, until: 2027-03-03, reason: x", None),
        (
            "ticket: BYR-1, from: 2027-02-01, until: 2027-03-04, reason: x",
            "an end, by 2027-03-03 at the latest",
        ),
        ("until: 2026-12-31, reason: x", None),
    ],
)
def test_what_a_rule_lacks(tmp_path, rule, missing):
    text = f"""
guardrails:
  require:
    pay-out: {{programs: [pay], reason: true, ticket: "BYR-[0-9]+", until-within: 30}}
access:
  a: {{who: anna@x.se, clients: ["1041"], programs: [pay], {rule}}}
  b: {{who: anna@x.se, clients: ["1041"], programs: [books]}}
"""
    policy = load(write(tmp_path, policy=text))
    for found in (review(desired(tmp_path, text), DAY), review_offline(policy, DAY)):
        lines = [told(one, tmp_path) for one in found]
        hint = "(what it gives anew is held back; what is there already stays)"
        expected = f"? policy.yaml:6:3 requirement: “a” lacks what “pay-out” asks for: {missing} {hint}"
        assert lines == ([] if missing is None else [expected])


def test_above_counts_the_pairs_that_a_rule_gives(tmp_path):
    text = """
manage: {{clients: "!tag:audit"}}
guardrails: {{require: {{large: {{above: {above}, reason: true}}}}}}
access:
  a: {{who: team:lund | team:malmo, clients: all, programs: [pay], except: {{who: bo@x.se, clients: ["1041"]}}}}
"""

    def found(above: int) -> int:
        said = desired(tmp_path, text.format(above=above))
        return len(list(review(said, DAY)))

    # Eva has left, two clients are not managed, one pair is an exception: 4 × 3 - 1
    assert (found(10), found(11)) == (1, 0)


def test_many_warnings_are_cut_short(tmp_path):
    rules = "".join(f"  r{i:02}: {{who: anna@x.se, clients: ['1041'], programs: [pay]}}\n" for i in range(30))
    text = f"guardrails: {{require: {{t: {{ticket: X}}}}}}\naccess:\n{rules}"
    found = list(review(desired(tmp_path, text), DAY))
    assert len(found) == TOLD + 1
    assert str(found[-1].message) == f"{30 - TOLD} more rules lack what “t” asks for"
