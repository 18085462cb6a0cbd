"""What rules mean for the small register: tables of YAML and cells."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from reconciler.desired import Limits, Standing, Unlisted, load, pick, resolve
from reconciler.errors import InputError
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from tests.support.policies import DAY, cells, complaints, desired, small_register, write

R = "access: {r: {who: %s, clients: %s, programs: %s}}\n"

GIVEN = {
    "a key and a list of keys": (
        "anna@x.se",
        '["1041", "1061"]',
        "[books]",
        {"anna 1041 books", "anna 1061 books"},
    ),
    "a list of people": (
        "[anna@x.se, bo@x.se]",
        '["1041"]',
        "[books, pay]",
        {"anna 1041 books pay", "bo 1041 books pay"},
    ),
    "a team": ("team:malmo", '["1061"]', "[pay]", {"anna 1061 pay", "bo 1061 pay", "dan 1061 pay"}),
    "a team by its short mark": ('"@malmo.lead"', '["1061"]', "[pay]", {"anna 1061 pay"}),
    "who has left is in no team": ("team:lund", '["1061"]', "[pay]", {"cia 1061 pay", "dan 1061 pay"}),
    "a tag": ("tag:authorised", '["1061"]', "[pay]", {"anna 1061 pay", "cia 1061 pay"}),
    "everything": (
        "bo@x.se",
        "all",
        "all",
        {f"bo {n} bills books pay" for n in (1041, 1042, 1051, 1052, 1061)},
    ),
    "no programs": ("bo@x.se", '["1041"]', "[]", {"bo 1041"}),
    "both": ("bo@x.se", "tag:payroll & team:lund", "[pay]", {"bo 1051 pay"}),
    "either": (
        "bo@x.se",
        "team:malmo | tag:audit",
        "[pay]",
        {f"bo {n} pay" for n in (1041, 1042, 1051, 1052)},
    ),
    "not": ("bo@x.se", '"!(team:malmo | team:lund)"', "[pay]", {"bo 1061 pay"}),
    "each team": (
        "each-team",
        "team:self & tag:payroll",
        "[pay]",
        {"anna 1041 pay", "bo 1041 pay", "dan 1041 pay", "cia 1051 pay", "dan 1051 pay"},
    ),
    "each lead": (
        "each-team.lead",
        "team:self",
        "[pay]",
        {"anna 1041 pay", "anna 1042 pay", "cia 1051 pay", "cia 1052 pay"},
    ),
    "each team and a tag": (
        "each-team & tag:authorised",
        "team:self & !tag:audit",
        "[pay]",
        {"anna 1041 pay", "anna 1042 pay"},
    ),
}


@pytest.mark.parametrize(("who", "clients", "programs", "expected"), GIVEN.values(), ids=GIVEN)
def test_what_a_rule_gives(tmp_path, who, clients, programs, expected):
    assert cells(desired(tmp_path, R % (who, clients, programs)).access) == expected


TEAM = "access: {r: {who: team:malmo, clients: team:malmo, programs: [books, pay], except: %s}}\n"
ALL_BUT = {
    "programs": (
        "{programs: [pay]}",
        {f"{p} {c} books" for p in ("anna", "bo", "dan") for c in (1041, 1042)},
    ),
    "clients": ("{clients: tag:payroll}", {f"{p} 1042 books pay" for p in ("anna", "bo", "dan")}),
    "people": ("{who: [bo@x.se, dan@x.se]}", {"anna 1041 books pay", "anna 1042 books pay"}),
    "one pair's program": (
        '{who: bo@x.se, clients: ["1041"], programs: [pay, bills]}',
        {f"{p} {c} books pay" for p in ("anna", "dan") for c in (1041, 1042)}
        | {"bo 1041 books", "bo 1042 books pay"},
    ),
    "several blocks": (
        '[{who: team:lund}, {clients: ["1042"], programs: all}]',
        {"anna 1041 books pay", "bo 1041 books pay", "anna 1042", "bo 1042"},
    ),
}


@pytest.mark.parametrize(("block", "expected"), ALL_BUT.values(), ids=ALL_BUT)
def test_except_takes_from_its_own_rule(tmp_path, block, expected):
    assert cells(desired(tmp_path, TEAM % block).access) == expected


def test_except_takes_nothing_from_other_rules(tmp_path):
    text = (
        "access:\n  a: {who: bo@x.se, clients: all, programs: [books], except: {clients: all}}\n"
        '  b: {who: bo@x.se, clients: ["1041"], programs: [books]}\n'
    )
    assert cells(desired(tmp_path, text).access) == {"bo 1041 books"}


def test_never_beats_every_rule_and_programs_of_it_only_themselves(tmp_path):
    text = (
        "access: {r: {who: [anna@x.se, bo@x.se], clients: team:malmo, programs: [books, pay]}}\n"
        'never:\n  a: {who: bo@x.se, clients: ["1041"]}\n  b: {who: all, clients: ["1042"], programs: [pay]}\n'
    )
    found = desired(tmp_path, text)
    assert cells(found.access) == {"anna 1041 books pay", "anna 1042 books", "bo 1042 books"}
    assert cells(found.denied_pairs) == {"bo 1041"}
    assert cells(found.denied_programs) == {f"{p} 1042 pay" for p in ("anna", "bo", "cia", "dan", "eva")}


DATED = "access: {r: {who: bo@x.se, clients: ['1041'], programs: [pay], from: 2027-01-10, until: 2027-01-20, reason: x}}\n"


@pytest.mark.parametrize(
    ("day", "standing", "given", "ended"),
    [
        (9, Standing.AHEAD, set(), set()),
        (10, Standing.IN_FORCE, {"bo 1041 pay"}, set()),
        (20, Standing.IN_FORCE, {"bo 1041 pay"}, set()),
        (21, Standing.ENDED, set(), {"bo 1041 pay"}),
    ],
)
def test_the_first_and_the_last_day_are_included(tmp_path, day, standing, given, ended):
    found = desired(tmp_path, DATED, on=date(2027, 1, day))
    assert found.rules[0].standing is standing
    assert cells(found.access) == given
    assert cells(found.ended) == ended


def test_who_has_left_is_in_ended_and_never_in_access(tmp_path):
    found = desired(tmp_path, R % ("[eva@x.se, bo@x.se]", '["1041"]', "[pay]"))
    assert cells(found.access) == {"bo 1041 pay"}
    assert cells(found.ended) == {"eva 1041 pay"}


def test_what_is_managed(tmp_path):
    text = "manage: {clients: team:malmo, consultants: team:lund, programs: [pay], unlisted: keep, outside-package: remove}\n"
    found = desired(tmp_path, text + R % ("all", "all", "all"))
    register = small_register()
    assert register.clients.names.pick(np.flatnonzero(found.scope.clients)) == ("1041", "1042")
    assert register.consultants.names.pick(np.flatnonzero(found.scope.consultants)) == (
        "cia@x.se",
        "dan@x.se",
        "eva@x.se",
    )
    assert cells(found.access) == {"cia 1041 pay", "cia 1042 pay", "dan 1041 pay", "dan 1042 pay"}
    assert found.unlisted is Unlisted.KEEP
    assert found.other_programs


def test_what_is_managed_where_nothing_is_said(tmp_path):
    found = desired(tmp_path, "bureau: byra\n")
    assert found.scope.clients.all()
    assert found.scope.consultants.all()
    assert found.scope.programs == small_register().programs.package
    assert found.unlisted is Unlisted.REPORT
    assert not found.other_programs
    assert found.guardrails.limits == Limits()
    assert found.guardrails.protected == ()
    assert found.guardrails.taken_over is None
    assert found.access == Access.empty(small_register().shape)


def test_sections_whose_lines_are_commented_out_are_empty(tmp_path):
    assert (
        complaints(write(tmp_path, a="bureau: byra\naccess:\n  # r: x\nnever:\nteams:\n"), small_register())
        == []
    )


TEAMS = {
    "a new team": (
        "{sol: {lead: bo@x.se, members: [cia@x.se], clients: '1061'}}",
        "team:sol",
        "team:sol",
        {"bo 1061", "cia 1061"},
    ),
    "other members": ("{malmo: {members: [cia@x.se]}}", "team:malmo", "'1061'", {"anna 1061", "cia 1061"}),
    "more members": (
        "{malmo: {members: [team:malmo, cia@x.se]}}",
        "team:malmo",
        "'1061'",
        {"anna 1061", "bo 1061", "cia 1061", "dan 1061"},
    ),
    "another lead": ("{malmo: {lead: [cia@x.se]}}", "team:malmo.lead", "'1061'", {"cia 1061"}),
    "other clients": ("{malmo: {clients: team:malmo & tag:payroll}}", "bo@x.se", "team:malmo", {"bo 1041"}),
    "another name": (
        "{syd: {previously: malmo}}",
        "team:syd",
        "team:syd & tag:payroll",
        {"anna 1041", "bo 1041", "dan 1041"},
    ),
}


@pytest.mark.parametrize(("teams", "who", "clients", "expected"), TEAMS.values(), ids=TEAMS)
def test_teams_that_the_policy_changes(tmp_path, teams, who, clients, expected):
    text = f"teams: {teams}\n" + R % (who, clients, "[]")
    assert cells(desired(tmp_path, text).access) == expected


def test_a_renamed_team_is_one_team_to_each_team(tmp_path):
    text = "teams: {syd: {previously: malmo}}\n" + R % ("each-team.lead", "team:self & tag:payroll", "[]")
    found = desired(tmp_path, text)
    assert cells(found.access) == {"anna 1041", "cia 1051"}
    assert [str(finding.message) for finding in found.findings] == [
        "the register still calls the team “syd” “malmo”"
    ]
    assert found.renames.teams == {"syd": "malmo"}


def test_a_new_key_means_the_old_one_while_the_register_has_only_that(tmp_path):
    text = "renames: {consultants: {bo.ny@x.se: bo@x.se}, clients: {'2041': '1041'}}\n"
    found = desired(tmp_path, text + R % ("bo.ny@x.se", "['2041']", "[pay]"))
    assert cells(found.access) == {"bo 1041 pay"}
    assert [str(finding.message) for finding in found.findings] == [
        "the register still calls bo.ny@x.se bo@x.se",
        "the register still calls 2041 1041",
    ]
    assert found.renames.consultants == {"bo.ny@x.se": "bo@x.se"}


def test_an_old_key_beside_its_new_one_is_left_alone(tmp_path):
    text = (
        "manage: {unlisted: remove}\nrenames: {consultants: {cia@x.se: bo@x.se}, clients: {'1042': '1041'}}\n"
    )
    found = desired(tmp_path, text + R % ("cia@x.se", "['1042']", "[pay]"))
    register = small_register()
    assert cells(found.access) == {"cia 1042 pay"}
    assert not found.scope.consultants[register.consultants.names.id("bo@x.se")]
    assert not found.scope.clients[register.clients.names.id("1041")]
    assert [str(finding.message) for finding in found.findings] == [
        "the register has both cia@x.se and bo@x.se; for now nothing but denials touches bo@x.se",
        "the register has both 1042 and 1041; for now nothing but denials touches 1041",
    ]


def test_an_old_key_that_has_left_is_treated_as_anybody_who_has_left(tmp_path):
    found = desired(tmp_path, "renames: {consultants: {bo@x.se: eva@x.se}}\n")
    assert found.scope.consultants.all()
    assert found.findings == ()


def test_a_rule_keeps_its_old_name(tmp_path):
    found = desired(tmp_path, "access: {r: {who: all, clients: all, programs: [], previously: q}}\n")
    assert found.rules[0].previously == "q"
    assert found.renames.rules == {"r": "q"}


def test_which_rules_cover_what(tmp_path):
    text = (
        "access:\n"
        "  b: {who: bo@x.se, clients: ['1041', '1042'], programs: [pay]}\n"
        "  a: {who: team:malmo, clients: ['1041'], programs: [books]}\n"
        "  c: {who: bo@x.se, clients: ['1041'], programs: [books], until: 2026-01-01, reason: x}\n"
        "  d: {who: bo@x.se, clients: ['1041'], programs: [books], from: 2028-01-01}\n"
        "never:\n"
        "  e: {who: bo@x.se, clients: ['1042']}\n"
        "  f: {who: bo@x.se, clients: ['1041'], programs: [bills]}\n"
    )
    found = desired(tmp_path, text)
    names = [rule.name for rule in found.rules]
    assert names == ["a", "b", "c", "d", "e", "f"]
    register = small_register()
    program = {name: 1 << i for i, name in enumerate(register.programs.names)}

    def rules(client, mask):
        who, where = register.consultants.names.id("bo@x.se"), register.clients.names.id(client)
        key = np.array([where * register.shape.consultants + who])
        (numbers,) = found.sources.rules_at(key, np.array([mask], dtype=np.uint64))
        return "".join(names[number] for number in numbers)

    assert rules("1041", program["pay"]) == "b"
    assert rules("1041", program["books"]) == "ac"
    assert rules("1041", program["books"] | program["pay"]) == "abc"
    assert rules("1041", program["bills"]) == "f"
    assert rules("1041", 0) == "abc"
    assert rules("1042", program["pay"]) == "be"
    assert rules("1042", 0) == "be"
    assert rules("1061", 0) == ""


def test_too_many_pairs_are_refused_before_they_are_made(tmp_path):
    many = Register(
        "byra",
        "Byrå",
        "Europe/Stockholm",
        Consultants.build(Consultant(f"c{i}", "") for i in range(8_000)),
        Clients.build(Client(f"{i}", "") for i in range(8_000)),
        Programs.build([Program("pay")]),
    )
    with pytest.raises(InputError) as caught:
        desired(tmp_path, R % ("all", "all", "all"), many)
    assert [str(finding.message) for finding in caught.value.findings] == [
        "“r” covers 64000000 pairs of consultant and client; all rules together may cover 50000000"
    ]


def test_filters_of_the_command_line(tmp_path):
    policy, register = load(write(tmp_path, a="teams: {sol: {members: [bo@x.se]}}\n")), small_register()
    consultants, clients = pick(policy, register, ["@sol", "tag:authorised"], [])
    assert register.consultants.names.pick(np.flatnonzero(consultants)) == (
        "anna@x.se",
        "bo@x.se",
        "cia@x.se",
    )
    assert clients is None
    with pytest.raises(InputError) as caught:
        pick(policy, register, ["ana@x.se", "each-team"], ["(", "tag:audti"])
    assert [f"{finding.message} ({finding.hint})" for finding in caught.value.findings] == [
        "“each-team” cannot be used as a filter here (None)",
        "the selector ends where a word is expected (None)",
        "there is no consultant “ana@x.se” (did you mean “anna@x.se”?)",
        "no client has the tag “audti” (did you mean “audit”?)",
    ]


def test_the_digest_is_of_what_is_said_not_of_how(tmp_path):
    one, other, third = tmp_path / "1", tmp_path / "2", tmp_path / "3"
    for folder in (one, other, third):
        folder.mkdir()
    rule = "{who: [a, b], clients: all, programs: [x]}"
    write(one, a=f"bureau: b\naccess: {{r: {rule}, s: {rule}}}\n")
    write(
        other,
        x=f"access:\n  s: {rule} # same\n",
        y='access: {r: {programs: ["x"], who: [b, a], clients: all}}\nbureau: b\n',
    )
    write(third, a=f"bureau: b\naccess: {{r: {rule}, t: {rule}}}\n")
    assert load(one).digest == load(other).digest != load(third).digest


def test_a_key_that_looks_like_a_selector_is_a_key_in_quotes(tmp_path):
    policy = load(
        write(tmp_path, a='access: {r: {who: \'"all" | "bo@x.se"\', clients: all, programs: []}}\n')
    )
    with pytest.raises(InputError) as caught:
        resolve(policy, small_register(), DAY)
    assert [str(finding.message) for finding in caught.value.findings] == ["there is no consultant “all”"]
