"""What a plan says beside its changes, each at the line of the YAML that it is about."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given

from reconciler.errors import Message
from reconciler.formats.catalogue import catalogue
from reconciler.formats.remarks import Level, plan_remarks, remarks_as
from reconciler.formats.remarks.remark import fingerprints
from reconciler.guardrails import Refusal
from reconciler.plan import build
from reconciler.plan.file import read_plan_file
from tests.audit.runs import DAY as ON
from tests.audit.runs import small_plan
from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.commands.conftest import DAY
from tests.formats.remarks.test_remarks import SARIF
from tests.support.worlds import worlds

EN = catalogue("en")


def test_each_at_its_line(reconciler, example):
    """The guardrails of the example, and what is blocked; read from a plan file, so that `show` tells the same."""
    reconciler("plan", *DAY, "--out", "plan.json")
    plan = read_plan_file((example / "plan.json").read_bytes()).plan
    lines = {name: (example / "policies" / name).read_text("utf-8").splitlines() for name in ("denials.yaml", "guardrails.yaml", "access.yaml")}  # fmt: skip
    told = plan_remarks(plan, EN)
    assert {one.rule for one in told} >= {
        "denial/independence-1062",
        "never-together/four-eyes",
        "blocked/needs-system-administrator",
    }
    for one in told:
        if one.position is not None:
            line = lines[one.position.file.removeprefix("policies/")][one.position.line - 1]
            name = one.rule.partition("/")[2]
            assert line.strip().startswith(f"{name}:") or one.rule.startswith("blocked/")
    blocked = [one for one in told if one.rule == "blocked/needs-program-administrator"]
    assert blocked[0].message == (
        "David Holm and Fia Tempelman would get programs at 1055 Sandby Bygg & Snickeri AB, programs: Annual accounts;"
        " blocked: needs a system administrator at the client, or an administrator of the program there;"
        " who could: Margareta Partner"
    )  # fmt: skip
    assert all(one.level is Level.NOTE for one in told)


def test_what_refuses_the_plan_is_an_error_at_the_limit(reconciler, example):
    (example / "policies" / "limits.yaml").write_text("guardrails:\n  limits:\n    operations: 1\n")
    ran = reconciler("plan", *DAY, "--format", "github")
    first = ran.out.splitlines()[0]
    assert first.startswith(
        "::error file=policies/limits.yaml,line=3,col=5,title=limit/operations::operations: the plan"
    )


@given(worlds())
def test_of_any_plan(world):
    plan = build(world.desired, world.current, ON)
    told = plan_remarks(plan, EN)
    assert sum(one.rule.startswith("blocked/") for one in told) == len(plan.blocked)
    assert sum(one.level is Level.ERROR for one in told) == len(plan.refusals)
    # a block is told once, and by the same mark in every language
    marks = list(fingerprints(told))
    assert len(set(marks)) == len(marks)
    assert list(fingerprints(plan_remarks(plan, catalogue("sv")))) == marks
    SARIF.validate(json.loads(remarks_as(told, "sarif", EN)))


def test_a_refusal_is_told_first():
    plan = small_plan().refused((Refusal("removals", 120, 50, Message("too many")),))
    first = plan_remarks(replace(plan, places={}), EN)[0]
    assert (first.level, first.rule, first.position) == (Level.ERROR, "limit/removals", None)
    assert first.message == "removals: too many; if that is meant, say so with --allow removals=120"
