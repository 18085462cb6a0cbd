"""`ci comment`: one comment of a kind, ours alone, written anew."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import pytest

from tests.commands.ci.conftest import HEAD, MERGE, OTHER, PLAN
from tests.forge.standin.faults import LIMITS, Fault, drip, status, text
from tests.forge.standin.serving import APP, BOT, READER, TOKEN

EVIL = {"location": "https://evil.example/"}
JSON = "application/json"
COMMENT = ("comment", "--kind", "plan", "--body", "body.md")


def marker(kind="plan", bureau="bureau", commit=HEAD):
    return f"<!-- reconciler:comment {kind} {bureau} commit={commit} -->"


def test_the_first_run_writes_it_and_the_next_ones_write_it_anew(ci, forge, pull):
    ran = ci(*COMMENT, number=pull)
    assert ran.code == 0, ran.err
    (made,) = forge.comments(pull)
    assert ran.out == f"https://github.example/byran/access/pull/{pull}#issuecomment-{made.number}\n"
    assert ran.err == ""
    assert made.author.login == BOT
    assert made.body == f"{marker()}\n{PLAN}"
    forge.push(pull, OTHER)
    assert ci(*COMMENT, number=pull, body="nothing to do\n").out == ran.out
    (same,) = forge.comments(pull)
    assert same.body == f"{marker(commit=OTHER)}\nnothing to do\n"


def test_what_is_so_already_is_not_written(ci, forge, pull):
    assert ci(*COMMENT, number=pull).code == 0
    forge.asked.clear()
    assert ci(*COMMENT, number=pull).code == 0
    assert forge.written() == []


def test_each_kind_and_each_bureau_has_its_own(ci, forge, pull):
    for kind in ("plan", "diff", "drift"):
        for bureau in ("malmo", "lund"):
            arguments = ("comment", "--kind", kind, "--body", "body.md", "--bureau", bureau)
            assert ci(*arguments, number=pull, body=f"{kind} {bureau}").code == 0
            assert ci(*arguments, number=pull, body=f"{kind} {bureau}!").code == 0
    assert [one.body for one in forge.comments(pull)] == [
        f"{marker(kind, bureau)}\n{kind} {bureau}!"
        for kind in ("plan", "diff", "drift")
        for bureau in ("malmo", "lund")
    ]


def test_a_comment_of_somebody_else_is_left_alone(ci, forge, pull):
    theirs = forge.comment(pull, "mallory", f"{marker()}\nforged")
    other = forge.comment(pull, "our-app[bot]", f"{marker()}\nby another program")
    assert ci(*COMMENT, number=pull).code == 0
    assert theirs.body.endswith("forged")
    assert other.body.endswith("another program")
    assert [one.author.login for one in forge.comments(pull)] == ["mallory", "our-app[bot]", BOT]


def test_whose_it_is_tells_the_token(ci, forge, pull):
    assert ci(*COMMENT, number=pull, token=APP).code == 0
    assert [one.author.login for one in forge.comments(pull)] == ["our-app[bot]"]


def test_it_is_found_on_the_last_page_too(ci, forge, pull):
    for number in range(230):
        forge.comment(pull, "anna", f"comment {number}")
    ours = forge.comment(pull, BOT, f"{marker()}\nold")
    for number in range(7):
        forge.comment(pull, "anna", f"comment {number}")
    assert ci(*COMMENT, number=pull).code == 0
    assert ours.body == f"{marker()}\n{PLAN}"
    assert len(forge.comments(pull)) == 238


def test_of_two_of_ours_none_is_chosen(ci, forge, pull):
    first, second = (forge.comment(pull, BOT, f"{marker()}\nold") for _ in range(2))
    ran = ci(*COMMENT, number=pull)
    assert ran.code == 1
    assert "there are several of ours" in ran.err
    assert f"issuecomment-{first.number}" in ran.err
    assert f"issuecomment-{second.number}" in ran.err
    assert forge.written() == []


@pytest.mark.parametrize(
    "start",
    ["", "A sentence first.\n", "<!-- reconciler:comment plan bureau commit=1 -->\n", " \n"],
)
def test_a_marker_counts_in_the_first_line_alone(ci, forge, pull, start):
    forge.comment(pull, BOT, f"{start}{'' if not start else marker()}\nold")
    assert ci(*COMMENT, number=pull).code == 0
    assert len(forge.comments(pull)) == 2


def test_what_was_planned_for_an_older_head_is_not_written(ci, forge, pull):
    forge.push(pull, OTHER)
    ran = ci(*COMMENT, "--commit", HEAD, number=pull)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"Pull request {pull} has moved on: nothing was written.\n"
    assert forge.written() == []


def test_in_swedish(ci, forge, pull):
    forge.push(pull, OTHER)
    ran = ci(*COMMENT, "--commit", HEAD, "--lang", "sv", number=pull)
    assert ran.err == f"Pull request {pull} har gått vidare: ingenting skrevs.\n"
    ran = ci(*COMMENT, "--lang", "sv", number=pull, token=READER)
    assert "fel: GitHub tillåter inte /repos/byran/access/issues/" in ran.err


def test_after_the_merge_the_pull_request_is_found_by_the_commit(ci, forge, pull):
    other = forge.open_pull("david", branch="other", head=OTHER)
    forge.merge(other, "d" * 40)
    forge.merge(pull, MERGE)
    arguments = ("comment", "--kind", "apply", "--body", "body.md")
    assert ci(*arguments, event="push", sha=MERGE, body="8 done").code == 0
    assert [one.body for one in forge.comments(pull)] == [f"{marker('apply', commit=MERGE)}\n8 done"]
    ran = ci(*arguments, event="push", sha=HEAD)
    assert ran.code == 1
    assert f"no pull request was merged as {HEAD}" in ran.err


def test_a_number_alone_does_not_tell_what_was_planned(ci, forge, pull):
    ran = ci(*COMMENT, "--number", str(pull), event="push")
    assert ran.code == 1
    assert "--commit" in ran.err
    assert ci(*COMMENT, "--number", str(pull), "--commit", HEAD, event="push").code == 0


def test_from_standard_input(ci, forge, pull, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("å\n".encode())))
    assert ci("comment", "--kind", "diff", "--body", "-", number=pull).code == 0
    assert forge.comments(pull)[0].body == f"{marker('diff')}\nå\n"


def test_the_limit_counts_characters_with_the_marker(ci, forge, pull):
    room = 65_536 - len(marker()) - 1
    assert ci(*COMMENT, number=pull, body="å" * room).code == 0
    forge.asked.clear()
    ran = ci(*COMMENT, number=pull, body="å" * (room + 1))
    assert ran.code == 1
    assert "the text has 65,537 characters, and GitHub takes 65,536" in ran.err
    assert "--fits" in ran.err
    assert forge.written() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "is not text in UTF-8"),
        (b"x" * 16_000_001, "is larger than 16,000,000 bytes"),
        (b"text\n<!-- reconciler:comment plan other commit=1 -->\n", "has the hidden first line"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_no_text_to_send_is_refused(ci, forge, pull, tmp_path, content, said):
    if content is not None:
        (tmp_path / "bad.md").write_bytes(content)
    ran = ci("comment", "--kind", "plan", "--body", "bad.md", number=pull)
    assert ran.code == 1
    assert said in ran.err
    assert forge.asked == []


# -- what the forge says --------------------------------------------------------------------------------------------


ENDING = {
    "not the token": (
        Fault(status(401, "Bad credentials")),
        "GitHub does not accept the token: Bad credentials",
    ),
    "not permitted": (
        Fault(status(403, "no \x1b[31m"), times=9),
        "GitHub does not permit /repos/byran/access",
    ),
    "not there": (Fault(status(404, "Not Found")), "or does not show it to this token"),
    "gone": (Fault(status(410, "gone")), "with 410: gone"),
    "moved": (Fault(status(301, "", EVIL)), "elsewhere, which is not followed: 301"),
    "moved for now": (Fault(status(307, "", EVIL)), "it names https://evil.example/"),
    "no JSON": (Fault(text("<html>")), "is not valid JSON"),
    "no list": (Fault(text("{}", JSON), path="comments"), "comments should be a list"),
    "no objects": (Fault(text("[1]", JSON), path="comments"), "should be an object, not 1"),
    "no id": (Fault(text('[{"id": "x"}]', JSON), path="comments"), "id should be a whole number"),
    "errors": (Fault(text('{"errors": [{"message": "NO"}]}', JSON), path="graphql"), "400: NO"),
    "no data": (Fault(text("{}", JSON), path="graphql"), "data should be an object"),
    "the token": (Fault(text(TOKEN), method="GET"), "GitHub repeats the token in its answer"),
    "invalid": (
        Fault(status(422, "Validation Failed"), method="POST", path="comments"),
        "422: Validation Failed",
    ),
}


@pytest.mark.parametrize("name", ENDING)
def test_faults_that_end_it(ci, forge, pull, name):
    fault, said = ENDING[name]
    forge.faults.left.append(replace(fault))
    forge.comment(pull, "mallory", f"{marker()}\nx")
    ran = ci(*COMMENT, number=pull)
    assert ran.code == 1, ran.err
    assert ran.out == ""
    assert said in ran.err
    assert TOKEN not in ran.err
    assert "\x1b" not in ran.err
    assert len(forge.comments(pull)) == 1


PASSING = {
    **{name: Fault(limit, times=3) for name, limit in LIMITS.items()},
    "a list": Fault(status(502), method="GET", times=2),
    "who we are": Fault(status(503), path="graphql", times=2),
    "a new comment": Fault(status(500), method="POST", path="comments"),
    "the answer to a new comment": Fault(status(502), method="POST", path="comments", done=True),
    "an edit": Fault(status(504), method="PATCH", times=2),
    "the answer to an edit": Fault(status(504), method="PATCH", done=True),
    "a limit on new comments": Fault(LIMITS["secondary"], method="POST", path="comments", times=3),
}


@pytest.mark.parametrize("name", PASSING)
def test_faults_that_pass_leave_one_comment(ci, forge, pull, name):
    """One among them is a new comment whose answer is lost: it is looked for, and not written twice."""
    fault = replace(PASSING[name])
    forge.faults.left.append(fault)
    for body in ("first\n", "second\n"):
        ran = ci(*COMMENT, number=pull, body=body)
        assert ran.code == 0, ran.err
        assert [one.body for one in forge.comments(pull)] == [f"{marker()}\n{body}"]
    assert fault.times == 0


def test_a_forge_that_is_down_is_told_of(ci, forge, pull):
    forge.faults.left.append(Fault(status(503, "Unicorn!"), times=99))
    ran = ci(*COMMENT, "--patience", "3", number=pull)
    assert ran.code == 1
    assert "GitHub is not available: 503 Unicorn!" in ran.err


def test_a_limit_that_lasts_is_told_of_at_once(ci, forge, pull):
    forge.faults.left.append(Fault(status(429, "wait", {"retry-after": "3600"}), times=99))
    ran = ci(*COMMENT, number=pull)
    assert ran.code == 1
    assert "asks to wait for 3,600 seconds" in ran.err
    assert len(forge.asked) == 1


def test_an_answer_that_drips_ends_with_the_patience(ci, forge, pull):
    forge.faults.left.append(Fault(drip, times=99))
    ran = ci(*COMMENT, "--patience", "0.4", number=pull)
    assert ran.code == 1
    assert "GitHub did not answer in time" in ran.err


def test_a_fork_may_not_write(ci, forge, pull):
    ran = ci(*COMMENT, number=pull, token=READER)
    assert ran.code == 1
    assert "Resource not accessible by integration" in ran.err
    assert "the token would need: issues=write; pull_requests=write" in ran.err


# -- where it runs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GITHUB_TOKEN", "", "the variable GITHUB_TOKEN is not set"),
        ("GITHUB_TOKEN", "two words", "does not hold a token alone"),
        ("GITHUB_TOKEN", "tök\xe9n", "has characters no token has"),
        ("GITHUB_REPOSITORY", "", "at which forge"),
        ("GITHUB_REPOSITORY", "a/../b", "is not owner/name of a repository"),
        ("GITHUB_REPOSITORY", "a/..", "is not owner/name of a repository"),
        ("GITHUB_API_URL", "http://forge.example", "is not encrypted"),
        ("GITHUB_API_URL", "https://user:secret@forge.example", "is not the address of an API"),
        ("GITHUB_API_URL", "ftp://forge.example", "is not the address of an API"),
        ("GITHUB_EVENT_PATH", "none.json", "none.json cannot be read"),
        ("GITHUB_EVENT_PATH", "body.md", "body.md is not the event of a pipeline"),
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


def test_the_token_may_be_in_a_file(ci, forge, pull, reconciler, monkeypatch, tmp_path):
    assert ci(*COMMENT, number=pull).code == 0
    (tmp_path / "forge.token").write_text(TOKEN)
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GITHUB_TOKEN_FILE", "forge.token")
    (tmp_path / "forge.token").chmod(0o644)
    assert "can be read by others" in reconciler("ci", *COMMENT).err
    (tmp_path / "forge.token").chmod(0o600)
    assert reconciler("ci", *COMMENT).code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("comment", "--kind", "plan"),
        ("comment", "--kind", "other", "--body", "body.md"),
        ("comment", "--kind", "plan", "--body", "body.md", "--bureau", "a b"),
        ("comment", "--kind", "plan", "--body", "body.md", "--bureau", "a -->"),
        ("comment", "--kind", "plan", "--body", "body.md", "--commit", "main"),
        ("comment", "--kind", "plan", "--body", "body.md", "--number", "0"),
        ("comment", "--kind", "plan", "--body", "body.md", "--token", "x"),
    ],
    ids=" ".join,
)
def test_wrong_usage(ci, forge, pull, arguments):
    assert ci(*arguments, number=pull).code == 64
    assert forge.asked == []
