"""`apply --as all`: each part with its own token, what has to wait waits, and never more than was approved."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from reconciler.backends import BackendConfig, open_backend
from reconciler.commands import apply_all
from reconciler.commands.cli import run
from reconciler.flow import running
from reconciler.plan.outcome import sha256
from reconciler.resources import resource
from tests.commands.conftest import DAY
from tests.commands.several import *  # noqa: F403 - its fixtures
from tests.commands.test_audited import entries

SCHEMA = json.loads(resource("schemas/plan.schema.json").read_text("utf-8"))
ALL = ("--as", "all", "--yes", *DAY)


def document(text: str) -> dict:
    found = json.loads(text)
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(found)
    return found


@pytest.fixture
def shared(team, reconciler):
    """Ingrid has three clients and Pia the payroll; Margareta could do everything, and has no token here."""
    folder = team("ingrid", "pia", without=("margareta",))
    give(reconciler, "it-admin", "--system-administrator", "1041,1042,1043")
    return folder


def give(reconciler, operator: str, *rights: str) -> None:
    own = ("bureau", "operators", "rights", operator, "--bureau", "exempelbyran", "--database", "bureau.db")
    ran = reconciler(*own, *rights)
    assert ran.code == 0, ran.err


def state(folder, *pairs: tuple[str, str]) -> dict[tuple[str, str], set[str]]:
    """What pairs hold at the bureau; pairs without access are left out."""
    token = (folder / "tokens/managing-partner.token").read_text().strip()
    with open_backend(BackendConfig("embedded", {"database": str(folder / "bureau.db")}, token)) as backend:
        current = backend.current()
    names = current.register.programs.names
    every = {
        (current.register.consultants.names[who], current.register.clients.names[where]): {
            name for bit, name in enumerate(names) if mask >> bit & 1
        }
        for who, where, mask in current.access.rows()
    }
    return {pair: every[pair] for pair in pairs if pair in every} if pairs else every


def test_each_part_is_done_with_its_own_token(reconciler, shared):
    plan = document(reconciler("plan", "--as", "all", *DAY, "--format", "json").out)
    ran = reconciler("apply", *ALL, "--format", "json")
    found = document(ran.out)
    assert ran.code == 3  # what Margareta could do is left
    assert found["plan"] == plan
    assert found["clean"] is True
    assert [part["operator"] for part in found["parts"]] == ["it-admin", "payroll-admin"]
    assert [len(part["runs"]) for part in found["parts"]] == [1, 1]
    left = found["left"]
    assert (left["parts"], left["whole"]["operations"]) == ([], [])
    assert left["whole"]["blocked"] == plan["whole"]["blocked"]
    listed = json.loads(reconciler("runs", "--format", "json").out)["runs"]
    assert {(one["operator"], one["state"]) for one in listed} == {
        ("it-admin", "finished"),
        ("payroll-admin", "finished"),
    }


def test_it_ends_as_if_one_with_all_the_rights_had_done_it(reconciler, shared, tmp_path_factory, monkeypatch):
    assert reconciler("apply", *ALL).code == 3
    together = state(shared)
    again = reconciler("apply", *ALL)
    assert (again.code, state(shared)) == (3, together)
    assert "Part 1 of" not in again.out
    other = tmp_path_factory.mktemp("one")
    monkeypatch.chdir(other)
    assert reconciler("init").code == 0
    assert reconciler("bureau", "load", "--example").code == 0
    give(
        reconciler,
        "it-admin",
        "--system-administrator",
        "1041,1042,1043",
        "--program-administrator",
        "payroll=all",
    )
    assert reconciler("apply", "--yes", *DAY).code == 3
    assert state(other) == together


def test_what_it_reads(reconciler, shared):
    ran = reconciler("apply", *ALL, "--client", "1042", "--client", "1055")
    plan, _, rest = ran.out.partition("\nPart 1 of 2: Ingrid Admin\n")
    assert "Without a token: margareta" in plan
    shown, _, done = rest.partition("\nPart 1 of 2: Ingrid Admin\n")
    assert "sha256:" in shown
    first, second = done.split("\nPart 2 of 2: Pia Löneby\n")
    assert "Bertil Ek at 1042 Sofielunds Bageri AB: Payroll: done" in first
    assert "1055" not in first
    assert "David Holm at 1055 Sandby Bygg & Snickeri AB: Payroll: done" in second
    assert "Blocked: 2 changes that none of these operators gets done" in second
    assert second.endswith("Looked again: 2 blocked changes are left, and nothing else.\n")


def test_nobody_agrees_to_it_without_a_terminal(reconciler, shared):
    before = state(shared)
    ran = reconciler("apply", "--as", "all", *DAY)
    assert (ran.code, "use --yes" in ran.err) == (64, True)
    assert state(shared) == before


def test_the_digest_of_the_whole_is_what_is_approved(reconciler, shared):
    before = state(shared)
    plan = document(reconciler("plan", "--as", "all", *DAY, "--format", "json").out)
    wrong = reconciler("apply", "--as", "all", *DAY, "--expect", "sha256:" + "0" * 64)
    assert (wrong.code, "is not what was approved" in wrong.err) == (4, True)
    alone = json.loads(reconciler("plan", "--as", "ingrid", *DAY, "--format", "json").out)["digest"]
    assert reconciler("apply", "--as", "all", *DAY, "--expect", alone).code == 4
    assert state(shared) == before
    assert reconciler("apply", "--as", "all", *DAY, "--expect", plan["whole"]["digest"]).code == 3
    assert state(shared) != before


def test_a_run_and_the_file_of_one_operator_are_not_for_all(reconciler, shared):
    assert reconciler("plan", "--as", "ingrid", *DAY, "--out", "plan.json").code == 0
    before = state(shared)
    for more in ("plan.json", "--resume"):
        ran = reconciler("apply", more, "--as", "all", *DAY)
        assert (ran.code, "of one operator: use --as with its name" in ran.err) == (64, True)
    assert state(shared) == before


PART = ("--client", "1042", "--client", "1055")


def test_a_plan_of_several_is_kept_shown_and_applied(reconciler, shared):
    printed = reconciler("plan", "--as", "all", *DAY, "--out", "plan.json")
    shown = reconciler("show", "plan.json")
    assert (printed.code, shown.code) == (0, 0)
    without = re.sub(r"Without a token: .*\n( .*\n)*", "", printed.out)
    assert shown.out.replace("who could", "could") == without.replace("who could", "could")
    for form in ("json", "csv"):
        told = reconciler("show", "plan.json", "--format", form).out
        direct = reconciler("plan", "--as", "all", *DAY, "--format", form).out
        if form == "json":
            told, direct = document(told), document(direct) | {"without-token": []}
        assert told == direct
    assert reconciler("show", "plan.json", "--digest").out in printed.out
    assert reconciler("show", "plan.json", "--format", "html").out.startswith("<!doctype html>")
    ran = reconciler("apply", "plan.json", "--as", "all", "--format", "json")
    assert ran.code == 3
    done = document(ran.out)
    assert [part["operator"] for part in done["parts"]] == ["it-admin", "payroll-admin"]
    assert done["left"]["parts"] == []
    begun = [entry for entry in entries(shared) if entry["event"] == "run-begun"]
    assert [one["approval"] for one in begun] == [{"kind": "file", "file": "plan.json"}] * 2
    again = reconciler("apply", "plan.json", "--as", "all")
    assert again.code == 3
    assert "has happened already" in again.err or "so already" in again.err, again.err


def test_what_has_happened_of_it_is_not_done_again_and_the_rest_is(reconciler, shared):
    assert reconciler("plan", "--as", "all", *DAY, *PART, "--out", "plan.json").code == 0
    assert reconciler("apply", "--as", "pia", "--yes", *DAY, *PART).code == 3
    ran = reconciler("apply", "plan.json", "--as", "all", "--format", "json")
    assert ran.code == 3
    assert [part["operator"] for part in document(ran.out)["parts"]] == ["it-admin"]


def test_anything_else_than_what_was_kept_stops_it_with_what_moved(reconciler, shared):
    assert reconciler("plan", "--as", "all", *DAY, *PART, "--out", "plan.json").code == 0
    (shared / "policies/more.yaml").write_text(
        "access: {more: {who: bertil.ek@exempelbyran.example, clients: ['1042'], programs: [annual-accounts]}}\n"
    )
    before = state(shared)
    ran = reconciler("apply", "plan.json", "--as", "all")
    assert ran.code == 4
    assert "bertil.ek@exempelbyran.example" in ran.err
    assert "the rules have changed" in ran.err
    assert state(shared) == before


def test_who_was_not_asked_does_nothing_of_it(reconciler, shared, monkeypatch):
    """Margareta has a token now, and the first one none; she could do all of it, and nobody approved that she does."""
    assert reconciler("plan", "--as", "all", *DAY, *PART, "--out", "plan.json").code == 0
    token = (shared / "tokens/managing-partner.token").read_text()
    monkeypatch.setenv("TOKEN_OF_MARGARETA", token)
    monkeypatch.delenv("TOKEN_OF_INGRID")
    before = state(shared)
    ran = reconciler("apply", "plan.json", "--as", "all")
    assert ran.code == 1
    assert "made by the operator it-admin+payroll-admin, and this is managing-partner" in ran.err
    assert state(shared) == before


def test_the_file_of_several_is_not_for_one_of_them(reconciler, shared):
    assert reconciler("plan", "--as", "all", *DAY, *PART, "--out", "plan.json").code == 0
    before = state(shared)
    ran = reconciler("apply", "plan.json", "--as", "ingrid")
    assert (ran.code, "of several operators: use --as all" in ran.err) == (64, True)
    assert state(shared) == before


@pytest.mark.parametrize("parts", [[], [1], [1, 10_000], [1, 1, 1]])
def test_parts_that_are_not_all_of_it_are_refused(reconciler, shared, parts):
    assert reconciler("plan", "--as", "all", *DAY, *PART, "--out", "plan.json").code == 0
    altered = json.loads((shared / "plan.json").read_text())
    altered["plan"]["parts"] = parts
    del altered["integrity"]
    altered["integrity"] = sha256(rfc8785.dumps(altered))
    (shared / "plan.json").write_bytes(rfc8785.dumps(altered))
    ran = reconciler("show", "plan.json")
    assert (ran.code, "its parts do not fit together" in ran.err) == (1, True)


def test_where_plans_must_be_signed_nothing_unsigned_is_done(reconciler, shared):
    (shared / "signers").write_text("")
    before = state(shared)
    ran = reconciler("apply", *ALL, "--allowed-signers", "signers")
    assert (ran.code, "only a signed plan file may be applied here" in ran.err) == (1, True)
    assert state(shared) == before


def test_a_limit_counts_what_all_of_them_do(reconciler, shared):
    plan = document(reconciler("plan", "--as", "all", *DAY, "--format", "json").out)
    figures = [part["summary"]["programs-removed"] for part in plan["parts"]]
    assert min(figures) > 0
    removals = plan["whole"]["summary"]["programs-removed"] + plan["whole"]["summary"]["accesses-removed"]
    (shared / "policies/limits.yaml").write_text(f"guardrails: {{limits: {{removals: {removals - 1}}}}}\n")
    bureau = shared / "policies/guardrails.yaml"
    bureau.write_text(re.sub(r"\n    removals: .*", "", bureau.read_text()))
    before = state(shared)
    ran = reconciler("apply", *ALL)
    assert (ran.code, f"--allow removals={removals}" in ran.err) == (5, True), ran.err
    assert state(shared) == before
    (told,) = entries(shared)
    assert (told["event"], told["operator"]) == ("plan-refused", "it-admin+payroll-admin")
    assert [one["guardrail"] for one in told["refusals"]] == ["removals"]
    assert "Plan refused at" in reconciler("audit", "show").out
    assert reconciler("apply", *ALL, "--allow", f"removals={removals}").code == 3


def test_nothing_is_said_to_be_refused_where_the_log_cannot_be_written(reconciler, shared):
    (shared / "policies/guardrails.yaml").write_text("guardrails: {limits: {removals: 0}}\n")
    (shared / "log").mkdir()
    ran = reconciler("apply", *ALL, "--audit-log", "log")
    assert (ran.code, "audit log" in ran.err) == (1, True)


# -- parts that depend on each other ------------------------------------------------------------------------------


EVA = "eva.strand@exempelbyran.example"
SWAP = f"""\
access:
  swap:
    who: {EVA}
    clients: ["1055"]
    programs: [annual-accounts]
