"""Examples: what they leave out is neutral, and what they say is what the expression sees."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciler.errors import Position
from reconciler.guardrails.expressions.examples import Tried, inputs, try_out
from reconciler.guardrails.expressions.vocabulary import VARIABLES
from tests.guardrails.expressions.cases import program

NEUTRAL = {
    "action": "grant",
    "access": False,
    "programs": [],
    "held": [],
    "result": [],
    "date": dt.date(2000, 1, 1),
    "consultant.key": "",
    "consultant.name": "",
    "consultant.tags": [],
    "consultant.teams": [],
    "consultant.leads": [],
    "consultant.active": True,
    "client.key": "",
    "client.name": "",
    "client.tags": [],
    "client.teams": [],
    "rules": [],
}


def test_what_is_left_out_is_neutral():
    assert inputs({}) == NEUTRAL
    assert inputs({}).keys() == VARIABLES.keys()


@pytest.mark.parametrize(
    ("example", "changed"),
    [
        ({"action": "remove", "access": "true"}, {"action": "remove", "access": True}),
        (
            {"consultant": {"active": "false", "tags": "temporary"}},
            {"consultant.active": False, "consultant.tags": ["temporary"]},
        ),
        (
            {"consultant": {"key": "a", "name": "A", "teams": ["x"], "leads": ["x", "y"]}},
            {
                "consultant.key": "a",
                "consultant.name": "A",
                "consultant.teams": ["x"],
                "consultant.leads": ["x", "y"],
            },
        ),
        (
            {"client": {"key": "1042", "name": "B", "tags": ["t"], "teams": "x"}},
            {"client.key": "1042", "client.name": "B", "client.tags": ["t"], "client.teams": ["x"]},
        ),
        ({"consultant": {}}, {}),
        ({"date": "2027-03-31"}, {"date": dt.date(2027, 3, 31)}),
        (
            {"rules": [{"name": "r", "until": "2027-03-31"}]},
            {"rules": [{"name": "r", "until": "2027-03-31"}]},
        ),
        (
            {"programs": ["b"], "held": ["a", "c"]},
            {"programs": ["b"], "held": ["a", "c"], "result": ["a", "b", "c"]},
        ),
        (
            {"action": "remove", "programs": ["a"], "held": ["a", "c"]},
            {"action": "remove", "programs": ["a"], "held": ["a", "c"], "result": ["c"]},
        ),
        ({"programs": ["b"], "result": []}, {"programs": ["b"], "result": []}),
    ],
    ids=str,
)
def test_what_is_said_is_seen(example, changed):
    assert inputs(example) == NEUTRAL | changed


def outcomes(text, *examples):
    place = Position("a.yaml", 7, 9)
    return list(try_out(program(text), [(example, place) for example in examples]))


def test_an_example_passes_where_it_is_as_it_must_be():
    found = outcomes(
        '"payroll" in programs',
        {"allows": {"programs": ["payroll"]}},
        {"denies": {}},
        {"allows": {}},
        {"denies": {"programs": ["payroll"]}},
    )
    assert [(one.number, one.allows, one.passed, str(one.message)) for one in found] == [
        (1, True, True, "it is true"),
        (2, False, True, "it is false"),
        (3, True, False, "it is false"),
        (4, False, False, "it is true"),
    ]
    assert not Tried("x", Position("a.yaml"), tuple(found)).passed
    assert Tried("x", Position("a.yaml"), tuple(found[:2])).passed


def test_what_cannot_be_evaluated_denies_and_says_so():
    allowed, denied = outcomes("1 / size(programs) == 1", {"allows": {}}, {"denies": {}})
    assert (allowed.passed, denied.passed) == (False, True)
    assert str(denied.message) == "it divides by zero"
