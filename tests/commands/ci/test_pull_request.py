"""`ci pull-request` proposes a branch, `ci issue` fetches what somebody asks for."""

from __future__ import annotations

import json

import pytest

from tests.forge.standin.faults import Fault, status
from tests.forge.standin.serving import BOT, READER
from tests.security.attacks import ATTACKS

PROPOSE = ("pull-request", "--branch", "drift/2026-11-24", "--title", "Adopt drift", "--body", "body.md")


@pytest.fixture
def branch(forge):
    forge.push_branch("drift/2026-11-24")


def test_it_is_opened_and_written_anew(ci, forge, branch):
    ran = ci(*PROPOSE, "--label", "access", event="schedule", body="two changes\n")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "https://github.example/byran/access/pull/1\n"
    made = forge.item(1)
    assert (made.author.login, made.title, made.body) == (BOT, "Adopt drift", "two changes\n")
    assert (made.branch, made.base, made.labels) == ("drift/2026-11-24", "main", ["access"])
    again = (*PROPOSE[:4], "Adopt\nmore drift", *PROPOSE[5:])
    assert ci(*again, event="schedule", body="three changes\n").out == ran.out
    assert (made.title, made.body) == ("Adopt more drift", "three changes\n")
    assert len(forge.world.items) == 1


def test_one_that_is_closed_is_not_opened_again(ci, forge, branch):
    assert ci(*PROPOSE, event="schedule").code == 0
    forge.item(1).open = False
    assert ci(*PROPOSE, event="schedule").out == "https://github.example/byran/access/pull/2\n"


def test_another_base_is_another_pull_request(ci, forge, branch):
    forge.world.main = "trunk"
    assert ci(*PROPOSE, event="schedule").code == 0
    assert forge.item(1).base == "trunk"
    forge.item(1).open = False
    assert ci(*PROPOSE, "--base", "release", event="schedule").code == 0
    assert forge.item(2).base == "release"


def test_one_of_somebody_else_is_left_alone(ci, forge, branch):
    forge.open_pull("anna", branch="drift/2026-11-24", head="a" * 40, title="mine")
    ran = ci(*PROPOSE, event="schedule")
    assert ran.code == 1
    assert "proposes the branch already, and is by anna" in ran.err
    assert forge.item(1).title == "mine"


def test_a_branch_that_is_not_there(ci, forge):
    ran = ci(*PROPOSE, event="schedule")
    assert ran.code == 1
    assert "422: Validation Failed" in ran.err


def test_an_answer_that_is_lost_leaves_one(ci, forge, branch):
    forge.faults.left.append(Fault(status(502), method="POST", path="/pulls", done=True))
    assert ci(*PROPOSE, event="schedule").code == 0
    assert len(forge.world.items) == 1


def test_actions_that_may_open_none(ci, forge, branch):
    said = "GitHub Actions is not permitted to create or approve pull requests."
    forge.faults.left.append(Fault(status(403, said), method="POST", path="/pulls"))
    ran = ci(*PROPOSE, event="schedule")
    assert ran.code == 1
    assert said in ran.err
    assert ci(*PROPOSE, event="schedule", token=READER).code == 1


@pytest.mark.parametrize("name", ["", "-b", "a b", "a..b", "a:b", "å", "a\nb"])
def test_names_that_are_no_branch(ci, forge, name):
    arguments = ("pull-request", f"--branch={name}", "--title", "t", "--body", "body.md")
    assert ci(*arguments, event="schedule").code == 64
    assert forge.asked == []


# -- issues --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plain", *ATTACKS])
def test_the_text_of_an_issue_comes_as_it_is(ci, forge, tmp_path, name):
    text = ATTACKS.get(name, "### Konsulter\n\nÅsa\n")
    number = forge.open_issue("anna", text, text)
    ran = ci("issue", "--out", "issue.md", event="issues", number=number, token=READER)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"https://github.example/byran/access/issues/{number}\n"
    assert (tmp_path / "issue.md").read_bytes().decode() == text


def test_which_issue(ci, forge, tmp_path):
    number = forge.open_issue("anna", "t", "")
    ran = ci("issue", "--out", "issue.md", event="schedule")
    assert ran.code == 1
    assert "which issue this is about" in ran.err
    (tmp_path / "issue.md").write_text("old")
    assert ci("issue", "--out", "issue.md", "--number", str(number), event="schedule").code == 0
    assert (tmp_path / "issue.md").read_text() == ""
    ran = ci("issue", "--out", "issue.md", "--number", "99", event="schedule")
    assert ran.code == 1
    assert (tmp_path / "issue.md").read_text() == ""


@pytest.mark.parametrize(
    "said", [None, [], {}, {"issue": {"number": "1; rm"}}, {"issue": 7}, {"issue": {"number": -1}}]
)
def test_an_event_that_names_none(ci, forge, reconciler, monkeypatch, tmp_path, said):
    ci("issue", "--out", "issue.md", event="schedule")
    (tmp_path / "event.json").write_text(json.dumps(said))
    monkeypatch.setenv("GITHUB_EVENT_PATH", "event.json")
    ran = reconciler("ci", "issue", "--out", "issue.md")
    assert ran.code == 1
    assert "issue" in ran.err or "event.json" in ran.err
    assert forge.asked == []