never:
  no-payroll:
    who: {EVA}
    clients: ["1055"]
    programs: [payroll]
    reason: others do it
guardrails:
  never-together:
    one-of-the-two: [payroll, annual-accounts]
"""


def test_what_has_to_wait_for_another_part_is_done_afterwards(reconciler, team):
    """Ingrid, who comes first, gives annual accounts to whom Pia takes payroll from; never both at a time."""
    folder = team("ingrid", "pia")
    give(reconciler, "it-admin", "--program-administrator", "annual-accounts=1055")
    (folder / "policies/swap.yaml").write_text(SWAP)
    assert "payroll" in state(folder)[EVA, "1055"]
    ran = reconciler("apply", *ALL, "--client", "1055", "--consultant", EVA, "--format", "json")
    found = document(ran.out)
    ingrid, pia = found["parts"]
    assert (ingrid["operator"], pia["operator"]) == ("it-admin", "payroll-admin")
    assert (len(ingrid["runs"]), len(pia["runs"])) == (1, 1)
    runs = json.loads(reconciler("runs", "--format", "json").out)["runs"]
    assert [run["operator"] for run in runs] == [
        "it-admin",
        "payroll-admin",
    ]  # the newest first: Pia went before
    assert "annual-accounts" in state(folder)[EVA, "1055"]
    assert "payroll" not in state(folder)[EVA, "1055"]
    assert found["left"]["parts"] == []


def test_what_waits_for_something_that_does_not_happen_is_left(reconciler, team, monkeypatch):
    folder = team("ingrid", "pia")
    give(reconciler, "it-admin", "--program-administrator", "annual-accounts=1055")
    (folder / "policies/swap.yaml").write_text(SWAP)
    whole = apply_all._once

    def refused(way, journal, doing):
        if doing.part.plan.operator.key == "payroll-admin":
            give(reconciler, "payroll-admin")
        return whole(way, journal, doing)

    monkeypatch.setattr(apply_all, "_once", refused)
    ran = reconciler("apply", *ALL, "--client", "1055", "--consultant", EVA, "--format", "json")
    found = document(ran.out)
    assert ran.code == 3
    assert [part["runs"] for part in found["parts"]] == [[], []]
    assert "annual-accounts" not in state(folder)[EVA, "1055"]
    assert {one["reason"] for one in found["left"]["whole"]["blocked"]} >= {"never-together"}


# -- something happens between the parts --------------------------------------------------------------------------


@pytest.fixture
def between(monkeypatch):
    """Do something after the first part is carried out."""

    def hook(action) -> None:
        whole, done = running.carry, []

        def carry(*arguments):
            found = whole(*arguments)
            if not done:
                done.append(True)
                action()
            return found

        monkeypatch.setattr(running, "carry", carry)

    return hook


def test_a_later_part_does_what_was_approved_and_no_more(reconciler, shared, between):
    """Meanwhile somebody takes a pair that the second part is about away, and gives another more."""
    plan = document(reconciler("plan", "--as", "all", *DAY, "--format", "json").out)
    approved = {
        (one["change"], person, client, program)
        for one in plan["parts"][1]["operations"]
        for person in one["consultants"]
        for client in one["clients"]
        for program in one["programs"]
    }

    def meddle() -> None:
        """Margareta takes payroll from two who have it, at clients of the second part."""
        (shared / "other").mkdir()
        (shared / "other/access.yaml").write_text(
            "bureau: exempelbyran\n"
            "never:\n  x:\n    who: david.holm@exempelbyran.example\n    clients: all\n    programs: [payroll]\n    reason: x\n"
        )
        token = shared / "tokens/managing-partner.token"
        run(["apply", "--policies", "other", "--token-file", str(token), "--yes", *DAY])

    between(meddle)
    before = state(shared)
    ran = reconciler("apply", *ALL, "--format", "json")
    found = json.loads(ran.out[ran.out.index('{\n  "plan"') :])
    document(json.dumps(found))
    (pia,) = found["parts"][1]["runs"]
    done = {
        (operation["kind"], item["consultant"], item["client"], program)
        for operation in pia["operations"]
        for item in operation["items"]
        for program in item["programs"]
        if item["outcome"] == "done"
    }
    kinds = {"add-programs": "give-access", "remove-programs": "remove-programs"}
    assert done <= {(kinds[change], *cell) for change, *cell in approved}
    assert before != state(shared)


def test_a_token_that_ends_meanwhile_leaves_its_part(reconciler, shared, between):
    between(
        lambda: run(
            [
                "bureau",
                "operators",
                "revoke",
                "payroll-admin",
                "--bureau",
                "exempelbyran",
                "--database",
                "bureau.db",
            ]
        )
    )
    ran = reconciler("apply", *ALL)
    assert ran.code == 1
    assert "Bertil Ek at 1042 Sofielunds Bageri AB: Payroll: done" in ran.out
    part = ran.out.rpartition("Part 2 of 2: Pia Löneby")[2]
    assert "stopped: bureau.db does not accept the token" in " ".join(part.split())
    assert "Could not look again" in ran.out


def test_stopped_by_hand_no_further_part_is_begun(reconciler, shared, monkeypatch):
    import reconciler.apply as applying

    def stopped(*_arguments, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(applying, "carry_out", stopped)
    before = state(shared)
    ran = reconciler("apply", *ALL)
    assert ran.code == 130
    first, second = ran.out.rpartition("Part 1 of 2: Ingrid Admin")[2].split("Part 2 of 2: Pia Löneby")
    assert "it was stopped by hand" in first
    assert "another part was stopped before" in second
    assert state(shared) == before


def test_the_world_has_moved_before_the_first_part(reconciler, shared, monkeypatch):
    """Between the plan that is shown and the first operation: nothing is done, and it is told what moved."""
    whole = apply_all._still_true

    def meddle(*arguments):
        run(["apply", "--client", "1042", "--as", "ingrid", "--only", "removals", "--yes", *DAY])
        give(reconciler, "it-admin", "--system-administrator", "1041,1043")
        return whole(*arguments)

    monkeypatch.setattr(apply_all, "_still_true", meddle)
    ran = reconciler("apply", *ALL)
    assert ran.code == 4
    assert "has changed since the plan was shown, and nothing was done" in ran.err


def test_no_token_is_printed_or_left_in_a_file(reconciler, shared, monkeypatch):
    tokens = [path.read_text().strip() for path in (shared / "tokens").iterdir()]
    ran = reconciler("apply", *ALL, "--full")
    told = ran.out + ran.err
    files = (path for path in shared.rglob("*") if path.is_file() and path.suffix != ".token")
    told += "".join(path.read_bytes().decode("latin-1") for path in files)
    assert [token for token in tokens if token in told] == []


# -- killed -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, 1])
def test_killed_in_any_part_another_apply_goes_on(reconciler, shared, tmp_path_factory, monkeypatch, part):
    """A real process, killed while the jobs of a part run; the next apply of all ends where one alone would have."""
    copy = tmp_path_factory.mktemp("whole")
    shutil.copytree(shared, copy, dirs_exist_ok=True)
    with monkeypatch.context() as patch:
        patch.chdir(copy)
        assert reconciler("apply", *ALL).code == 3
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(part), "apply", *ALL],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert killed.wait(60) == -signal.SIGKILL, killed.stderr.read()
    killed.stderr.close()
    assert state(shared) != state(copy)
    ran = reconciler("apply", *ALL)
    assert ran.code == 3, ran.out + ran.err
    assert state(shared) == state(copy)


KILLED = """\
import os, signal, sys
from reconciler.flow import running
from reconciler.commands.cli import run
from reconciler.backends.remote import RemoteBackend

parts = int(sys.argv[1])
carry, submit = running.carry, RemoteBackend.submit
begun = []

def counted(*arguments):
    begun.append(True)
    return carry(*arguments)

def killed(*arguments):
    job = submit(*arguments)
    if len(begun) > parts:
        os.kill(os.getpid(), signal.SIGKILL)
    return job

running.carry, RemoteBackend.submit = counted, killed
run(sys.argv[2:])
"""
