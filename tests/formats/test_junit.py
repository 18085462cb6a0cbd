"""JUnit: what Jenkins and GitLab read of the examples of policy expressions."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Finding, InputError, Message, Position
from reconciler.formats import show_error, show_policy_tests
from reconciler.formats.catalogue import catalogue
from reconciler.guardrails.expressions.engine import Verdict
from reconciler.guardrails.expressions.examples import Outcome, Tried

EN = catalogue("en")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture(scope="module")
def schema():
    return xmlschema.XMLSchema(Path(__file__).parents[1] / "schemas" / "junit-10.xsd")


def tried(name, *passed, why=None):
    place = Position("policies/guardrails.yaml", 7)
    outcomes = [
        Outcome(number, number % 2 == 1, place, one, Verdict(true=one, why=why))
        for number, one in enumerate(passed, 1)
    ]
    return Tried(name, place, tuple(outcomes))


def test_a_suite_for_each_expression_and_a_case_for_each_example(schema):
    text = show_policy_tests([tried("four-eyes", True, False), tried("none")], "junit", EN)
    schema.validate(text)
    root = ET.fromstring(text)
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("four-eyes", "2", "1"),
        ("none", "0", "0"),
    ]
    good, bad = root[0]
    assert (good.get("name"), list(good)) == ("example 1, allows", [])
    assert (bad.get("name"), bad.get("file"), bad.get("line")) == (
        "example 2, denies",
        "policies/guardrails.yaml",
        "7",
    )
    assert bad[0].tag == "failure"
    assert bad[0].text == "policies/guardrails.yaml:7:1: it is false"


@given(name=TEXTS, why=TEXTS)
def test_it_is_valid_whatever_stands_in_it(schema, name, why):
    schema.validate(show_policy_tests([tried(name, False, why=Message("{why}", why=why))], "junit", EN))
    error = InputError.of([Finding(name, Message("{why}", why=why), Position(name))])
    schema.validate(show_error(error, "junit", EN))


def test_an_error_is_no_silence(schema):
    error = InputError.of([Finding("unknown-key", Message("wrong"), Position("a.yaml", 3, 4))])
    text = show_error(error, "junit", EN)
    schema.validate(text)
    case = ET.fromstring(text)[0][0]
    assert (case.get("name"), case[0].tag, case[0].text) == ("unknown-key", "error", "a.yaml:3:4: wrong")
