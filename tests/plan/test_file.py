"""Plan files: what is written is what is read and printed again, and nothing else is taken for a plan."""

from __future__ import annotations

import copy
import datetime as dt
import json
from dataclasses import fields, replace

import numpy as np
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InputError, Position
from reconciler.flow.world import Wanted
from reconciler.formats import show_plan
from reconciler.formats.catalogue import catalogue
from reconciler.plan import build
from reconciler.plan.encode import PLAIN
from reconciler.plan.file import FORMAT, LARGEST, Bound, State, read_plan_file, write_plan_file
from reconciler.plan.outcome import outcome_bytes, outcome_digest, outcome_document, sha256
from reconciler.plan.plain import key, pack, unpack
from tests.support.plans import DAY, plans
from tests.support.worlds import access, current, desired, register, worlds

PRINTED = [
    (form, language, full) for form in ("text", "json") for language in ("en", "sv") for full in (0, 1)
]


def bound(plan, **changes) -> Bound:
    said = {
        "policies": "0" * 64,
        "commit": "a" * 40,
        "changed": False,
        "backend": "embedded",
        "bureau": plan.register.bureau,
        "revision": plan.revision,
        "operator": plan.operator.key,
        "date": plan.date,
        "scope": pack(Wanted(as_of=DAY, allow=(("removals", "12"),), clients=("1042",))),
        "state": State(4, 4, 7),
        "tool_version": "1.2.3",
    }
    return Bound(**(said | changes))


def printed(plan):
    return [show_plan(plan, form, catalogue(language), full=bool(full)) for form, language, full in PRINTED]


@given(plans())
def test_a_plan_that_is_read_back_prints_the_same_in_every_format_and_language(plan):
    said = bound(plan)
    content = write_plan_file(plan, said)
    found = read_plan_file(content)
    assert printed(found.plan) == printed(plan)
    assert found.bound == said
    assert unpack(Wanted, found.bound.scope) == Wanted(
        as_of=DAY, allow=(("removals", "12"),), clients=("1042",)
    )
    assert found.digest == outcome_digest(plan)
    assert write_plan_file(found.plan, found.bound) == content
    assert rfc8785.dumps(json.loads(content)) == content


@settings(max_examples=50)
@given(plans())
def test_what_is_printed_nowhere_is_kept_too(plan):
    found = read_plan_file(write_plan_file(plan, bound(plan))).plan
    assert [replace(o, block=None, rules=()) for o in found.operations] == [
        replace(o, block=None, rules=()) for o in plan.operations
    ]
    assert found.summary == plan.summary
    assert {why: rows.cells for why, rows in found.changes.blocked.items()} == {
        why: rows.cells for why, rows in plan.changes.blocked.items()
    }
    assert found.other_programs_too == plan.other_programs_too
    # a sentence keeps what is printed of its values; the rest is the same value
    assert all(
        getattr(found, name) == getattr(plan, name) for name in PLAIN if name not in ("findings", "refusals")
    )


def test_teams_are_named_in_the_file_too():
    reg = register([f"p{i}" for i in range(9)], ["1", "2"], ["ledger"])
    north = np.arange(1, 6)
    reg = replace(reg, consultants=replace(reg.consultants, teams={"north": north, "wide": np.arange(9)}))
    want = access(reg, *((f"p{i}", "1", "ledger") for i in north.tolist()))
    plan = build(desired(reg, want), current(reg, access(reg)), DAY)
    assert "all 5 of the team north" in printed(plan)[0]
    found = read_plan_file(write_plan_file(plan, bound(plan))).plan
    assert printed(found) == printed(plan)
    # who is not mentioned is not in the file; a team of whom somebody is not is marked as cut
    people = found.register.consultants
    assert list(people.names) == [f"p{i}" for i in range(1, 6)]
    assert {team: ids.tolist() for team, ids in people.teams.items()} == {
        "north": [0, 1, 2, 3, 4],
        "wide": [0, 1, 2, 3, 4],
    }
    assert people.cut == {"wide"}


def test_what_clients_are_grouped_by_is_in_the_file_too():
    reg = register(["p"], ["1", "2", "3", "4"], ["ledger"])
    groups = {"north": np.array([0, 1]), "south": np.array([2]), "west": np.array([3])}
    tags = {"audit": np.array([0, 2, 3]), "spare": np.array([3])}
    reg = replace(reg, clients=replace(reg.clients, teams=groups, tags=tags))
    plan = build(
        desired(reg, access(reg, ("p", "2", "ledger"), ("p", "3", "ledger"))), current(reg, access(reg)), DAY
    )
    found = read_plan_file(write_plan_file(plan, bound(plan))).plan.register.clients
    assert list(found.names) == ["2", "3"]
    assert {team: ids.tolist() for team, ids in found.teams.items()} == {"north": [0], "south": [1]}
    assert {tag: ids.tolist() for tag, ids in found.tags.items()} == {"audit": [1]}
    assert found.cut == {"north"}


