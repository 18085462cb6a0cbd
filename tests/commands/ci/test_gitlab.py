"""The same commands at GitLab."""

from __future__ import annotations

import pytest

from tests.commands.ci.conftest import DIGEST, HEAD, MERGE, OTHER, PLAN
from tests.commands.ci.test_approved import (
    REFUSED,
    a_program,
    a_stranger,
    commented,
    dismissed,
    himself,
    marker,
    nothing,
    ours,
    taken_back,
)
from tests.forge.standin import gitlab_standin
from tests.forge.standin.faults import LIMITS, Fault, drip, status, text
from tests.forge.standin.serving import APP, PROJECT_BOT, READER, TOKEN

COMMENT = ("comment", "--kind", "plan", "--body", "body.md")


@pytest.fixture
def forge(monkeypatch):
    for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN", "GITLAB_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    with gitlab_standin() as standin:
        yield standin


def test_one_comment_written_anew(ci, forge, pull):
    ran = ci(*COMMENT, number=pull)
    assert (ran.code, ran.err) == (0, "")
    (made,) = forge.comments(pull)
    assert ran.out == f"https://gitlab.example/byran/access/-/merge_requests/{pull}#note_{made.number}\n"
    assert made.author.login == PROJECT_BOT
    assert made.body == f"{marker()}\n{PLAN}".rstrip()
    forge.asked.clear()
    assert ci(*COMMENT, number=pull).out == ran.out
    assert forge.written() == []
    forge.push(pull, OTHER)
    assert ci(*COMMENT, number=pull, body="other").out == ran.out
    assert [one.body for one in forge.comments(pull)] == [f"{marker(commit=OTHER)}\nother"]


def test_what_became_of_a_request_is_not_told_here(ci, forge, pull):
    ran = ci("comment", "--kind", "request", "--body", "body.md", number=pull)
    assert (ran.code, ran.out) == (1, "")
    assert "GitHub only" in ran.err
    assert forge.comments(pull) == []


def test_the_head_is_that_of_the_branch_and_older_plans_are_left_out(ci, forge, pull):
    forge.push(pull, OTHER)
    ran = ci(*COMMENT, "--commit", HEAD, number=pull)
    assert (ran.code, ran.out) == (0, "")
    assert "has moved on" in ran.err


def test_it_is_found_among_many_and_only_ours_is(ci, forge, pull):
    forge.comment(pull, "mallory", f"{marker()}\nforged")
    for number in range(230):
        forge.comment(pull, "anna", f"comment {number}").system = number % 2 == 0
    found = ours(forge, pull, "old")
    forge.comment(pull, PROJECT_BOT, f"{marker()}\nof the forge itself").system = True
    assert ci(*COMMENT, number=pull).code == 0
    assert found.body == f"{marker()}\n{PLAN}".rstrip()
    assert len(forge.comments(pull)) == 233
    ours(forge, pull)
    assert "there are several of ours" in ci(*COMMENT, number=pull).err


@pytest.mark.parametrize(
    "body",
    [
        "/merge",
        "x\n/merge\n",
        "x\r/approve",
        "x\r\n/close\r\n",
        "x\n/label ~bad\ny",
        "/MERGE",
        "```\n/merge\n```",
        "/shrug\n",
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        COMMENT,
        ("drift-issue", "--body", "body.md"),
        ("pull-request", "--branch", "b", "--title", "/merge", "--body", "body.md"),
    ],
    ids=lambda command: command[0],
)
def test_no_line_of_a_text_is_a_command(ci, forge, pull, body, command):
    """Neither when it is written first nor when it is written anew; what was written is recognised."""
    forge.push_branch("b")
    for text_ in (body, f"{body}\n/merge"):
        assert ci(*command, number=pull, body=text_).code == 0
    assert forge.world.commands == []
    forge.asked.clear()
    assert ci(*command, number=pull, body=f"{body}\n/merge").code == 0
    if command[0] != "pull-request":
        assert forge.written() == []


def test_the_limit(ci, forge, pull):
    room = 1_000_000 - len(marker()) - 1
    assert ci(*COMMENT, number=pull, body="å" * room).code == 0
    ran = ci(*COMMENT, number=pull, body="å" * (room + 1))
    assert ran.code == 1
    assert "GitLab takes 1,000,000" in ran.err


