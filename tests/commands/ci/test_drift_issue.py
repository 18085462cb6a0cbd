"""`ci drift-issue`: one issue of ours, open as long as there is drift."""

from __future__ import annotations

import pytest

from tests.forge.standin.faults import Fault, status
from tests.forge.standin.serving import APP, BOT, READER

DRIFT = ("drift-issue", "--body", "body.md")
LINKS = ("--adopt-url", "https://forge.example/adopt?a=1&b=2", "--apply-url", "https://forge.example/apply")


def test_it_is_opened_written_anew_and_closed(ci, forge):
    ran = ci(*DRIFT, *LINKS, event="schedule", body="## 2 people have more\n\n- Åsa\n")
    assert (ran.code, ran.err) == (0, "")
    (issue,) = forge.issues()
    assert ran.out == f"https://github.example/byran/access/issues/{issue.number}\n"
    assert (issue.author.login, issue.title, issue.labels) == (
        BOT,
        "Access differs from the YAML: 2 people have more",
        ["access-drift"],
    )
    assert issue.body == (
        "<!-- reconciler:issue drift bureau -->\n## 2 people have more\n\n- Åsa\n\n"
        "## Two ways out\n\n"
        "1. What was changed is right: adopt it into the YAML, as a pull request."
        " [Do it here](https://forge.example/adopt?a=1&b=2)\n"
        "2. What was changed is wrong: apply the YAML, which takes it back."
        " [Do it here](https://forge.example/apply)\n"
    )
    assert ci(*DRIFT, "--title", "3 people\n  have more", event="schedule", body="three").out == ran.out
    assert len(forge.issues()) == 1
    assert issue.title == "3 people have more"
    assert "three" in issue.body
    assert "http" not in issue.body
    closed = ci("drift-issue", "--closed", event="schedule")
    assert (closed.code, closed.out) == (0, ran.out)
    assert not issue.open
    assert [one.body for one in forge.comments(issue.number)] == ["The bureau is what the YAML says again."]
    # drift that comes again is another issue
    assert ci(*DRIFT, event="schedule").code == 0
    assert [one.open for one in forge.issues()] == [False, True]


def test_in_swedish(ci, forge):
    assert ci(*DRIFT, *LINKS, "--lang", "sv", event="schedule").code == 0
    (issue,) = forge.issues()
    assert issue.title == "Åtkomsten avviker från YAML-filerna: 2 people gain, 1 person loses access"
    assert "## Två utvägar" in issue.body
    assert ci("drift-issue", "--closed", "--lang", "sv", event="schedule").code == 0
    assert forge.comments(issue.number)[0].body == "Byrån är åter som YAML-filerna säger."


def test_where_nothing_is_open_there_is_nothing_to_close(ci, forge):
    forge.open_issue("anna", "Drift", "<!-- reconciler:issue drift bureau -->\nmine")
    forge.open_issue(BOT, "Other", "<!-- reconciler:issue drift lund -->\nof another bureau")
    forge.open_issue(BOT, "Other", "no marker")
    ran = ci("drift-issue", "--closed", event="schedule")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert forge.written() == []


def test_what_is_so_already_is_not_written(ci, forge):
    assert ci(*DRIFT, event="schedule").code == 0
    forge.asked.clear()
    assert ci(*DRIFT, event="schedule").code == 0
    assert forge.written() == []


def test_only_ours_is_touched_and_found_among_many(ci, forge):
    theirs = forge.open_issue("mallory", "Drift", "<!-- reconciler:issue drift bureau -->\nforged")
    ours = forge.open_issue(BOT, "Drift", "<!-- reconciler:issue drift bureau -->\nold")
    for number in range(130):
        forge.open_issue("anna", f"issue {number}", "")
    forge.open_pull("anna", branch="b", head="a" * 40, body="<!-- reconciler:issue drift bureau -->\n")
    assert ci(*DRIFT, event="schedule", body="new").code == 0
    assert forge.item(theirs).body.endswith("forged")
    assert "new" in forge.item(ours).body
    assert len(forge.issues()) == 132


def test_of_two_none_is_chosen_and_both_are_closed(ci, forge):
    both = [forge.open_issue(BOT, "Drift", "<!-- reconciler:issue drift bureau -->\nold") for _ in range(2)]
    ran = ci(*DRIFT, event="schedule")
    assert ran.code == 1
    assert "there are several of ours" in ran.err
    assert len(ci("drift-issue", "--closed", event="schedule").out.splitlines()) == 2
    assert not any(forge.item(one).open for one in both)


def test_several_bureaus_and_labels(ci, forge):
    for bureau in ("malmo", "lund"):
        arguments = (*DRIFT, "--bureau", bureau, "--label", "drift", "--label", bureau)
        assert ci(*arguments, event="schedule").code == 0
    assert [one.labels for one in forge.issues()] == [["drift", "malmo"], ["drift", "lund"]]
    assert ci("drift-issue", "--closed", "--bureau", "malmo", event="schedule").code == 0
    assert [one.open for one in forge.issues()] == [False, True]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_an_answer_that_is_lost_leaves_one_issue(ci, forge, method):
    forge.faults.left.append(Fault(status(502), method=method, path="/issues", done=True))
    for body in ("one", "two"):
        assert ci(*DRIFT, event="schedule", body=body).code == 0
    (issue,) = forge.issues()
    assert "two" in issue.body


def test_what_is_too_long_is_refused(ci, forge):
    ran = ci(*DRIFT, event="schedule", body="x" * 65_500)
    assert ran.code == 1
    assert "GitHub takes 65,536" in ran.err
    assert forge.issues() == []


def test_a_token_that_may_not(ci, forge):
    ran = ci(*DRIFT, event="schedule", token=READER)
    assert ran.code == 1
    assert "does not permit" in ran.err
    forge.open_issue(BOT, "Drift", "<!-- reconciler:issue drift bureau -->\nold")
    assert ci("drift-issue", "--closed", event="schedule", token=APP).out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("drift-issue",),
        (*DRIFT, "--closed"),
        (*DRIFT, "--adopt-url", "javascript:alert(1)"),
        (*DRIFT, "--apply-url", "https://x.example/) <script>"),
        (*DRIFT, "--bureau", "a --> b"),
    ],
    ids=" ".join,
)
def test_wrong_usage(ci, forge, arguments):
    assert ci(*arguments, event="schedule").code == 64
    assert forge.asked == []


def test_a_title_that_says_nothing(ci, forge):
    ran = ci(*DRIFT, "--title", " \n", event="schedule")
    assert ran.code == 1
    assert "the title is empty" in ran.err
    assert ci(*DRIFT, "--title", "å" * 400, event="schedule").code == 0
    assert forge.issues()[0].title == f"{'å' * 249}…"


@pytest.mark.parametrize(
    ("report", "title"),
    [
        ("nothing of a heading", "Access differs from the YAML"),
        ("#hashtag", "Access differs from the YAML"),
        ("#\nx", "Access differs from the YAML"),
        ("### A \\*b\\* &amp; c\n# other", "Access differs from the YAML: A *b* & c"),
        ("# a\x1b[31m\u202eb", r"Access differs from the YAML: a\x1b[31m\u202eb"),
    ],
)
def test_the_headline_of_the_report_is_in_the_title(ci, forge, report, title):
    assert ci(*DRIFT, event="schedule", body=report).code == 0
    assert forge.issues()[0].title == title
