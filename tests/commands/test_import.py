"""`import` on the command line: a new folder, drift into one that is there, and nothing half written."""

from __future__ import annotations

import csv
import random

import pytest

from reconciler.errors import InputError
from reconciler.flow.files import write_all_new
from tests.commands.conftest import DAY


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_plan_after_import_is_empty(reconciler, example):
    ran = reconciler("import", "--policies", "found", *DAY)
    assert ran.code == 3  # somebody who has left still has access: that cannot be desired
    assert ran.out.splitlines()[:3] == [
        "wrote found/bureau.yaml",
        "wrote found/access.yaml",
        "wrote found/unsorted.yaml",
    ]
    assert "Left out: 1 consultant who has left the bureau and still has access: ivar.gren@" in ran.out
    plan = reconciler("plan", "--policies", "found", "--detailed-exitcode", *DAY)
    assert plan.code == 0
    assert "Nothing to do" in plan.out
    assert reconciler("fmt", "--check", "found").code == 0
    assert reconciler("validate", "--policies", "found", *DAY).out == "The YAML is sound; 0 warnings.\n"


def test_it_says_in_swedish_what_a_swede_reads(reconciler, example):
    assert reconciler("--lang", "sv", "import", "--policies", "found", *DAY).code == 3
    assert "# konsulter: " in (example / "found" / "access.yaml").read_text(encoding="utf-8")


def test_drift_is_adopted_into_a_file_of_its_own(reconciler, example):
    before = contents(example / "policies")
    ran = reconciler("import", "--into", "policies", "--reason", "as found", *DAY)
    assert ran.out.startswith("wrote policies/adopted-2026-11-24.yaml\n")
    after = contents(example / "policies")
    added = after.pop("adopted-2026-11-24.yaml").decode()
    assert after == before
    assert added.count("reason: as found") == added.count("who:") - added.count("except: {who:")
    plan = reconciler("plan", "--only", "removals", *DAY).out
    # what is left to remove is what nobody may adopt: whoever has left, what is denied, what has ended
    assert "no rule gives it" not in plan
    again = reconciler("import", "--into", "policies", *DAY)
    assert "There is nothing to write" in again.out
    assert contents(example / "policies").keys() == {*before, "adopted-2026-11-24.yaml"}


def test_a_part_and_then_the_rest_have_names_of_their_own(reconciler, example):
    assert reconciler("import", "--into", "policies", "--team", "malmo", *DAY).code in {0, 3}
    assert reconciler("import", "--into", "policies", *DAY).code == 3
    assert (example / "policies" / "adopted-2026-11-24-2.yaml").exists()
    assert reconciler("validate", "--offline").code == 0


def test_file_names_the_file(reconciler, example):
    one = reconciler("import", "--into", "policies", "--client", "1047", "--file", "found", *DAY)
    assert one.out.startswith("wrote policies/found.yaml\n")
    before = contents(example / "policies")
    ran = reconciler("import", "--into", "policies", "--file", "found.yaml", *DAY)
    assert (ran.code, ran.err) == (
        1,
        "error: policies/found.yaml is there already; nothing was overwritten\n",
    )
    assert reconciler("import", "--into", "policies", "--file", "../x", *DAY).code == 1
    assert reconciler("import", "--file", "x", *DAY).code == 64
    assert contents(example / "policies") == before


def test_nothing_is_written_where_something_is(reconciler, example):
    before = contents(example / "policies")
    ran = reconciler("import", *DAY)
    assert ran.code == 1
    assert "policies/access.yaml is there already; nothing was written" in ran.err
    assert "--into policies" in ran.err
    assert contents(example / "policies") == before


def test_all_files_or_none(tmp_path):
    (tmp_path / "two.yaml").write_text("there\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"two\.yaml is there already"):
        write_all_new({tmp_path / name: "new\n" for name in ("one.yaml", "two.yaml", "three.yaml")})
    assert contents(tmp_path) == {"two.yaml": b"there\n"}


def test_a_broken_policy_is_told_and_nothing_is_added(reconciler, example):
    (example / "policies" / "bad.yaml").write_text("access: {a: {who: x}}\n", encoding="utf-8")
    before = contents(example / "policies")
    assert reconciler("import", "--into", "policies", *DAY).code == 1
    assert contents(example / "policies") == before


@pytest.mark.parametrize("programs", [1, 6])
def test_a_matrix_becomes_few_rules_and_an_empty_plan(reconciler, tmp_path, programs):
    """Like the matrices of the literature: users with the permissions of some of a few roles."""
    rng = random.Random(programs)
    roles = [rng.sample(range(60), 12) for _ in range(8)]
    rows = {
        (user, permission + 1)
        for user in range(1, 41)
        for role in rng.sample(roles, 2)
        for permission in role
    }
    with (tmp_path / "matrix.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user", "permission"), *sorted(rows)])
    names = [part for i in range(programs) for part in ("--program", f"program-{i}")]
    assert reconciler("bureau", "create", "matrix", *names).code == 0
    load = ("bureau", "load", "matrix.csv", "--bureau", "matrix", "--programs-per-client", str(programs))
    assert reconciler(*load).code == 0
    add = ("bureau", "operators", "add", "me", "--bureau", "matrix", "--write-token", "me.token")
    assert reconciler(*add, "--system-administrator", "all").code == 0
    where = ("--database", "bureau.db", "--token-file", "me.token", "--policies", "found")
    ran = reconciler("import", *where)
    assert ran.code == 0
    count = int(next(line for line in ran.out.splitlines() if line.endswith("rules")).split()[0])
    assert count <= (8 if programs == 1 else 48)
    plan = reconciler("plan", *where, "--detailed-exitcode")
    assert (plan.code, "Nothing to do" in plan.out) == (0, True)
