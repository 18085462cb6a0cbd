"""What an editor is offered: every word means what it says, typed as it is offered, and nothing else is marked."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adopt.offers import MOST, Offer, Offers, offers_of, with_offers
from reconciler.desired import load
from reconciler.desired.policy import EMPTY
from reconciler.desired.selectors import Kind, Word, parse
from reconciler.grid import Register
from reconciler.grid.register import Client, Clients, Consultant, Consultants, Program, Programs
from reconciler.resources import resource

WORDS = {word: f"means {word}" for word in ("all", "each-team", "each-team.lead", "team:self")}
SCHEMA = json.loads(resource("schemas/policy.schema.json").read_text("utf-8"))


PROGRAMS = (Program("payroll", {"en": "Payroll"}),)


def register(consultants=(), clients=(), programs=PROGRAMS) -> Register:
    return Register(
        "byra",
        "Byrå",
        "Europe/Stockholm",
        Consultants.build(consultants),
        Clients.build(clients),
        Programs.build(programs),
    )


def offered(found: Register, policy=EMPTY) -> Offers:
    return offers_of(found, policy, lambda labels, key: labels.get("en", key), WORDS)


def typed(word: str, offers: Offers) -> str:
    """What an editor writes where somebody chooses this word, and YAML reads it."""
    found = with_offers(SCHEMA, offers, "no")["$defs"]["who"]["defaultSnippets"]
    body = next(one["body"] for one in found if one["label"] == word)
    assert "$" not in re.sub(r"\\[$}\\]", "", body), "a placeholder would be left to fill in"
    inserted = re.sub(r"\\([$}\\])", r"\1", body)
    return yaml.safe_load(f"x: {inserted}")["x"]


def test_teams_tags_people_companies_programs_bundles_and_guardrails_are_offered(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "teams: {lund: {members: eva}}\nbundles: {standard: [payroll, books]}\n"
        "guardrails: {never-together: {eyes: [payroll, books]}}\n"
    )
    found = register(
        [Consultant("eva", "Eva Strand", tags=("temp",), teams=("malmo",))],
        [Client("1042", "Bageriet", tags=("big",), team="malmo")],
        [Program("payroll", {"en": "Payroll"}), Program("books"), Program("crm", in_package=False)],
    )
    offers = offered(found, load(tmp_path))
    assert [(one.word, one.meaning) for one in offers.who] == [
        ("all", "means all"),
        ("each-team", "means each-team"),
        ("each-team.lead", "means each-team.lead"),
        ("team:lund", ""),
        ("team:malmo", ""),
        ("team:lund.lead", ""),
        ("team:malmo.lead", ""),
        ("tag:temp", ""),
        ("eva", "Eva Strand"),
    ]
    assert [one.word for one in offers.clients] == [
        "all",
        "team:self",
        "team:lund",
        "team:malmo",
        "tag:big",
        "1042",
    ]
    assert [(one.word, one.meaning) for one in offers.programs] == [
        ("all", "means all"),
        ("+standard", "payroll, books"),
        ("books", "books"),
        ("payroll", "Payroll"),
    ]
    assert offers.guardrails == (Offer("eyes"),)


def test_of_too_many_keys_none_is_offered():
    few = register(clients=[Client(str(number), "") for number in range(MOST)])
    many = register(clients=[Client(str(number), "") for number in range(MOST + 1)])
    assert len(offered(few).clients) == MOST + 2
    assert [one.word for one in offered(many).clients] == ["all", "team:self"]


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True))
def test_a_key_that_is_offered_is_read_as_that_key(keys):
    offers = offered(register([Consultant(key, "") for key in keys]))
    for offer in offers.who[3:]:
        read = typed(offer.word, offers)
        assert read == offer.word
        tree = parse(read)
        assert isinstance(tree, Word)
        assert tree.kind is Kind.KEY
        assert tree.name in keys


@pytest.mark.parametrize(
    "key", ["1042", "0042", "1e3", "no", "2027-01-01", "12:30:45", "null", "a b", "$1}", "å", "~"]
)
def test_what_yaml_would_take_for_something_else_comes_in_quotes(key):
    offers = offered(register([Consultant(key, "")]))
    word = offers.who[-1].word
    assert typed(word, offers) == word


def test_a_program_that_is_none_is_marked_and_a_bundle_of_today_is_not():
    schema = with_offers(SCHEMA, offered(register()), "there is none")
    check = jsonschema_rs.validator_for(schema)

    def rule(programs) -> dict:
        return {"access": {"x": {"who": "anybody at all", "clients": "new & !old", "programs": programs}}}

    for right in ("payroll", "all", "+new", ["payroll", "+new"], []):
        assert check.is_valid(rule(right)), right
    for wrong in ("payrol", ["payroll", "payrolls"], "xpayroll"):
        assert not check.is_valid(rule(wrong)), wrong
    assert schema["$defs"]["programs"]["patternErrorMessage"] == "there is none"
    assert "defaultSnippets" not in json.dumps(SCHEMA), "the schema itself is left as it was"
