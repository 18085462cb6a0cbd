"""From plan --out to apply FILE: what was approved is done, or the part that is left of it, or nothing."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reconciler.bureau.csvload import load_csv
from reconciler.bureau.example import load_example
from reconciler.bureau.store import Store
from reconciler.flow.files import write_tokens
from reconciler.flow.running import ending
from reconciler.flow.settings import Where
from reconciler.flow.world import Wanted, open_world
from reconciler.plan.values import Summary
from tests.commands.conftest import DAY

WHERE = ("--client", "1042", "--client", "1055")
BERTIL = "bertil.ek@exempelbyran.example"


@pytest.fixture
def planned(reconciler, example):
    """A plan file of two clients; what plan printed."""
    ran = reconciler("plan", *DAY, *WHERE, "--out", "plan.json")
    assert ran.code == 0
    return ran


def behind(folder: Path, *rows: str) -> None:
    """Give access behind everybody's back."""
    (folder / "behind.csv").write_text("consultant,client,program\n" + "\n".join(rows), encoding="utf-8")
    with contextlib.closing(Store.open(folder / "bureau.db")) as store:
        load_csv(store, "exempelbyran", folder / "behind.csv")


def state(reconciler) -> str:
    return reconciler("who", "--format", "json", "--as-of", "2026-11-24").out


def digest(reconciler, *arguments: str) -> str:
    return json.loads(reconciler("plan", *DAY, *arguments, "--format", "json").out)["digest"]


def test_the_file_is_for_its_owner_alone_and_holds_what_was_printed(reconciler, example, planned):
    assert (example / "plan.json").stat().st_mode & 0o777 == 0o600
    assert reconciler("show", "plan.json").out == planned.out
    for form in ("text", "json"):
        for language in ("en", "sv"):
            asked = ("--format", form, "--lang", language, "--full")
            assert reconciler("show", "plan.json", *asked).out == reconciler("plan", *DAY, *WHERE, *asked).out
    assert planned.out.rstrip().endswith(digest(reconciler, *WHERE))


def test_what_was_approved_is_done_without_asking(reconciler, example, planned):
    ran = reconciler("apply", "plan.json")
    assert ran.code == 3
    assert ran.out.startswith(planned.out)
    assert "8 done" in ran.out
    again = reconciler("apply", "plan.json")
    assert again.code == 3
    assert again.err.count("has happened already") == 5
    assert "Notification" not in again.out


def test_something_that_does_not_matter_moved(reconciler, example, planned):
    behind(example, "anna.lind@exempelbyran.example,1041,tax-portal", f"{BERTIL},1043,payroll")
    access = example / "policies" / "access.yaml"
    access.write_text(f"# a remark\n{access.read_text()}", encoding="utf-8")
    ran = reconciler("apply", "plan.json")
    assert (ran.code, ran.err.count("happened")) == (3, 0)
    assert "8 done" in ran.out


def test_of_what_was_approved_a_part_has_happened_and_the_rest_goes_on(reconciler, example, planned):
    behind(example, "fia.temp@exempelbyran.example,1042,annual-accounts")
    assert reconciler("apply", *DAY, *WHERE, "--only", "removals", "--yes").code == 0
    ran = reconciler("apply", "plan.json")
    assert ran.code == 3
    assert (
        "fia.temp@exempelbyran.example at 1042: has happened already: add the programs: annual-accounts\n"
        in ran.err
    )
    assert f"{BERTIL} at 1042: has happened already: remove the programs: payroll\n" in ran.err
    assert "Removes" not in ran.out
    assert "5 done" in ran.out


def stopped(reconciler, *arguments: str) -> str:
    before = state(reconciler)
    ran = reconciler("apply", *arguments)
    assert ran.code == 4
    assert ran.out == ""
    assert "nothing was done" in ran.err
    assert state(reconciler) == before
    return ran.err


def test_more_stops_it(reconciler, example, planned):
    behind(example, f"{BERTIL},1042,annual-accounts")
    told = stopped(reconciler, "plan.json")
    assert f"{BERTIL} at 1042: remove the programs: payroll became annual-accounts, payroll\n" in told
    assert "since then, the bureau has changed" in told
    assert "the rules have changed" not in told


def edit(example: Path, before: str, after: str) -> None:
    access = example / "policies" / "access.yaml"
    text = access.read_text(encoding="utf-8")
    assert before in text
    access.write_text(text.replace(before, after), encoding="utf-8")


def test_less_stops_it(reconciler, example, planned):
    edit(example, '["1042", "1052", "1055"]', '["1052", "1055"]')
    told = stopped(reconciler, "plan.json")
    assert "fia.temp@exempelbyran.example at 1042: no longer add the programs: annual-accounts" in told
    assert "since then, the rules have changed" in told


