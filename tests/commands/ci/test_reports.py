"""`ci widget` and `ci links`: what GitLab shows of a plan."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import DAY
from tests.security.attacks import ATTACKS, judge_json


def test_a_plan_file_in_figures(reconciler, example):
    assert reconciler("plan", *DAY, "--client", "1043", "--client", "1055", "--out", "plan.json").code == 0
    ran = reconciler("ci", "widget", "plan.json")
    assert (ran.code, ran.err) == (0, "")
    # Anna Lind gets programs at 1043; at 1055 David Holm and Fia Tempelman get some, Eva Strand loses one
    assert json.loads(ran.out) == {"create": 0, "update": 4, "delete": 0}
    for bad in ("none.json", "reconciler.yaml"):
        ran = reconciler("ci", "widget", bad)
        assert (ran.code, ran.out) == (1, "")


def test_a_link(reconciler):
    for arguments, label in (
        ((), "The whole plan"),
        (("--lang", "sv"), "Hela planen"),
        (("--label", "a\n b"), "a b"),
    ):
        ran = reconciler("ci", "links", "https://forge.example/-/jobs/1/artifacts/file/plan.html", *arguments)
        assert (ran.code, ran.err) == (0, "")
        link = {"label": label, "url": "https://forge.example/-/jobs/1/artifacts/file/plan.html"}
        assert json.loads(ran.out) == {"reconciler": [{"external_link": link}]}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_a_label_is_only_a_label(reconciler, text):
    label = text.replace("\0", "")
    ran = reconciler("ci", "links", "https://forge.example/", f"--label={label}")
    assert ran.code == 0
    assert judge_json(ran.out) == []
    assert len(json.loads(ran.out)["reconciler"][0]["external_link"]["label"]) <= 250
    assert reconciler("ci", "links", "--", label).code == 64
    assert reconciler("ci", "links", f"https://forge.example/{label} <").code == 64
