"""`reconciler schema`: plain, in Swedish, and with the words of the bureau."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import *  # noqa: F403 - its fixtures


def test_the_schema_is_printed_as_it_ships(reconciler):
    from reconciler.resources import resource

    for name in ("policy", "config", "plan", "plan-file", "audit", "review"):
        ran = reconciler("schema", name)
        assert ran.code == 0
        assert json.loads(ran.out) == json.loads(resource(f"schemas/{name}.schema.json").read_text("utf-8"))
    assert reconciler("schema").out == reconciler("schema", "policy").out


def test_swedish_texts_for_swedish_readers(reconciler):
    ran = reconciler("schema", "--lang", "sv")
    found = json.loads(ran.out)
    assert found["$id"] == "urn:reconciler:schema:policy:sv"
    assert found["$defs"]["assignment"]["title"] == "Regel som ger åtkomst"


def test_with_the_words_of_the_bureau(reconciler, example):
    ran = reconciler("schema", "--for-editor", "--lang", "sv")
    found = json.loads(ran.out)["$defs"]
    clients = {one["label"]: one for one in found["clients"]["defaultSnippets"]}
    assert clients["1042"] == {"label": "1042", "description": "Sofielunds Bageri AB", "body": '"1042"'}
    programs = {one["label"]: one["description"] for one in found["programs"]["defaultSnippets"]}
    assert programs["payroll"] == "Lön"
    assert programs["+standard"] == "bookkeeping, invoicing, receipts"


@pytest.mark.parametrize("name", ["config", "plan"])
def test_only_the_yaml_has_words_of_a_bureau(reconciler, name):
    ran = reconciler("schema", name, "--for-editor")
    assert ran.code == 64
    assert "--for-editor" in ran.err