def test_yaml_that_wants_more_stops_it(reconciler, example, planned):
    more = f'  more: {{who: {BERTIL}, clients: ["1042"], programs: [annual-accounts]}}\n'
    edit(example, "access:\n", f"access:\n{more}")
    told = stopped(reconciler, "plan.json")
    assert f"{BERTIL} at 1042: now also add the programs: annual-accounts\n" in told
    assert "since then, the rules have changed" in told


def test_rights_that_changed_stop_it(reconciler, example, planned):
    bureau = ("--database", "bureau.db", "--bureau", "exempelbyran")
    fewer = ("bureau", "operators", "rights", "it-admin", "--system-administrator", "1042", *bureau)
    assert reconciler(*fewer).code == 0
    told = stopped(reconciler, "plan.json")
    assert "david.holm@exempelbyran.example at 1055: no longer add the programs: payroll\n" in told


def test_a_digest_is_as_good_as_a_file_as_long_as_nothing_moved(reconciler, example):
    approved = digest(reconciler, *WHERE)
    ran = reconciler("apply", *DAY, *WHERE, "--expect", approved)
    assert ran.code == 3
    assert "8 done" in ran.out


def test_a_digest_alone_does_not_tell_what_has_happened_already(reconciler, example):
    approved = digest(reconciler, *WHERE)
    behind(example, "fia.temp@exempelbyran.example,1042,annual-accounts")
    told = stopped(reconciler, *DAY, *WHERE, "--expect", approved)
    assert "plan file" in told
    assert digest(reconciler, *WHERE) in told


def test_a_file_that_is_not_the_one_whose_digest_was_approved(reconciler, example, planned):
    other = digest(reconciler)
    assert other in stopped(reconciler, "plan.json", "--expect", other)
    assert reconciler("apply", "plan.json", "--expect", digest(reconciler, *WHERE)).code == 3


@pytest.mark.parametrize("wrong", ["", "sha256:", "abc", "sha256:" + "A" * 64, " sha256:" + "a" * 64])
def test_what_is_no_digest_is_wrong_usage(reconciler, example, wrong):
    assert reconciler("apply", *DAY, "--yes", f"--expect={wrong}").code == 64


def test_a_variable_that_is_empty_does_not_switch_the_check_off(reconciler, example, monkeypatch):
    monkeypatch.setenv("RECONCILER_EXPECT", "")
    ran = reconciler("apply", *DAY, "--yes")
    assert ran.code == 64
    assert "no digest" in ran.err


@pytest.mark.parametrize(
    "flags",
    [
        ("--client", "1042"),
        ("--tag", "payroll"),
        ("--as-of", "2026-11-25"),
        ("--only", "grants"),
        ("--team", "malmo"),
        ("--consultant", BERTIL),
    ],
)
def test_flags_that_contradict_the_file_are_wrong_usage(reconciler, example, planned, flags):
    ran = reconciler("apply", "plan.json", *flags)
    assert ran.code == 64
    assert flags[0] in ran.err


def test_flags_that_say_the_same_are_none(reconciler, example, planned):
    assert reconciler("apply", "plan.json", *DAY, *reversed(WHERE[:2]), *WHERE[2:]).code == 64
    assert reconciler("apply", "plan.json", *DAY, *WHERE[2:], *WHERE[:2]).code == 3


def test_another_operator(reconciler, example, planned):
    ran = reconciler("apply", "plan.json", "--token-file", "tokens/managing-partner.token")
    assert (ran.code, ran.out) == (1, "")
    assert "made by the operator it-admin, and this is managing-partner" in ran.err


def test_another_bureau(reconciler, example, planned):
    """The same names, the same operator, and another key."""
    (example / "other").mkdir()
    for path in (Path(__file__).parents[2] / "policies" / "example").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        (example / "other" / path.name).write_text(
            text.replace("exempelbyran,", "annanbyra,"), encoding="utf-8"
        )
    with contextlib.closing(Store.open(example / "other.db")) as store:
        write_tokens(example / "other-tokens", load_example(store, example / "other"))
    bureau = example / "policies" / "bureau.yaml"
    bureau.write_text(bureau.read_text().replace("exempelbyran", "annanbyra"))
    there = ("--database", "other.db", "--token-file", "other-tokens/it-admin.token")
    ran = reconciler("apply", "plan.json", *there)
    assert (ran.code, ran.out) == (1, "")
    assert "the plan is for the bureau exempelbyran, and this is annanbyra" in ran.err


