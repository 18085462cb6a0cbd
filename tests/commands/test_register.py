"""`register pull` and `register check`, on the example bureau."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.register import FILES
from reconciler.resources import resource


def test_pull_writes_what_the_bureau_was_loaded_from(reconciler, example):
    ran = reconciler("register", "pull")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "".join(f"wrote register/{name}\n" for name in FILES) + (
        "The register has 9 consultants, 24 clients and 8 programs.\n"
    )
    for name in FILES:
        lines = (example / "register" / name).read_text("utf-8").splitlines()
        there = resource(f"policies/example/{name}").read_text("utf-8").splitlines()
        assert (lines[0], lines[1:]) == (there[0], sorted(there[1:]))


def test_pull_again_writes_nothing(reconciler, example):
    reconciler("register", "pull")
    times = {name: (example / "register" / name).stat().st_mtime_ns for name in FILES}
    ran = reconciler("register", "pull")
    assert (ran.code, ran.out) == (0, "The register has 9 consultants, 24 clients and 8 programs.\n")
    assert {name: (example / "register" / name).stat().st_mtime_ns for name in FILES} == times


def test_nothing_of_access_and_no_secret_is_written(reconciler, example):
    reconciler("register", "pull")
    text = "".join((example / "register" / name).read_text("utf-8") for name in FILES)
    tokens = [path.read_text().strip() for path in (example / "tokens").iterdir()]
    assert not [token for token in tokens if token in text]
    assert "it-admin" not in text
    assert "system-administrator" not in text


@pytest.mark.usefixtures("example")
def test_the_place_is_a_setting_a_variable_or_a_flag(reconciler, tmp_path, monkeypatch):
    with (tmp_path / "reconciler.yaml").open("a") as file:
        file.write("register: lists/here\n")
    assert "wrote lists/here/clients.csv" in reconciler("register", "pull").out
    monkeypatch.setenv("RECONCILER_REGISTER", "there")
    assert "wrote there/clients.csv" in reconciler("register", "pull").out
    assert "wrote else/clients.csv" in reconciler("register", "pull", "--register", "else").out


@pytest.mark.usefixtures("example")
def test_the_register_of_this_repository_is_that_of_the_example(reconciler):
    ran = reconciler("register", "check", "--register", str(Path(__file__).parents[2] / "register"))
    assert (ran.code, ran.out) == (0, "The register is what the backend says.\n")


def test_check(reconciler, example):
    ran = reconciler("register", "check")
    assert (ran.code, ran.out) == (1, "")
    assert "there is no register: the folder register does not exist" in ran.err
    reconciler("register", "pull")
    assert reconciler("register", "check").out == "The register is what the backend says.\n"
    clients = example / "register" / "clients.csv"
    lines = clients.read_text("utf-8").splitlines(keepends=True)
    clients.write_text(
        "".join([lines[0], "1000,Nya AB,connected,,lund\n", *lines[3:]]).replace(",malmo", ",lund")
    )
    ran = reconciler("register", "check")
    assert ran.code == 2
    assert ran.out == (
        "The register is not what the backend says:\n"
        "  * 2 new clients: 1041, 1042\n"
        "  * 1 client is gone: 1000\n"
        "  * 8 clients have another name, status, tag or team: 1043, 1044, 1045, 1046,\n"
        "    1047 …\n"
        "“reconciler register pull” brings it up to date.\n"
    )
    document = json.loads(reconciler("register", "check", "--format", "json").out)
    schema = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    assert document["clients"]["new"] == ["1041", "1042"]
    assert not document["up-to-date"]


def test_a_register_that_cannot_be_read(reconciler, example):
    reconciler("register", "pull")
    (example / "register" / "clients.csv").write_text("id;name\n")
    ran = reconciler("register", "check")
    assert ran.code == 1
    assert "register/clients.csv:1:1: error: this is not a header that is known here" in ran.err


def test_validate_checks_names_against_the_files_where_no_backend_is_asked(reconciler, example):
    alone = "The YAML is sound; 0 warnings. Names were not checked against a register.\n"
    files = "The YAML is sound; 0 warnings. Names were checked against the register's files, not against the backend.\n"
    assert reconciler("validate", "--offline").out == alone
    reconciler("register", "pull")
    assert reconciler("validate", "--offline").out == files
    assert reconciler("validate").out == "The YAML is sound; 0 warnings.\n"
    (example / "reconciler.yaml").write_text("policies: policies\n")
    assert reconciler("validate").out == files
    access = example / "policies/access.yaml"
    access.write_text(access.read_text("utf-8").replace("fia.temp@", "fia.tmp@"), "utf-8")
    ran = reconciler("validate", "--offline")
    assert (ran.code, "did you mean “fia.temp@exempelbyran.example”?" in ran.out) == (1, True)
    assert reconciler("validate", "--offline", "--register", "nowhere").code == 0


def test_an_editor_is_served_from_the_files_where_they_are_named(reconciler, example):
    asked = reconciler("schema", "policy", "--for-editor").out
    reconciler("register", "pull")
    (example / "bureau.db").unlink()
    named = reconciler("schema", "policy", "--for-editor", "--register", "register")
    assert (named.code, named.out) == (0, asked)
    (example / "reconciler.yaml").write_text("policies: policies\n")
    assert reconciler("schema", "policy", "--for-editor").out == asked
