"""Expressions as guardrails of a plan: what they see, what they hold back, and what is told of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import Guardrails, Renames, Rule, RuleKind, Sources, Standing
from reconciler.desired.guardrails import Expression, Teams, Waiver
from reconciler.errors import Position
from reconciler.formats import show_plan
from reconciler.formats.catalogue import catalogue
from reconciler.grid import Access, Clients, Consultants, Half, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.guardrails import Fate
from reconciler.plan import Change, build
from reconciler.plan.file import read_plan_file, write_plan_file
from reconciler.rights import Reason
from tests.laws.test_laws import allowed, blocked
from tests.plan.test_file import bound
from tests.support.naive import perform
from tests.support.worlds import World, access, current, desired, everything, operator, register, worlds

DAY = dt.date(2026, 11, 24)
PLACE = Position("access.yaml", 1, 1)

REG = Register(
    bureau="test",
    label="Test",
    timezone="Europe/Stockholm",
    consultants=Consultants.build(
        [
            Consultant("anna", "Anna", tags=("authorised",), teams=("malmo",), leads=("malmo",)),
            Consultant("bo", "Bo", tags=("temporary", "new"), teams=("malmo", "lund")),
            Consultant("cia", "Cia", active=False),
        ]
    ),
    clients=Clients.build(
        [Client("1", "Ett AB", tags=("audit",), team="malmo"), Client("2", "Två AB", team="lund")]
    ),
    programs=Programs.build([Program("books"), Program("pay"), Program("bank", in_package=False)]),
)


def rule(name: str, **said) -> Rule:
    fields = {
        "kind": RuleKind.ASSIGNMENT,
        "start": None,
        "until": None,
        "reason": "",
        "standing": Standing.IN_FORCE,
    }
    return Rule(name, position=PLACE, previously="", **(fields | said))


def plan(
    must: str,
    want=(),
    have=(),
    *,
    deny=True,
    half=None,
    asked=None,
    waivers=(),
    me=None,
    message=None,
    **fields,
):
    """A plan from what is held to what is wanted, with one expression, "demand"."""
    demand = Expression("demand", half, must, deny=deny, message=message or {"en": "not here"})
    teams = Teams(REG.consultants.teams, REG.consultants.leads, REG.clients.teams)
    guardrails = Guardrails(taken_over=everything(REG), expressions=(demand,), teams=teams, waivers=waivers)
    said = desired(REG, access(REG, *want), guardrails=guardrails, **fields)
    return build(said, current(REG, access(REG, *have), me), DAY, half=asked)


def held(found) -> set:
    """The cells that the expression holds back."""
    rows = {why: rows for why, rows in found.changes.blocked.items() if why.reason is Reason.EXPRESSION}
    assert all(why.guardrail == "demand" for why in rows)
    return blocked(replace(found, changes=replace(found.changes, blocked=rows)))


BO_BOTH = [("bo", "1", "books"), ("bo", "1", "pay")]
BO_BOOKS = [("bo", "1", "books")]


@pytest.mark.parametrize(
    ("want", "have", "true"),
    [
        (
            BO_BOTH,
            [],
            'action == "grant" && access && programs == ["books", "pay"] && held == [] && result == programs',
        ),
        ([("bo", "1", None)], [], "access && programs == [] && result == []"),
        (
            BO_BOTH,
            BO_BOOKS,
            'action == "grant" && !access && programs == ["pay"] && held == ["books"] && size(result) == 2',
        ),
        (
            BO_BOOKS,
            BO_BOTH,
            'action == "remove" && !access && programs == ["pay"] && size(held) == 2 && result == ["books"]',
        ),
        (
            [],
            BO_BOTH,
            'action == "remove" && access && programs == ["books", "pay"] && held == programs && result == []',
        ),
        # what is not managed counts as held
        (
            BO_BOTH,
            [*BO_BOOKS, ("bo", "1", "bank")],
            'held == ["bank", "books"] && result == ["bank", "books", "pay"]',
        ),
        (
            BO_BOOKS,
            [],
            'consultant.key == "bo" && consultant.name == "Bo" && consultant.active && consultant.leads == []',
        ),
        (BO_BOOKS, [], 'consultant.tags == ["new", "temporary"] && consultant.teams == ["lund", "malmo"]'),
        (
            [("anna", "2", "pay")],
            [],
            'consultant.leads == ["malmo"] && client.key == "2" && client.name == "Två AB"',
        ),
        ([("anna", "1", "pay")], [], 'client.tags == ["audit"] && client.teams == ["malmo"]'),
        ([], [("cia", "2", "pay")], "!consultant.active && client.tags == []"),
        (BO_BOOKS, [], 'date == day("2026-11-24") && size(rules) == 1 && rules[0].name == "rule"'),
        ([], BO_BOOKS, "rules == []"),
    ],
)
def test_what_an_expression_sees(want, have, true):
    assert held(plan(true, want, have)) == set()
    assert held(plan(f"!({true})", want, have)) == blocked(plan("false", want, have)) != set()


def test_what_else_the_plan_does_there_counts_as_done():
    """Books go and payroll comes: each is judged as if the other had happened, in either order."""
    want, have = [("bo", "1", "pay")], BO_BOOKS
    granted, removed = 'held == [] && result == ["pay"]', 'held == ["books", "pay"] && result == ["pay"]'
    assert held(plan(f'action == "grant" ? {granted} : {removed}', want, have)) == set()
    # where the removal is held back, the grant sees what stays
    stays = 'action == "grant" && held == ["books"] && result == ["books", "pay"]'
    assert held(plan(stays, want, have)) == {("bo", "1", "books")}


def test_the_rules_that_say_so():
    said = (
        rule("cover", until=dt.date(2026, 12, 31), start=dt.date(2026, 1, 2), reason="leave", ticket="BYR-1"),
        rule("other"),
        rule("over", standing=Standing.ENDED, until=dt.date(2026, 11, 1)),
        rule("never", kind=RuleKind.DENIAL, reason="spouse"),
    )
    bo = REG.consultants.names.id("bo")
    rows = [(bo, 1, 0), (bo, 2, 1), (bo, 1, 2), (bo, 1, 3)]
    sources = Sources(
        np.array([row[0] for row in rows]),
        np.array([row[1] << 1 for row in rows], dtype=np.uint64),  # books is the second program
        np.array([row[2] for row in rows]),
        3,
    )
    fields = {"rules": said, "sources": sources}
    granted = (
        'rules == [{"name": "cover", "from": "2026-01-02", "until": "2026-12-31", "reason": "leave",'
        ' "ticket": "BYR-1"}]'
    )
    assert held(plan(granted, BO_BOOKS, [], **fields)) == set()
    both = 'rules.map(r, r.name) == ["cover", "other"] && !has(rules[1].until) && !has(rules[1].ticket)'
    assert held(plan(both, BO_BOTH, [], **fields)) == set()
    removed = 'rules.map(r, r.name) == ["over", "never"] && rules[1] == {"name": "never", "reason": "spouse"}'
    assert held(plan(removed, [], BO_BOOKS, **fields)) == set()


def test_a_key_that_is_being_renamed_is_the_new_one():
    fields = {"renames": Renames(consultants={"bosse": "bo"}, clients={"11": "1"})}
    assert held(plan('consultant.key == "bosse" && client.key == "11"', BO_BOOKS, [], **fields)) == set()


def test_what_is_not_true_is_held_back_and_the_rest_goes_on():
    found = plan('!("temporary" in consultant.tags)', [*BO_BOTH, ("anna", "1", "pay")], [])
    assert held(found) == {("bo", "1", None), *BO_BOTH}
    assert allowed(found, Change.GIVE_ACCESS) == {("anna", "1", None), ("anna", "1", "pay")}
    (one,) = found.blocked
    assert (one.reason, one.guardrail, one.change) == (Reason.EXPRESSION, "demand", Change.GIVE_ACCESS)


@pytest.mark.parametrize(
    ("half", "blocks"),
    [(None, {"grant", "remove"}), (Half.GRANTS, {"grant"}), (Half.REMOVALS, {"remove"})],
)
def test_an_expression_may_be_about_one_half(half, blocks):
    found = plan("false", [("bo", "1", "pay")], BO_BOOKS, half=half)
    assert {("grant" if one.change.half is Half.GRANTS else "remove") for one in found.blocked} == blocks


def test_a_warning_holds_nothing_back():
    found = plan("false", BO_BOOKS, [], deny=False)
    assert found.blocked == ()
    assert len(found.operations) == 1
    (violation,) = found.violations
    assert (violation.fate, violation.guardrail, violation.cells) == (Fate.WARNED, "demand", 1)


def test_a_warning_is_about_what_is_really_done():
    """The operator may not add payroll: nothing is done, so nothing is warned of."""
    me = operator(REG)
    assert plan("false", BO_BOOKS, [], deny=False, me=me).violations == ()


def test_what_cannot_be_judged_is_held_back_and_told():
    found = plan('rules[0].ticket != ""', BO_BOOKS, [])
    assert held(found) == {("bo", "1", None), *BO_BOOKS}
    (violation,) = found.violations
    assert violation.fate is Fate.HELD
    assert "no “ticket” is given here" in str(violation.message)


def test_an_expression_that_was_never_checked_holds_back_all():
    found = plan("actio ==", BO_BOOKS, [])
    assert held(found) == {("bo", "1", None), *BO_BOOKS}
    assert "cannot be read as an expression" in str(found.violations[0].message)


def waiver(*consultants: str, guardrail="demand") -> Waiver:
    flags = np.array([name in consultants for name in REG.consultants.names])
    until = dt.date(2027, 1, 31)
    return Waiver("w", guardrail, flags, np.ones(2, dtype=np.bool_), "agreed", "margareta", until, PLACE)


@pytest.mark.parametrize("deny", [True, False])
def test_a_waiver_lets_it_go_and_is_shown(deny):
    want = [*BO_BOOKS, ("anna", "1", "books")]
    found = plan("false", want, [], deny=deny, waivers=(waiver("bo"), waiver("anna", guardrail="other")))
    assert held(found) == ({("anna", "1", None), ("anna", "1", "books")} if deny else set())
    fates = {one.fate: one.waiver and one.waiver.waiver for one in found.violations}
    assert fates == ({Fate.WAIVED: "w"} if deny else {Fate.WAIVED: "w", Fate.WARNED: None})


@pytest.mark.parametrize(
    ("message", "swedish", "english"),
    [
        ({"en": "no payroll", "sv": "ingen lön"}, "ingen lön (demand)", "no payroll (demand)"),
        ({"sv": "ingen lön"}, "ingen lön (demand)", "ingen lön (demand)"),
        (
            {"en": "no\x1b[31m\u202e payroll"},
            r"no\x1b[31m\u202e payroll (demand)",
            r"no\x1b[31m\u202e payroll (demand)",
        ),
    ],
)
def test_the_message_is_told_in_the_readers_language_and_made_safe(message, swedish, english):
    for must in ("false", "1 / 0 == 1"):
        found = plan(must, BO_BOOKS, [], message=message)
        assert f"blockeras: {swedish}" in show_plan(found, "text", catalogue("sv"))
        assert f"blocked: {english}" in show_plan(found, "text", catalogue("en"))
    warned = show_plan(plan("false", BO_BOOKS, [], deny=False, message=message), "text", catalogue("en"))
    assert english.removesuffix(" (demand)") in warned


def test_the_document_has_the_messages_of_what_it_mentions():
    from reconciler.plan import plan_document

    said = {"en": "no", "sv": "nej"}
    assert plan_document(plan("false", BO_BOOKS, [], message=said))["messages"] == {"demand": said}
    assert plan_document(plan("true", BO_BOOKS, [], message=said))["messages"] == {}


@pytest.mark.parametrize(("must", "deny"), [("false", True), ("false", False), ("1 / 0 == 1", True)])
def test_a_plan_file_says_it_again_in_either_language(must, deny):
    found = plan(must, BO_BOTH, [], deny=deny, message={"en": "not here", "sv": "inte här"})
    again = read_plan_file(write_plan_file(found, bound(found))).plan
    for form, language in (("text", "en"), ("text", "sv"), ("json", "en")):
        assert show_plan(again, form, catalogue(language)) == show_plan(found, form, catalogue(language))


@pytest.mark.parametrize("programs", [2, 20, 21, 64])
def test_however_many_programs_there_are(programs):
    names = [f"p{number:02}" for number in range(programs)]
    many = register(["anna", "bo"], ["1"], names)
    demand = Expression("demand", None, f'"p{programs - 1:02}" in programs', deny=True, message={"en": "no"})
    want = access(many, ("anna", "1", names[-1]), ("bo", "1", names[0]))
    said = desired(many, want, guardrails=Guardrails(expressions=(demand,)))
    found = build(said, current(many, access(many)), DAY)
    assert blocked(found) == {("bo", "1", None), ("bo", "1", "p00")}


PARTS = [
    "access",
    'action == "grant"',
    '"a0" in programs',
    '"a1" in held',
    '"a0" in result',
    '"zz" in held',
    "size(result) > size(held)",
    "size(held) == 1",
    "size(programs) < 2",
    'consultant.key == "p0"',
    'client.key in ["0", "2"]',
    "size(rules) > 0",
    'rules[0].name == "rule"',
    "1 / size(held) == 1",
]
texts = st.recursive(
    st.sampled_from(PARTS),
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({} {} {})".format, inner, st.sampled_from(["&&", "||"]), inner),
    ),
    max_leaves=4,
)
demands = st.lists(
    st.builds(
        lambda must, half, deny: (must, half, deny),
        texts,
        st.sampled_from([None, Half.GRANTS, Half.REMOVALS]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


def guarded(world: World, drawn) -> World:
    made = tuple(
        Expression(f"e{number}", half, must, deny=deny, message={"en": "no"})
        for number, (must, half, deny) in enumerate(drawn)
    )
    return replace(
        world, desired=replace(world.desired, guardrails=replace(world.desired.guardrails, expressions=made))
    )


@pytest.mark.slow
@given(worlds(), demands)
def test_2_convergent_planning_again_allows_nothing_more(world, drawn):
    world = guarded(world, drawn)
    found = build(world.desired, world.current, DAY)
    after, refused = perform(world, found)
    again = build(after.desired, after.current, DAY)
    assert refused == set()
    assert again.operations == ()
    assert blocked(again) == blocked(found)


@pytest.mark.slow
@given(worlds(), demands)
def test_what_is_done_is_allowed_without_expressions_too(world, drawn):
    bare, found = (
        build(world.desired, world.current, DAY),
        build(guarded(world, drawn).desired, world.current, DAY),
    )
    cells = {cell for change in Change for cell in allowed(found, change)}
    # where the access stays, a program that would have gone with it may go alone
    assert cells <= {cell for change in Change for cell in allowed(bare, change)} | blocked(bare)


@pytest.mark.slow
@given(worlds(), texts)
def test_a_demand_and_its_opposite_hold_everything(world, must):
    world = guarded(world, [(must, None, True), (f"!({must})", None, True)])
    assert build(world.desired, world.current, DAY).operations == ()


@pytest.mark.slow
@given(worlds(), texts)
def test_5_deterministic_whatever_the_order_of_the_rows(world, must):
    world = guarded(world, [(must, None, True)])
    one = show_plan(build(world.desired, world.current, DAY), "json", catalogue("en"))
    assert one == show_plan(build(world.desired, world.current, DAY), "json", catalogue("en"))


def test_the_empty_state_is_no_question():
    assert plan("false").violations == ()
    assert isinstance(plan("false").changes.unmanaged, Access)