# -- what was approved -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("commit", [MERGE, HEAD], ids=["merge commit", "fast forward"])
def test_what_was_merged_was_approved(ci, forge, pull, commit):
    assert ci(*COMMENT, number=pull).code == 0
    assert ci("approved", event="push", sha=commit).code == 1
    forge.merge(pull, commit)
    ran = ci("approved", event="push", sha=commit)
    assert (ran.code, ran.out, ran.err) == (0, f"{DIGEST}\n", "")
    assert ci("approved", "--number", str(pull), event="schedule", token=READER).out == f"{DIGEST}\n"
    assert ci("approved", "--by", PROJECT_BOT, event="push", sha=commit, token=APP).out == f"{DIGEST}\n"
    assert (
        ci("comment", "--kind", "apply", "--body", "body.md", event="push", sha=commit, body="done").code == 0
    )
    assert forge.comments(pull)[-1].body == f"{marker('apply', commit=commit)}\ndone"


@pytest.mark.parametrize("done", REFUSED, ids=lambda done: done.__name__)
def test_what_does_not_count(ci, forge, pull, done):
    done(forge, pull)
    forge.merge(pull, MERGE)
    ran = ci("approved", event="push")
    assert (ran.code, ran.out) == (1, "")
    assert REFUSED[done] in ran.err


def test_a_review_as_well(ci, forge, pull):
    assert ci(*COMMENT, number=pull).code == 0
    forge.review(pull, "david")
    forge.merge(pull, MERGE)
    assert ci("approved", "--reviewed", event="push").out == f"{DIGEST}\n"


def before_the_push(forge, pull):
    forge.push(pull, OTHER)
    forge.review(pull, "david")
    forge.push(pull, HEAD)


@pytest.mark.parametrize(
    "done",
    [nothing, commented, himself, before_the_push, taken_back, dismissed, a_stranger, a_program],
    ids=lambda done: done.__name__,
)
def test_what_is_no_review(ci, forge, pull, done):
    assert ci(*COMMENT, number=pull).code == 0
    done(forge, pull)
    forge.merge(pull, MERGE)
    ran = ci("approved", "--reviewed", event="push")
    assert (ran.code, ran.out) == (1, "")
    assert "nobody but its author has approved" in ran.err


def test_an_approval_before_the_plan_was_there(ci, forge, pull):
    forge.review(pull, "david")
    assert ci(*COMMENT, number=pull).code == 0
    forge.merge(pull, MERGE)
    assert "was approved before its plan was there" in ci("approved", "--reviewed", event="push").err


def test_where_the_forge_does_not_tell_when_nobody_has(ci, forge, pull):
    assert ci(*COMMENT, number=pull).code == 0
    forge.review(pull, "david")
    forge.merge(pull, MERGE)
    told = '{"approved_by": [{"user": {"id": 1, "username": "david"}}]}'
    forge.faults.left.append(Fault(text(told, "application/json"), path="/approvals"))
    assert "nobody but its author" in ci("approved", "--reviewed", event="push").err


# -- issues and merge requests -----------------------------------------------------------------------------------------


def test_one_issue_as_long_as_there_is_drift(ci, forge):
    drift = ("drift-issue", "--body", "body.md", "--label", "a", "--label", "b")
    theirs = forge.open_issue("mallory", "x", "<!-- reconciler:issue drift bureau -->\nforged")
    ran = ci(*drift, event="schedule", body="one")
    assert (ran.code, ran.err) == (0, "")
    issue = forge.issues()[-1]
    assert ran.out == f"https://gitlab.example/byran/access/-/issues/{issue.number}\n"
    assert (issue.author.login, issue.labels) == (PROJECT_BOT, ["a", "b"])
    assert ci(*drift, event="schedule", body="two").out == ran.out
    assert "two" in issue.body
    assert ci("drift-issue", "--closed", event="schedule").out == ran.out
    assert not issue.open
    assert [one.body for one in forge.comments(issue.number)] == ["The bureau is what the YAML says again."]
    assert forge.item(theirs).open


