"""What an expression looks at, read from its tree: never less than what its value depends on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.guardrails.expressions.vocabulary import VARIABLES, Kind
from tests.guardrails.expressions.cases import CASE, WORDS, cases, expressions, program


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("true", set()),
        ('"payroll" in programs', {"programs"}),
        (
            'client.key == "1" || consultant.tags == client.tags',
            {"client.key", "client.tags", "consultant.tags"},
        ),
        ("rules.all(one, one.name in programs)", {"rules", "programs"}),
        ('date < day("2027-01-01") ? access : consultant.active', {"date", "access", "consultant.active"}),
        (
            "[action, client.name].exists(one, one == consultant.name)",
            {"action", "client.name", "consultant.name"},
        ),
        ('{"a": client.key}.a == "1"', {"client.key"}),
        # a name of a loop that hides one of ours: too much is fine
        ('programs.exists(action, action == "payroll")', {"programs", "action"}),
    ],
)
def test_the_variables(text, variables):
    assert program(text).look.variables == variables


@pytest.mark.slow
@given(expressions, cases(), cases())
def test_nothing_else_counts(text, one, other):
    found = program(text)
    mixed = {name: (one if name in found.look.variables else other)[name] for name in one}
    assert found.judge(mixed) == found.judge(one)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ('"payroll" in programs', {("programs", "payroll")}),
        ('"a" == client.key && client.key != "b"', {("client.key", "a"), ("client.key", "b")}),
        ('consultant.key in ["a", "b"]', {("consultant.key", "a"), ("consultant.key", "b")}),
        ('held.exists(p, p == "a" || p in ["b"])', {("held", "a"), ("held", "b")}),
        ('rules.all(r, r.name != "a" && r.ticket == "b")', {("rules.name", "a"), ("rules.ticket", "b")}),
        ('size(programs.filter(p, p == "a")) > 0', {("programs", "a")}),
        # what the text is compared with is not what the loop goes through
        ('(programs + held).exists(p, p == "a")', set()),
        ('programs.exists(p, consultant.tags.exists(t, t == "a"))', {("consultant.tags", "a")}),
        ('rules.exists(programs, programs.name == "a")', {("rules.name", "a")}),
        ('held.exists(p, client.tags.exists(t, p == "a"))', {("held", "a")}),
        ('held.exists(action, client.tags.exists(t, action == "a"))', {("held", "a")}),
        ('client.name.startsWith("a")', set()),
    ],
)
def test_the_mentions(text, mentions):
    found = program(text).look.mentions
    assert {(mention.variable, mention.text) for mention in found} == mentions
    assert all(text[mention.at :].startswith(f'"{mention.text}"') for mention in found)


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ('client.key == "a" || client.key in ["b", "c"]', {"client.key": {"a", "b", "c"}}),
        ('programs.exists(p, client.key == "a")', {"client.key": {"a"}}),
        ('client.key == "a" && client.key.startsWith("b")', {}),
        ('client.key == "a" && client.key != client.name', {}),
        ('client.key == "a" && client.key in client.tags', {}),
        ('client.key in ["a", client.name]', {}),
        ('client.key == "a" && size(client.key) > 1', {}),
        ('programs.exists(action, action == "x") && action == "grant"', {}),
    ],
)
def test_variables_that_are_only_compared(text, only):
    assert program(text).look.only == only


@pytest.mark.slow
@given(expressions, cases(), st.sampled_from(["consultant.key", "client.name"]), st.data())
def test_of_a_variable_that_is_only_compared_nothing_else_counts(text, case, variable, data):
    found = program(f'{variable} in ["x", "payroll"] ? ({text}) : !({text})')
    for name, texts in found.look.only.items():
        others = st.one_of(st.text(), st.sampled_from(WORDS)).filter(
            lambda word, texts=texts: word not in texts
        )
        one, other = (found.judge(case | {name: data.draw(others)}) for _ in range(2))
        assert one == other


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("access", 5),
        ('programs.all(p, p == "a")', 100),
        ("programs.all(p, held.all(q, p == q))", 1_500),
        ("[1, 2, 3].all(x, x > 0)", 60),
        ("(programs + held).all(p, size(p) > 0)", 200_000),
        ('consultant.name.matches("^[a-z]+$")', 1_000),
        ('consultant.name.matches("(a{10}){10}")', 130_000),
    ],
)
def test_the_steps_are_a_bound_that_grows_with_the_work(text, most):
    steps = program(text).steps(dict.fromkeys(VARIABLES, 10))
    assert most / 20 < steps <= most


def test_longer_lists_are_more_work():
    found = program("consultant.tags.all(t, t in client.tags)")
    few, many = (
        {name: length for name, kind in VARIABLES.items() if kind is Kind.TEXTS} for length in (2, 200)
    )
    assert found.steps(many) > 50 * found.steps(few)


def test_the_case_has_every_variable():
    assert CASE.keys() == VARIABLES.keys()
