"""What a change means in access, over random policies and against sets of cells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.compare import Registers, compare, edits, judged
from reconciler.desired import Standing, resolve
from reconciler.desired.folder import load_contents
from reconciler.errors import InputError
from reconciler.grid.register import Clients, Consultants
from reconciler.plan import Change, Half
from reconciler.register.rows import clients_of, consultants_of
from tests.support.policies import DAY, small_register
from tests.support.worlds import triples

REGISTER = small_register()
HEAD = "bureau: byra\nmanage: {unlisted: remove, taken-over: byra}\n"

who = st.sampled_from(["anna@x.se", "each-team", "each-team.lead", "all", "tag:authorised", "dan@x.se"])
where = st.sampled_from(["'1041'", "tag:payroll", "team:malmo", "all", "['1061', '1052']"])
programs = st.sampled_from(["[books]", "[pay, bills]", "all", "[books, pay]"])
rules = st.builds(lambda a, b, c: f"{{who: {a}, clients: {b}, programs: {c}}}", who, where, programs)
people = st.sampled_from(["anna@x.se", "all", "tag:authorised"])
denials = st.builds(lambda a, b: f"{{who: {a}, clients: {b}, programs: [pay], reason: x}}", people, where)


@st.composite
def policies(draw):
    given = draw(st.dictionaries(st.sampled_from("abcd"), rules, max_size=3))
    denied = draw(st.dictionaries(st.sampled_from("xz"), denials, max_size=1))
    text = HEAD
    for section, entries in (("access", given), ("never", denied)):
        if entries:
            text += f"{section}: {{{', '.join(f'{name}: {said}' for name, said in entries.items())}}}\n"
    return text


def policy_of(text: str):
    return load_contents({"a.yaml": text.encode()})


def desired_of(text: str):
    return resolve(policy_of(text), REGISTER, DAY)


def plan_of(before: str, after: str):
    return compare(desired_of(before), desired_of(after), REGISTER, DAY)


def cells(plan, half: Half) -> set:
    """What is granted, or removed; with the programs that go with an access."""
    found = set()
    for change, rows in plan.changes.allowed.items():
        if change.half is half:
            pairs = change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)
            found |= {cell for cell in triples(REGISTER, rows) if pairs or cell[2] is not None}
    return found


@given(policies(), policies())
def test_what_is_gained_and_lost_is_the_difference_of_what_the_rules_say(before, after):
    plan = plan_of(before, after)
    was, becomes = (triples(REGISTER, desired_of(text).access) for text in (before, after))
    assert cells(plan, Half.GRANTS) == becomes - was
    assert cells(plan, Half.REMOVALS) == was - becomes
    assert plan.blocked == ()


@given(policies())
def test_what_does_not_change_changes_nothing(text):
    plan = plan_of(text, text)
    assert (plan.operations, plan.blocked, plan.unmanaged) == ((), (), ())
    assert judged(edits(policy_of(text), policy_of(text)), desired_of(text), desired_of(text)) == ()


@given(policies(), policies())
def test_backwards_gains_and_losses_are_swapped(before, after):
    there, back = plan_of(before, after), plan_of(after, before)
    assert cells(there, Half.GRANTS) == cells(back, Half.REMOVALS)
    assert cells(there, Half.REMOVALS) == cells(back, Half.GRANTS)


@given(policies(), policies())
def test_what_is_lost_is_told_with_the_rules_that_gave_it(before, after):
    was, plan = desired_of(before), plan_of(before, after)
    for operation in plan.operations:
        if operation.change.half is Half.REMOVALS:
            named = [plan.rules[rule] for rule in operation.rules]
            former = [rule.name for rule in named if rule.standing is Standing.FORMER]
            assert former or [rule for rule in named if rule.kind == "denial"]
            assert set(former) <= {rule.name for rule in was.rules}


@given(policies(), policies())
def test_a_rule_covers_the_same_exactly_if_its_rows_are_the_same(before, after):
    was, now = desired_of(before), desired_of(after)

    def rows(desired, kind, name):
        numbers = [i for i, rule in enumerate(desired.rules) if (rule.kind, rule.name) == (kind, name)]
        columns = (desired.sources.keys, desired.sources.masks, desired.sources.rules)
        return [
            row[:2]
            for row in zip(*(column.tolist() for column in columns), strict=True)
            if [row[2]] == numbers
        ]

    for edit in judged(edits(policy_of(before), policy_of(after)), was, now):
        kind = {"access": "assignment", "never": "denial"}[edit.section]
        assert edit.same is (rows(was, kind, edit.name) == rows(now, kind, edit.name))


def test_nothing_before_is_everything_new():
    after = desired_of(HEAD + "access: {a: {who: anna@x.se, clients: '1041', programs: all}}")
    plan = compare(None, after, REGISTER, DAY)
    assert cells(plan, Half.GRANTS) == triples(REGISTER, after.access)


def test_a_guardrail_holds_back_and_a_limit_refuses():
    before = HEAD + "access: {a: {who: all, clients: all, programs: all}}"
    plan = plan_of(before, HEAD + "guardrails: {limits: {removals: 3}, protected: {who: anna@x.se}}")
    assert [one.guardrail for one in plan.refusals] == ["removals"]
    assert {one.reason for one in plan.blocked} == {"protected"}
    assert all(plan.rules[rule].name == "a" for one in plan.blocked for rule in one.rules)
    assert all(one.rules for one in plan.blocked)


def test_nothing_is_blocked_for_lack_of_a_right():
    plan = plan_of(HEAD, HEAD + "access: {a: {who: all, clients: all, programs: all}}")
    assert (plan.blocked, plan.others) == ((), ())


def test_whom_only_the_register_before_knows():
    now = replace(
        REGISTER,
        consultants=Consultants.build(row for row in consultants_of(REGISTER) if row.key != "dan@x.se"),
        clients=Clients.build(row for row in clients_of(REGISTER) if row.key != "1061"),
    )
    registers = Registers.of(now, REGISTER)
    before = HEAD + "access: {a: {who: [anna@x.se, dan@x.se], clients: ['1041', '1061'], programs: [pay]}}"
    with pytest.raises(InputError):
        resolve(policy_of(before), now, DAY)
    was = registers.inside(resolve(policy_of(before), registers.both, DAY))
    assert triples(registers.both, was.access) == {("anna@x.se", "1041", None), ("anna@x.se", "1041", "pay")}
    after = HEAD + "access: {a: {who: all, clients: all, programs: [pay]}}"
    becomes = registers.inside(resolve(policy_of(after), registers.both, DAY))
    plan = compare(was, becomes, registers.both, DAY)
    touched = {cell for rows in plan.changes.allowed.values() for cell in triples(registers.both, rows)}
    assert touched
    assert not {cell for cell in touched if cell[0] == "dan@x.se" or cell[1] == "1061"}
    assert triples(registers.both, becomes.access) == triples(now, resolve(policy_of(after), now, DAY).access)
    assert registers.moved is not None
    assert (registers.moved.consultants.gone, registers.moved.clients.gone) == (("dan@x.se",), ("1061",))
    counted = after + "\nguardrails: {require: {many: {above: 3, reason: true}}}"
    both, alone = (resolve(policy_of(counted), one, DAY) for one in (registers.both, now))
    # a client that is gone is still counted, a consultant is not
    assert both.reach is not None
    assert alone.reach is not None
    assert both.reach.tolist() == [3 * 5]
    assert alone.reach.tolist() == [3 * 4]
    assert Registers.of(now, now).both is now
    assert Registers.of(now, None).both is now