def test_a_branch_is_proposed(ci, forge):
    forge.push_branch("b")
    propose = ("pull-request", "--branch", "b", "--title", "t", "--body", "body.md", "--label", "access")
    ran = ci(*propose, event="schedule", body="one")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "https://gitlab.example/byran/access/-/merge_requests/1\n"
    made = forge.item(1)
    assert (made.body, made.base, made.labels) == ("one", "main", ["access"])
    assert ci(*propose, event="schedule", body="two").out == ran.out
    assert made.body == "two"
    # a fork that has a branch of that name is another matter
    made.open = False
    forge.open_pull("mallory", branch="b", head=OTHER)
    forge.world.forked.add("b")
    ran = ci(*propose, event="schedule")
    assert "409" in ran.err
    forge.world.forked.clear()
    assert "is by mallory" in ci(*propose, event="schedule").err


def test_the_text_of_an_issue(ci, forge, tmp_path):
    number = forge.open_issue("anna", "t", "Åsa\n/close\n")
    ran = ci("issue", "--out", "issue.md", "--number", str(number), event="schedule")
    assert (ran.code, ran.out) == (0, f"https://gitlab.example/byran/access/-/issues/{number}\n")
    assert (tmp_path / "issue.md").read_text("utf-8") == "Åsa\n/close\n"
    assert "which issue this is about" in ci("issue", "--out", "issue.md", event="schedule").err


# -- faults and variables ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["429", "a list", "a note", "the answer to a note", "an edit", "who we are"])
def test_faults_that_pass_leave_one_comment(ci, forge, pull, name):
    fault = {
        "429": Fault(LIMITS["429"], times=3),
        "a list": Fault(status(502), method="GET", path="/notes", times=2),
        "a note": Fault(status(500), method="POST", path="/notes"),
        "the answer to a note": Fault(status(502), method="POST", path="/notes", done=True),
        "an edit": Fault(status(504), method="PUT", times=2),
        "who we are": Fault(status(503), path="/user$"),
    }[name]
    forge.faults.left.append(fault)
    for body in ("first", "second"):
        ran = ci(*COMMENT, number=pull, body=body)
        assert ran.code == 0, ran.err
        assert [one.body for one in forge.comments(pull)] == [f"{marker()}\n{body}"]
    assert fault.times == 0


@pytest.mark.parametrize("name", ["401", "403", "404", "301", "html", "drip", "token"])
def test_faults_that_end_it(ci, forge, pull, name):
    fault, said = {
        "401": (status(401, "401 Unauthorized"), "GitLab does not accept the token"),
        "403": (
            status(403, "insufficient_scope"),
            "does not permit /projects/4711/merge_requests/1: insufficient_scope",
        ),
        "404": (status(404, "404 Not Found"), "or does not show it to this token"),
        "301": (status(301, "", {"location": "https://evil.example/"}), "which is not followed"),
        "html": (text("<html>"), "is not valid JSON"),
        "drip": (drip, "did not answer in time"),
        "token": (text(TOKEN), "repeats the token"),
    }[name]
    forge.faults.left.append(Fault(fault, times=9))
    ran = ci(*COMMENT, "--patience", "1", number=pull)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert forge.comments(pull) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GITLAB_TOKEN", "", "the variable GITLAB_TOKEN is not set"),
        ("CI_PROJECT_ID", "", "one of GITHUB_REPOSITORY, CI_PROJECT_ID tells"),
        ("CI_PROJECT_ID", "../x", "../x is not the number of a project"),
        ("CI_API_V4_URL", "http://gitlab.example/api/v4", "is not encrypted"),
        ("GITHUB_REPOSITORY", "a/b", "or say which with --forge"),
    ],
)
def test_variables_that_are_missing_or_wrong(ci, forge, pull, reconciler, monkeypatch, name, value, said):
    assert ci(*COMMENT, number=pull).code == 0
    forge.asked.clear()
    monkeypatch.setenv(name, value)
    ran = reconciler("ci", *COMMENT)
    assert ran.code == 1
    assert said in ran.err
    assert forge.asked == []
    if name == "GITHUB_REPOSITORY":
        assert reconciler("ci", *COMMENT, "--forge", "gitlab").code == 0
