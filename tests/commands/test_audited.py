"""What apply writes into the audit log, and that it does nothing without it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.conftest import DAY

APPLY = ("apply", "--yes", "--client", "1042", *DAY)


def entries(folder: Path) -> list[dict]:
    """What stands in the log."""
    lines = (folder / "state" / "audit.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["entry"] for line in lines]


def test_a_run_is_written_down_and_its_head_is_told(reconciler, example):
    ran = reconciler(*APPLY)
    assert ran.code in (0, 3)
    head = ran.err.rpartition("head ")[2].strip()
    assert reconciler("audit", "verify", "--head", head).code == 0
    kinds = [entry["event"] for entry in entries(example)]
    assert kinds[0] == "run-begun"
    assert kinds[-1] == "run-ended"
    assert {"operation", "result"} <= set(kinds)
    (begun,) = (entry for entry in entries(example) if entry["event"] == "run-begun")
    assert begun["approval"]["kind"] == "yes"


def test_a_plan_file_and_a_digest_are_told_as_the_approval(reconciler, example):
    reconciler("plan", "--client", "1042", "--out", "plan.json", *DAY)
    assert reconciler("apply", "plan.json").code in (0, 3)
    shown = json.loads(reconciler("plan", "--client", "1055", "--format", "json", *DAY).out)
    assert reconciler("apply", "--expect", shown["digest"], "--client", "1055", *DAY).code in (0, 3)
    given = [entry["approval"] for entry in entries(example) if entry["event"] == "run-begun"]
    assert [(one["kind"], one.get("file")) for one in given] == [("file", "plan.json"), ("expect", None)]


def test_nothing_is_done_where_the_log_cannot_be_written(reconciler, example):
    (example / "log").mkdir()
    before = reconciler("plan", "--client", "1042", "--format", "json", *DAY).out
    ran = reconciler(*APPLY, "--audit-log", "log")
    assert ran.code == 1
    assert "audit log" in ran.err
    assert reconciler("plan", "--client", "1042", "--format", "json", *DAY).out == before


def test_a_plan_that_a_guardrail_refuses_is_written_down(reconciler, example):
    rules = example / "policies" / "limits.yaml"
    (example / "policies" / "guardrails.yaml").unlink()
    rules.write_text("guardrails: {limits: {removals: 0}}\n")
    assert reconciler(*APPLY).code == 5
    (refused,) = entries(example)
    assert refused["event"] == "plan-refused"
