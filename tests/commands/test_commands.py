"""Each command as its user meets it: exit codes, where output goes, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess

import pytest
from jsonschema import Draft202012Validator

from reconciler.resources import resource
from tests.commands.conftest import COMMAND, DAY

PLAN_SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))


def valid(text: str) -> dict:
    document = json.loads(text)
    Draft202012Validator(PLAN_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
    return document


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "--nosuch"),
        ("nosuch",),
        ("plan", "--as-of", "tomorrow"),
        ("bureau", "load"),
        ("plan", "--format", "xml"),
    ],
)
def test_wrong_usage_ends_with_64_and_says_how_to_get_help(reconciler, arguments):
    ran = reconciler(*arguments)
    assert ran.code == 64
    assert ran.out == ""
    assert "--help" in ran.err


def test_a_mistyped_command_is_met_with_the_one_that_was_meant(reconciler):
    assert "plan" in reconciler("plann").err


def test_init_makes_a_folder_that_works_and_overwrites_nothing(reconciler, tmp_path):
    first = reconciler("init", "here")
    assert first.code == 0
    assert (tmp_path / "here" / "policies" / "access.yaml").exists()
    before = (tmp_path / "here" / "reconciler.yaml").read_bytes()
    again = reconciler("init", "here")
    assert again.code == 1
    assert "nothing was written" in again.err
    assert (tmp_path / "here" / "reconciler.yaml").read_bytes() == before


def test_the_template_is_sound_against_the_example_bureau(reconciler, example):
    ran = reconciler("validate", *DAY)
    assert (ran.code, ran.out, ran.err) == (0, "The YAML is sound; 0 warnings.\n", "")


def test_tokens_can_be_read_by_their_owner_only(example):
    tokens = list((example / "tokens").iterdir())
    assert len(tokens) == 4
    assert all(path.stat().st_mode & 0o077 == 0 for path in tokens)


def test_a_plan_changes_nothing(reconciler, example):
    one, two = reconciler("plan", *DAY, "--format", "json"), reconciler("plan", *DAY, "--format", "json")
    assert one.code == 0
    assert one.out == two.out


def test_plan_tells_by_its_exit_code_whether_there_are_changes_where_asked(reconciler, example):
    assert reconciler("plan", *DAY).code == 0
    assert reconciler("plan", *DAY, "--detailed-exitcode").code == 2


def test_apply_does_what_the_plan_said_and_leaves_what_was_blocked(reconciler, example):
    plan = valid(reconciler("plan", *DAY, "--format", "json").out)
    ran = reconciler("apply", *DAY, "--yes", "--format", "json")
    assert ran.code == 3
    result = valid(ran.out)
    assert result["plan"] == plan
    assert result["clean"]
    assert result["left"]["operations"] == []
    assert result["left"]["blocked"] == plan["blocked"]
    assert sum(result["outcomes"].get(k, 0) for k in ("refused", "failed")) == 0
    assert result["outcomes"]["done"] == sum(one["cells"] for one in plan["operations"])


def test_apply_again_has_nothing_to_do_and_still_tells_what_is_blocked(reconciler, example):
    reconciler("apply", *DAY, "--yes")
    again = reconciler("apply", *DAY, "--yes", "--format", "json")
    assert again.code == 3
    result = valid(again.out)
    assert result["operations"] == []
    assert result["plan"]["blocked"]


def test_whoever_may_do_everything_ends_in_sync_but_for_what_nobody_can_do(reconciler, example):
    boss = ("--token-file", "tokens/managing-partner.token")
    reconciler("apply", *DAY, "--yes", *boss)
    left = valid(reconciler("plan", *DAY, *boss, "--format", "json").out)
    assert left["operations"] == []
    assert {one["reason"] for one in left["blocked"]} <= {"client-not-connected", "holds-other-programs"}


def test_one_half_of_a_plan(reconciler, example):
    grants = valid(reconciler("apply", *DAY, "--yes", "--only", "grants", "--format", "json").out)
    assert {one["kind"] for one in grants["operations"]} == {"give-access"}
    left = valid(reconciler("plan", *DAY, "--format", "json").out)
    assert {one["change"] for one in left["operations"]} <= {"remove-programs", "remove-access"}


def test_apply_without_a_terminal_needs_yes(reconciler, example):
    ran = reconciler("apply", *DAY)
    assert ran.code == 64
    assert "--yes" in ran.err
    assert reconciler("plan", *DAY, "--detailed-exitcode").code == 2


def test_a_reader_may_plan_and_everything_is_blocked(reconciler, example):
    plan = valid(reconciler("plan", *DAY, "--token-file", "tokens/reader.token", "--format", "json").out)
    assert plan["operations"] == []
    assert plan["operators-known"] is False
    assert all(one["could"] is None for one in plan["blocked"])


def test_drift_ends_with_2_where_anything_differs(reconciler, example):
    ran = reconciler("drift", *DAY, "--format", "json")
    assert ran.code == 2
    valid(ran.out)


def test_rights_as_json(reconciler, example):
    document = valid(reconciler("rights", "--format", "json").out)
    assert document["operator"]["id"] == "it-admin"
    assert {other["id"] for other in document["others"]} == {"managing-partner", "payroll-admin", "reader"}


def test_validate_as_json_tells_where(reconciler, example):
    path = example / "policies" / "access.yaml"
    path.write_text(path.read_text("utf-8").replace("[payroll]", "[payrol]"), encoding="utf-8")
    ran = reconciler("validate", *DAY, "--format", "json")
    assert ran.code == 1
    (finding,) = valid(ran.out)["findings"]
    assert finding["file"] == "policies/access.yaml"
    assert "payroll" in finding["hint"]


def test_validate_offline_says_what_it_did_not_check(reconciler, example):
    (example / "bureau.db").unlink()
    ran = reconciler("validate", "--offline")
    assert ran.code == 0
    assert "not checked against a register" in ran.out


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--client", "1042"), {"1042"}),
        (("--team", "lund", "--client", "1052"), {"1052"}),
        (("--tag", "audit"), {"1048", "1053", "1062"}),
    ],
)
def test_filters_narrow_the_plan(reconciler, example, filters, expected):
    plan = valid(reconciler("plan", *DAY, *filters, "--format", "json").out)
    touched = {client for one in plan["operations"] + plan["blocked"] for client in one["clients"]}
    assert touched
    assert touched <= expected


def test_a_filter_that_nothing_matches_is_an_error(reconciler, example):
    ran = reconciler("plan", *DAY, "--team", "lnud")
    assert ran.code == 1
    assert "lund" in ran.err


def test_the_version(reconciler):
    assert reconciler("--version").out.startswith("reconciler, version 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(reconciler, shell):
    assert "_RECONCILER_COMPLETE" in reconciler("completion", shell).out


def test_completion_knows_commands_and_options(tmp_path):
    environment = {"_RECONCILER_COMPLETE": "bash_complete", "COMP_WORDS": "reconciler pl", "COMP_CWORD": "1"}
    done = subprocess.run(
        COMMAND, cwd=tmp_path, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "plain,plan\n"


def test_demo_shows_the_whole_flow_and_can_be_run_again(reconciler, tmp_path):
    for _ in range(2):
        ran = reconciler("demo")
        assert ran.code == 0
        assert "Notification" in ran.out
        assert "needs a system administrator at the client" in ran.out
    (tmp_path / "mine").mkdir()
    refused = reconciler("demo", "mine")
    assert refused.code == 1
    assert (tmp_path / "mine").exists()


def test_create_load_and_plan_an_own_bureau(reconciler, tmp_path):
    (tmp_path / "rows.csv").write_text(
        "consultant,client,program\nann@x.example,1,ledger\n", encoding="utf-8"
    )
    assert reconciler("bureau", "create", "mine", "--program", "ledger").code == 0
    assert reconciler("bureau", "load", "rows.csv", "--bureau", "mine").code == 0
    added = reconciler(
        "bureau", "operators", "add", "me", "--bureau", "mine", "--system-administrator", "all",
        "--write-token", "me.token",
    )  # fmt: skip
    assert added.code == 0
    token = (tmp_path / "me.token").read_text().strip()
    assert token not in added.out + added.err
    listed = reconciler("bureau", "operators", "list", "--bureau", "mine")
    assert "system administrator at all clients" in listed.out
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "a.yaml").write_text(
        "manage: {unlisted: remove, taken-over: mine}\naccess: {}\n", encoding="utf-8"
    )
    where = ("--database", "bureau.db", "--token-file", "me.token")
    plan = valid(reconciler("plan", *where, "--format", "json").out)
    assert plan["summary"]["accesses-removed"] == 1
    replaced = reconciler(
        "bureau", "operators", "token", "me", "--bureau", "mine", "--write-token", "new.token"
    )
    assert replaced.code == 0
    assert reconciler("plan", *where).code == 1
    assert reconciler("plan", "--database", "bureau.db", "--token-file", "new.token").code == 0


def test_what_is_wrong_comes_out_in_the_format_that_somebody_waits_for(reconciler, example):
    """Whatever stops a command: the YAML, the configuration or the backend; the exit code stays."""
    (example / "policies" / "more.yaml").write_text("acess: {}\n")
    for command in (("plan",), ("drift",), ("validate",), ("validate", "--offline")):
        ran = reconciler(*command, "--format", "github")
        assert ran.code == 1
        assert ran.out == (
            "::error file=policies/more.yaml,line=1,col=1,title=unknown-key::"
            "“acess” is not known here%0Ahint: did you mean “access”?\n"
        )
    (example / "policies" / "more.yaml").unlink()
    (example / "bureau.db").unlink()
    for form in ("github", "sarif", "gitlab"):
        ran = reconciler("validate", "--format", form)
        assert ran.code == 1
        assert "bureau.db" in ran.out
    assert "<error" in reconciler("policy", "test", "--policies", "none", "--format", "junit").out


def test_what_is_told_in_a_format_goes_into_the_file_too(reconciler, example):
    (example / "policies" / "more.yaml").write_text("acess: {}\n")
    ran = reconciler("plan", "--format", "sarif", "--to", "out.sarif")
    assert (ran.code, ran.out) == (1, "")
    assert "unknown-key" in (example / "out.sarif").read_text("utf-8")
