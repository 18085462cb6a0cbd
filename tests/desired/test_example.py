"""The policies that ship with the project are sound, and are what the editor's schema accepts."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from reconciler.desired import load
from reconciler.resources import resource

SCHEMA = json.loads(resource("schemas/policy.schema.json").read_text("utf-8"))


def test_the_example_bureau_has_no_finding():
    policy = load(resource("policies"))
    assert policy.findings == ()
    assert policy.bureau is not None
    assert list(policy.assignments) == [
        "annual-accounts",
        "hamnkok-payments",
        "own-team",
        "parental-leave-eva",
        "payroll-leads",
    ]


def subschemas(schema, path="#"):
    if isinstance(schema, dict):
        if "$ref" in schema or "type" in schema:
            yield path, schema
        for key, inner in schema.items():
            if key not in {"examples", "enum", "required"}:
                yield from subschemas(inner, f"{path}/{key}")


def test_the_schema_is_one_and_says_what_everything_is():
    Draft202012Validator.check_schema(SCHEMA)
    said = [
        path for path, schema in subschemas(SCHEMA) if "$ref" not in schema and not path.endswith("items")
    ]
    silent = {p for p in said if not {"title", "description"} <= set(at(p)) and "/items" not in p}
    assert silent == set()


def at(path: str):
    found = SCHEMA
    for step in path.split("/")[1:]:
        found = found[step]
    return found


EXAMPLES = [(path, example) for path, schema in subschemas(SCHEMA) for example in schema.get("examples", ())]


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=str)
def test_the_examples_of_the_schema_are_valid(path, example):
    validator = Draft202012Validator({"$ref": path, **{k: SCHEMA[k] for k in ("$defs", "properties")}})
    assert list(validator.iter_errors(example)) == []
