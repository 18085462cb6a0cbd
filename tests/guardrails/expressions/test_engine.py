"""The engine: what is refused with its place, what is evaluated, and that nothing but `true` is a yes."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.guardrails.expressions import compiled
from reconciler.guardrails.expressions.engine import MOST_CHARACTERS, Refused
from reconciler.guardrails.expressions.vocabulary import VARIABLES
from tests.guardrails.expressions.cases import CASE, cases, program

ONES = f"[{','.join('1' * 100)}]"

ATTACKS = {
    "division by zero": ("1 / 0 == 1", "it divides by zero"),
    "modulus by zero": ("1 % 0 == 0", "it divides by zero"),
    "a field that a rule leaves out": (
        'rules[0].ticket != "x"',
        "no “ticket” is given here; ask with has(…) first",
    ),
    "no rule at all": ('rules[7].name != ""', "it asks for [7] of a list of 2; the first is [0]"),
    "null": ("dyn(null)", "it says None, and not true or false"),
    "a text that looks true": ('dyn("true")', "it says 'true', and not true or false"),
    "a number that looks true": ("dyn(1)", "it says 1, and not true or false"),
    "a list": ("dyn([true])", "it says "),
    "a type": ("dyn(bool)", "it says "),
    "a wrong type behind dyn": ('dyn("a") < 1', "“<” does not go with string, int"),
    "an unknown field behind dyn": ('dyn({"a": true}).b', "no “b” is given here"),
    "a condition that is no truth": ('dyn("true") && true', "“&&” does not go with what stands beside it"),
    "a branch that is no truth": ('access ? dyn("yes") : dyn(true)', "it says 'yes', and not true or false"),
    "a day that there is not": ("day(consultant.name) == date", "there is no day "),
    "a time that there is not": ('timestamp("tomorrow") > date', "a value in it cannot be turned into"),
    "a time zone that there is not": (
        'date.getHours("Mars/Olympus") == 0',
        "there is no such time zone",
    ),
    "a time beyond all times": ("date + days(9000000) > date", "a number or a time in it becomes too"),
    "days beyond all numbers": (
        "days(9223372036854775807) > days(1)",
        "a number or a time in it becomes too",
    ),
    "a number beyond all numbers": (
        "9223372036854775807 + size(rules) > 0",
        "a number or a time in it becomes too large or too small",
    ),
    "a number that is none": (
        "int(consultant.key) == 1",
        "a value in it cannot be turned into one of another kind",
    ),
    "not a number": ('double("nan") == double("nan")', None),
    "a list of lists": (
        f"{ONES}.all(a, {ONES}.all(b, {ONES}.all(c, true)))",
        "its loops go round more than 10000 times",
    ),
    "a list that grows": (
        f"size({ONES}.map(a, {ONES}.map(b, {ONES}.map(c, {ONES})))) > 0",
        "its loops go round more than 10000 times",
    ),
}


@pytest.mark.parametrize(("text", "why"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_denies_and_says_why(text, why):
    verdict = program(text).judge(CASE)
    assert not verdict.true
    assert (verdict.why is None) if why is None else str(verdict.why).startswith(why)


def test_an_error_is_not_turned_into_a_yes_by_a_not():
    assert not program("!(1 / 0 == 1)").judge(CASE).true
    assert not program('!rules.exists(rule, rule.ticket == "other")').judge(CASE).true


@pytest.mark.parametrize(
    "text", ["1 / 0 == 1 || access", 'access || rules[7].name == ""', "!(1 / 0 == 1 && !access)"]
)
def test_what_settles_it_besides_an_error_counts(text):
    """As the specification of CEL says: an error beside a truth that decides alone is not asked for."""
    assert program(text).judge(CASE).true


FAULTS = [
    ('consultant.kee == "x"', 11, "“consultant.kee” is not known here", "did you mean “consultant.key”?"),
    ('consultant\n  .kee == "x"', 14, "“consultant.kee” is not known here", "did you mean “consultant.key”?"),
    ('true &&\n actio == "grant"', 9, "“actio” is not known here", "did you mean “action”?"),
    ('client["key"] == "1"', 0, "“client” alone says nothing", "say what of it: client.key"),
    ("xyzzy_plugh", 0, "“xyzzy_plugh” is not known here", "known are: action, access,"),
    ("programs.foo()", 9, "there is no function “foo”", None),
    ("foo(programs)", 0, "there is no function “foo”", None),
    ('date < "2027-01-01"', 5, "“<” does not go with day, string", 'write a day as day("2027-03-31")'),
    ('1 == "a"', 2, "“==” does not go with int, string", None),
    ("1 == 1.0", 2, "“==” does not go with int, double", None),
    ('"a" in action', 4, "“in” does not go with string, string", None),
    ("access && action", 7, "“&&” does not go with bool, string", None),
    ("action", 0, "this says a value of type string, and not true or false", None),
    ("null", 0, "this says a value of type null, and not true or false", None),
    ("programs", 0, "this says a value of type list", None),
    ("action ==", 9, "this cannot be read as an expression: it ends too early", None),
    ("", 0, "this cannot be read as an expression: it ends too early", None),
    ("// nothing", 10, "this cannot be read as an expression: it ends too early", None),
    ("programs = 1", 9, "this cannot be read as an expression: “=” compares nothing", None),
    ('"åäö" == å', 9, "this cannot be read as an expression: “å” cannot stand here", None),
    ("(" * 40 + "true" + ")" * 40, 0, "this is nested too deeply", None),
    (" + ".join("1" * 50) + " == 50", 0, "this is nested too deeply, or too long a chain", None),
    (
        "has(consultant.active)",
        0,
        "has(consultant.active) does not work: a consultant always has it",
        "has() is for",
    ),
    (
        "access && has( client.name )",
        10,
        "has(client.name) does not work: a client always has it",
        "has() is for",
    ),
    ("rules.all(r, !has(r.tickt))", 20, "a rule has no “tickt”", "did you mean “ticket”?"),
    ('rules.all(r, r.until_ != "")', 15, "a rule has no “until_”", "did you mean “until”?"),
    ('rules[0]["tickt"] == ""', 9, "a rule has no “tickt”", "did you mean “ticket”?"),
    ('rules.exists(r, "tickt" in r)', 16, "a rule has no “tickt”", "did you mean “ticket”?"),
    (
        'rules.exists(consultant, consultant.key == "x")',
        36,
        "a rule has no “key”",
        "known are: name, reason,",
    ),
    (
        'rules.all(r, r.until < "2027-1-1")',
        21,
        "texts have no order here",
        'for days write day("2027-03-31")',
    ),
    ('client.key >= "1000"', 11, "texts have no order here", None),
    ('action != "grants"', 10, "“grants” is not one of: grant, remove", "did you mean “grant”?"),
    ('action in ["grant", "take"]', 20, "“take” is not one of: grant, remove", None),
    ('date < day("2027-1-31")', 11, "there is no day 2027-1-31", "write year-month-day, such as 2027-03-31"),
    ('date < day("2027-02-30")', 11, "there is no day 2027-02-30", None),
    ('action.matches("(")', 15, "this pattern cannot be used: “)” is missing", None),
    ('action.matches("(a{900}){900}")', 15, "this pattern cannot be used: ", None),
    ('action.matches("(?=a)")', 15, "this pattern cannot be used: “(?=” is not known in patterns", None),
    ("action.matches(consultant.key)", 25, "a pattern must be written out", None),
    ("optional.of(1) == 1", 0, "“optional” is not known here", None),
    ("foo.Bar{a: 1} == 1", 0, "“foo.Bar” is not known here", None),
    ('"\ud800" == action', 0, "this cannot be read as an expression", None),
    ("a" * (MOST_CHARACTERS + 1), 0, f"the expression has {MOST_CHARACTERS + 1} characters; at most", None),
]


@pytest.mark.parametrize(("text", "at", "message", "hint"), FAULTS, ids=[text[:40] for text, *_ in FAULTS])
def test_a_wrong_expression_is_refused_with_its_place(text, at, message, hint):
    found = compiled(text)
    assert isinstance(found, Refused)
    fault = found.faults[0]
    assert (fault.at, str(fault.message)[: len(message)]) == (at, message)
    if hint is not None:
        assert str(fault.hint).startswith(hint)


def test_every_fault_is_told():
    found = compiled('actio == "grant" && "x" in program')
    assert isinstance(found, Refused)
    assert [fault.at for fault in found.faults] == [0, 27]


@given(st.text())
def test_any_text_is_an_expression_or_refused(text):
    found = compiled(text)
    if isinstance(found, Refused):
        assert found.faults
        assert all(0 <= fault.at <= len(text) for fault in found.faults)
    else:
        assert found.look.variables <= frozenset(VARIABLES)


@given(cases())
def test_every_variable_has_the_value_that_it_was_given(inputs):
    for name, value in inputs.items():
        if isinstance(value, bool):
            text = f"{name} == {str(value).lower()}"
        elif isinstance(value, str):
            text = f'{name} == "{value}"'
        elif isinstance(value, dt.date):
            text = f'{name} == day("{value.isoformat()}")'
        elif name == "rules":
            text = f"size(rules) == {len(value)}"
        else:
            text = f"{name} == [{', '.join(f'{chr(34)}{word}{chr(34)}' for word in value)}]"
        assert program(text).judge({name: value}).true


def test_an_expression_need_not_be_given_what_it_does_not_look_at():
    found = program('action == "grant" && size(programs) == 1')
    assert found.judge({"action": "grant", "programs": ["payroll"]}).true


@pytest.mark.parametrize(
    "inputs",
    [{}, {"programs": None}, {"programs": [1]}, {"programs": ("payroll",)}, {"programs": {"payroll": 1}}],
    ids=str,
)
def test_inputs_that_do_not_fit_deny(inputs):
    verdict = program('size(programs) >= 0 && programs[0] != ""').judge(inputs)
    assert not verdict.true
    assert verdict.why is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        f"{ONES}.all(a, {ONES}.all(b, size({ONES} + {ONES} + {ONES}) > 0))",
        f'{ONES}.all(a, {ONES}.all(b, "{"a" * 500}".contains("{"a" * 400}b")))',
        f'{ONES}.map(a, {ONES}.map(b, [a, b, "{"x" * 900}"])) == []',
        "!" * 1990 + "access",
        " && ".join(["access"] * 190),
        " || ".join(f'"{i}" == client.key' for i in range(80)),
        'consultant.name.matches("' + "(a?){100}" * 20 + '")',
    ],
    ids=lambda text: text[:30],
)
def test_a_heavy_expression_ends_soon_and_takes_little(text):
    """In a process of its own: memory that an engine takes is not given back."""
    script = (
        "import resource, time\n"
        "from tests.guardrails.expressions.cases import CASE, program\n"
        f"found = program({text!r})\n"
        "before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()\n"
        "found.judge(CASE)\n"
        "print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, kilobytes = map(float, ran.stdout.split())
    assert seconds < 5
    assert kilobytes < 500_000


def test_the_library_is_not_imported_where_there_is_no_expression():
    script = (
        "import sys\n"
        "import reconciler.guardrails, reconciler.plan, reconciler.guardrails.expressions.policy\n"
        "print([name for name in sys.modules if name.startswith(('cel', 'cel_expr_python'))])\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