def test_a_plan_for_no_day_is_for_today_whatever_day_that_is(reconciler, example, monkeypatch):
    import datetime as dt

    from reconciler.flow import world

    def on(day):
        monkeypatch.setattr(world, "day_in", lambda zone: dt.date.fromisoformat(day))

    on("2026-11-24")
    assert reconciler("plan", "--client", "1042", "--out", "plan.json").code == 0
    on("2027-04-01")
    told = stopped(reconciler, "plan.json")
    assert "the plan was for 2026-11-24, and this is 2027-04-01" in told
    on("2026-11-30")
    assert reconciler("apply", "plan.json").code == 0


def test_a_file_that_is_not_there(reconciler, example):
    for command in ("apply", "show"):
        ran = reconciler(command, "none.json")
        assert ran.code == 1
        assert "none.json" in ran.err


def test_out_replaces_a_file_and_nothing_else(reconciler, example):
    (example / "plan.json").write_text("old")
    assert reconciler("plan", *DAY, "--out", "plan.json").code == 0
    assert reconciler("show", "plan.json").code == 0
    assert reconciler("plan", *DAY, "--out", "policies").code == 1
    assert reconciler("plan", *DAY, "--out", "nowhere/plan.json").code == 1
    assert not list(example.glob(".plan.json*"))


def test_a_limit_that_was_passed_by_name_is_passed_by_the_file_and_by_the_command_line(reconciler, example):
    guardrails = example / "policies" / "guardrails.yaml"
    text = guardrails.read_text(encoding="utf-8")
    guardrails.write_text(re.sub(r"(?m)^(\s+removals): .*$", r"\1: 1", text, count=1), encoding="utf-8")
    part = (*DAY, "--client", "1042", "--client", "1055", "--only", "removals")
    assert reconciler("plan", *part, "--out", "plan.json").code == 0
    assert reconciler("apply", "plan.json").code == 5
    allowed = reconciler("plan", *part, "--allow", "removals=2", "--out", "allowed.json")
    assert "--allow" not in allowed.out
    # what is approved is the outcome, not the way past a limit
    assert reconciler("apply", "plan.json", "--allow", "removals=3").code == 5
    assert reconciler("apply", "allowed.json").code == 0


def test_a_plan_of_a_read_only_token_is_what_the_full_token_applies(reconciler, example, monkeypatch):
    made = reconciler(
        *("bureau", "operators", "token", "it-admin", "--bureau", "exempelbyran"),
        *("--read-only", "--write-token", "reading.token"),
    )
    assert made.code == 0
    full, reading = (
        (example / "tokens" / "it-admin.token").read_text(),
        (example / "reading.token").read_text(),
    )
    monkeypatch.setenv("RECONCILER_TOKEN", reading)
    approved = digest(reconciler, *WHERE)
    before = state(reconciler)
    refused = reconciler("apply", *DAY, *WHERE, "--expect", approved)
    assert refused.code == 1
    assert "for reading only" in refused.err
    assert state(reconciler) == before
    monkeypatch.setenv("RECONCILER_TOKEN", full)
    assert digest(reconciler, *WHERE) == approved
    ran = reconciler("apply", *DAY, *WHERE, "--expect", approved)
    assert ran.code == 3
    assert "8 done" in ran.out


def test_what_the_plan_showed_as_blocked_need_not_fail_a_pipeline(reconciler, example, planned):
    assert reconciler("apply", "plan.json", "--blocked-ok").code == 0
    assert reconciler("apply", *DAY, *WHERE, "--yes", "--blocked-ok").code == 0  # nothing is left to be done
    assert reconciler("apply", *DAY, *WHERE, "--yes").code == 3
    everything = ("--as", "all", *DAY, *WHERE, "--yes")
    with (example / "reconciler.yaml").open("a") as config:
        config.write("operators: {ingrid: {token-file: tokens/it-admin.token}}\n")
    assert reconciler("apply", *everything).code == 3
    assert reconciler("apply", *everything, "--blocked-ok").code == 0


def test_what_was_refused_or_is_still_to_be_made_fails_it_all_the_same(example):
    with open_world(Where()) as world:
        to_do, _ = world.look(Wanted(as_of=date(2026, 11, 24)))
    nothing = Summary(0, 0, 0, 0, blocked=to_do.summary.blocked, unmanaged=0)
    only_blocked = replace(to_do, operations=(), summary=nothing)
    assert ending(only_blocked, clean=True, blocked_ok=True) == 0
    assert ending(only_blocked, clean=True, blocked_ok=False) == 3
    assert ending(only_blocked, clean=False, blocked_ok=True) == 3
    assert ending(to_do, clean=True, blocked_ok=True) == 3


def test_the_digest_alone_for_a_pipeline(reconciler, example, planned):
    ran = reconciler("show", "plan.json", "--digest")
    assert (ran.code, ran.out) == (0, digest(reconciler, *WHERE) + "\n")