def test_a_part_of_a_team_is_not_told_as_all_of_it():
    reg = register([f"p{i}" for i in range(4)], ["1"], ["ledger"])
    reg = replace(reg, consultants=replace(reg.consultants, teams={"wide": np.arange(4)}))
    want = access(reg, *((f"p{i}", "1", "ledger") for i in range(3)))
    plan = build(desired(reg, want), current(reg, access(reg)), DAY)
    assert "team wide" not in printed(plan)[0]
    assert printed(read_plan_file(write_plan_file(plan, bound(plan))).plan) == printed(plan)


REG = register(["ann", "bo", "cy"], ["1", "2"], ["ledger", "payroll"], outside=["mail"])
PLAN = build(
    desired(REG, access(REG, ("ann", "1", "ledger"), ("bo", "2", "ledger")), other_programs=True),
    current(REG, access(REG, ("bo", "2", None), ("cy", "1", "payroll"), ("cy", "1", "mail"))),
    DAY,
)
CONTENT = write_plan_file(PLAN, bound(PLAN))
DOCUMENT = json.loads(CONTENT)


def test_what_goes_along_with_an_access_is_part_of_the_outcome():
    assert outcome_document(PLAN)["changes"] == {
        "give-access": [["ann", "1", ["ledger"]]],
        "add-programs": [["bo", "2", ["ledger"]]],
        "remove-programs": [],
        "remove-access": [["cy", "1", ["payroll"]]],
        "goes-along": [["cy", "1", ["mail"]]],
    }


@given(worlds())
def test_a_digest_is_of_the_outcome_and_nothing_else(world):
    plan = build(world.desired, world.current, DAY)
    later = build(world.desired, replace(world.current, revision="another"), dt.date(2026, 11, 30))
    assert outcome_digest(later) == outcome_digest(plan)
    rows = outcome_document(plan)["changes"]
    assert all(found == sorted(found, key=lambda row: (row[1], row[0])) for found in rows.values())


@settings(max_examples=50)
@given(plans())
def test_the_digest_is_of_the_document_as_rfc_8785_writes_it(plan):
    assert outcome_bytes(plan) == rfc8785.dumps(outcome_document(plan))
    assert outcome_digest(plan) == sha256(rfc8785.dumps(outcome_document(plan)))


def test_a_name_with_half_a_character_has_a_digest_all_the_same():
    def digest(name):
        reg = register([name], ["1"], ["ledger"])
        return outcome_digest(
            build(desired(reg, access(reg, (name, "1", None))), current(reg, access(reg)), DAY)
        )

    assert len({digest(name) for name in ("a\ud800", "a\udfff", "a\\ud800", "a\\\ud800")}) == 4


def why_not(content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read_plan_file(content, "plan.json")
    return str(caught.value.message).removeprefix("the plan file plan.json cannot be used: ")


@pytest.mark.slow
def test_any_altered_byte_is_refused_or_changes_nothing():
    for place in range(len(CONTENT)):
        for other in (CONTENT[place] ^ 1, CONTENT[place] ^ 32, 0x20, 0x30):
            altered = CONTENT[:place] + bytes([other]) + CONTENT[place + 1 :]
            if altered != CONTENT:
                assert why_not(altered)


@settings(max_examples=500)
@given(st.integers(0, len(CONTENT) - 1), st.integers(0, len(CONTENT)), st.binary(max_size=3))
def test_any_bytes_put_in_or_taken_out_are_refused_or_change_nothing(start, length, between):
    altered = CONTENT[:start] + between + CONTENT[start + length :]
    try:
        found = read_plan_file(altered)
    except InputError:
        return
    assert json.loads(altered) == DOCUMENT
    assert printed(found.plan) == printed(PLAN)


def test_a_file_that_is_cut_off_anywhere_is_told_so():
    told = {why_not(CONTENT[:length]) for length in range(1, len(CONTENT))}
    assert told == {"it is cut off"}
    assert why_not(b"") == "it is not JSON"


def test_a_file_laid_out_anew_is_the_same_plan():
    pretty = json.dumps(dict(reversed(DOCUMENT.items())), indent=4).encode() + b"\n"
    assert write_plan_file(read_plan_file(pretty).plan, bound(PLAN)) == CONTENT


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x89PNG\r\n", "it is not JSON"),
        (b"plan", "it is not JSON"),
        (b"[]", "it is not a plan file"),
        (b"null", "it is not a plan file"),
        (b'{"format": "reconciler-plan/1"}', "it is not a plan file"),
        (b'{"format": ["reconciler-plan-file/1"]}', "it is not a plan file"),
        (b'{"format": "reconciler-plan-file/2"}', "its format is reconciler-plan-file/2, which this version"),
        (b'{"format": "reconciler-plan-file/1"}', "it was altered"),
        (b'{"a": 1, "a": 1}', "“a” stands in it twice"),
        (b'{"a": 1.0}', "it holds the number 1.0"),
        (b'{"a": NaN}', "it holds the number NaN"),
        (b'{"a": ' + b"9" * 5000 + b"}", "it is not JSON"),
        (b'{"format": "reconciler-plan-file/1", "n": 99999999999999999999}', "it was altered"),
        (b'{"format": "reconciler-plan-file/1", "n": "\\ud800"}', "it was altered"),
        (b'{"a":' * 100_000, "it is nested too deeply"),
        (b"[" * 900 + b"]" * 900, "it is not a plan file"),
        (b'{"format":"reconciler-plan-file/1","a":' + b"[" * 900 + b"]" * 900 + b"}", "it "),
    ],
)
def test_what_is_no_plan_file_is_refused_with_the_reason(content, why):
    assert why_not(content).startswith(why)


