"""The schemas in Swedish: every text of them, and nothing that is a value of a file."""

from __future__ import annotations

import json

import jsonschema
import pytest

from reconciler.formats.catalogue import catalogue
from reconciler.formats.schema import WRITTEN_BY_PEOPLE, in_language, texts
from reconciler.resources import resource

SCHEMAS = {
    name: json.loads(resource(f"schemas/{name}.schema.json").read_text("utf-8")) for name in WRITTEN_BY_PEOPLE
}


def bare(schema):
    """A schema without what is translated."""
    if isinstance(schema, list):
        return [bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: bare(value)
        for key, value in schema.items()
        if not (key in ("title", "description", "$id") and isinstance(value, str))
        and key != "enumDescriptions"
    }


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_english_is_as_it_stands(name):
    assert in_language(SCHEMAS[name], catalogue("en")) == SCHEMAS[name]


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_swedish_says_the_same_in_other_words(name):
    swedish = in_language(SCHEMAS[name], catalogue("sv"))
    jsonschema.Draft202012Validator.check_schema(swedish)
    assert bare(swedish) == bare(SCHEMAS[name])
    pairs = list(zip(texts(SCHEMAS[name]), texts(swedish), strict=True))
    same = {english for english, words in pairs if english == words}
    assert same <= {"Team"}, "these are the same word in both languages"


def test_a_property_that_is_called_title_is_no_text():
    schema = {
        "properties": {"title": {"title": "Reason", "examples": [{"title": "Reason"}], "default": "Reason"}}
    }
    assert in_language(schema, catalogue("sv")) == {
        "properties": {"title": {"title": "Skäl", "examples": [{"title": "Reason"}], "default": "Reason"}}
    }


def definitions(schema):
    yield from schema.get("$defs", {}).items()
    yield from schema.get("properties", {}).items()
    for inner in (*schema.get("$defs", {}).values(), *schema.get("properties", {}).values()):
        if isinstance(inner, dict):
            yield from definitions(inner)


@pytest.mark.parametrize("name", WRITTEN_BY_PEOPLE)
def test_every_definition_has_a_title_and_every_choice_a_description(name):
    for key, definition in definitions(SCHEMAS[name]):
        assert "$ref" in definition or "not" in definition or definition["title"], key
        if (
            "enum" in definition
            and all(isinstance(one, str) for one in definition["enum"])
            and key != "truth"
        ):
            assert len(definition["enumDescriptions"]) == len(definition["enum"]), key