def test_a_file_that_is_too_large_is_not_looked_into(monkeypatch):
    monkeypatch.setattr("reconciler.plan.file.LARGEST", 100)
    assert LARGEST > 100_000_000
    assert why_not(CONTENT).startswith("it is larger than")


def forged(change) -> bytes:
    """A file that somebody altered on purpose, checksums and all."""
    document = copy.deepcopy(DOCUMENT)
    del document["integrity"]
    change(document)
    document["digest"] = sha256(rfc8785.dumps(document["outcome"]))
    return rfc8785.dumps({**document, "integrity": sha256(rfc8785.dumps(document))})


def test_forging_works():
    assert forged(lambda document: None) == CONTENT


def hide_a_change(document):
    document["outcome"]["changes"]["add-programs"].append(["cy", "2", ["payroll"]])


def show_too_little(document):
    document["plan"]["operations"].pop()


def show_fewer(document):
    document["plan"]["operations"][0]["cells"] -= 1


def hide_a_program(document):
    document["plan"]["operations"][0]["programs-changed"] = []


def somebody_unknown(document):
    document["outcome"]["changes"]["add-programs"][0][0] = "nobody"


def a_program_unknown(document):
    document["outcome"]["changes"]["add-programs"][0][2] = ["nothing"]


def another_order(document):
    document["plan"]["register"]["consultants"].reverse()


def somebody_twice(document):
    document["plan"]["register"]["consultants"] *= 2


def a_rule_that_is_not_there(document):
    document["plan"]["operations"][0]["rules"] = [7]


def another_digest(document):
    document["outcome"]["operator"] = "somebody-else"


def a_day_that_is_none(document):
    document["bound-to"]["date"] = "2026-02-30"


def something_more(document):
    document["plan"]["note"] = "trust me"


def something_less(document):
    del document["plan"]["findings"]


def another_kind(document):
    document["plan"]["operations"][0]["change"] = "give-everything"


def a_truth_for_a_number(document):
    document["plan"]["operations"][0]["pairs"] = True


def too_many_programs(document):
    document["plan"]["register"]["programs"] *= 40


@pytest.mark.parametrize(
    "change",
    [
        hide_a_change,
        show_too_little,
        show_fewer,
        hide_a_program,
        somebody_unknown,
        a_program_unknown,
        another_order,
        somebody_twice,
        a_rule_that_is_not_there,
        another_digest,
        a_day_that_is_none,
        something_more,
        something_less,
        another_kind,
        a_truth_for_a_number,
        too_many_programs,
    ],
)
def test_a_forged_file_must_fit_together(change):
    assert why_not(forged(change)).startswith(
        ("it is not as the schema says", "its parts do not fit together")
    )


@pytest.mark.parametrize(
    "message",
    [
        {"text": "{x.__class__}", "values": {"x": "a"}},
        {"text": "{x:>999999999}", "values": {"x": "a"}},
        {"text": "{x!r}", "values": {"x": "a"}},
        {"text": "{x[0]}", "values": {"x[0]": "a"}},
        {"text": "{", "values": {}},
        {"text": "{missing}", "values": {}},
        {"text": "{}", "values": {"": "a"}},
        {"text": "\x1b[2J", "values": {}},
        {"text": "two\nlines", "values": {}},
        {"text": "\u202eright to left", "values": {}},
        {"text": "{x}", "values": {"x": {"text": "\x07", "many": "", "number": 0, "values": {}}}},
    ],
)
def test_a_forged_sentence_does_no_more_than_stand_there(message):
    finding = {"code": "x", "position": None, "hint": None, "excerpt": "", "severity": "warning", "also": []}
    finding["message"] = {"many": "", "number": 0} | message
    assert why_not(forged(lambda document: document["plan"]["findings"].append(finding)))


def test_a_name_that_is_no_text_is_told():
    rules = (replace(PLAN.rules[0], position=Position("caf\udce9.yaml")),)
    with pytest.raises(InputError, match="no character of Unicode"):
        write_plan_file(replace(PLAN, rules=rules), bound(PLAN))


def test_the_schema_knows_what_can_be_asked_for():
    from reconciler.resources import resource

    schema = json.loads(resource("schemas/plan-file.schema.json").read_text("utf-8"))
    names = {key(field.name) for field in fields(Wanted)}
    assert set(schema["$defs"]["scope"]["properties"]) == names
    assert schema["properties"]["format"] == {"const": FORMAT}
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(DOCUMENT)
