"""`ci approved`: the digest that was approved by merging, and all that does not count as that."""

from __future__ import annotations

import pytest

from tests.commands.ci.conftest import DIGEST, HEAD, MERGE, OTHER, PLAN
from tests.forge.standin.faults import Fault, status
from tests.forge.standin.serving import APP, BOT, READER

COMMENT = ("comment", "--kind", "plan", "--body", "body.md")


def marker(kind="plan", bureau="bureau", commit=HEAD):
    return f"<!-- reconciler:comment {kind} {bureau} commit={commit} -->"


def ours(forge, pull, body=PLAN, by="", **more):
    return forge.comment(pull, by or forge.bot, f"{marker(**more)}\n{body}")


@pytest.fixture
def planned(ci, forge, pull):
    assert ci(*COMMENT, number=pull).code == 0
    return forge.comments(pull)[0]


def test_what_was_merged_was_approved(ci, forge, pull, planned):
    forge.merge(pull, MERGE)
    ran = ci("approved", event="push")
    assert (ran.code, ran.out, ran.err) == (0, f"{DIGEST}\n", "")
    for arguments in (("--commit", MERGE), ("--number", str(pull)), ("--base", "main"), ("--by", BOT)):
        event = (
            {"event": "push"} if arguments[0] in {"--base", "--by"} else {"event": "schedule", "sha": OTHER}
        )
        assert ci("approved", *arguments, **event).out == f"{DIGEST}\n"
    # a token that only reads is enough
    assert ci("approved", event="push", token=READER).out == f"{DIGEST}\n"


def test_right_after_the_merge_it_is_found_among_the_newest(ci, forge, pull, planned):
    """GitHub tells a little later which pull request a commit came from."""
    forge.world.lagging = True
    for number in range(120):
        other = forge.open_pull("anna", branch=f"b{number}", head=OTHER)
        forge.merge(other, f"{number:040}")
    assert "no pull request was merged as" in ci("approved", event="push").err
    forge.merge(pull, MERGE)
    assert ci("approved", event="push").out == f"{DIGEST}\n"
    forge.asked.clear()
    assert ci("approved", event="push", sha="d" * 40).code == 1
    assert [path for _, path in forge.asked].count("/repos/byran/access/pulls") == 1


def test_an_edit_of_our_own_counts_as_ours(ci, forge, pull, planned):
    forge.push(pull, OTHER)
    other = DIGEST.replace("0123", "ffff")
    assert ci(*COMMENT, number=pull, body=PLAN.replace(DIGEST, other)).code == 0
    forge.merge(pull, MERGE)
    assert ci("approved", event="push").out == f"{other}\n"


def test_comments_by_others_neither_count_nor_disturb(ci, forge, pull, planned):
    forge.comment(pull, "mallory", planned.body.replace("0123", "ffff"))
    forge.comment(pull, "our-app[bot]", planned.body.replace("0123", "ffff"))
    ours(forge, pull, PLAN.replace("0123", "ffff"), kind="diff")
    ours(forge, pull, PLAN.replace("0123", "ffff"), bureau="lund")
    forge.comment(pull, BOT, f"> {planned.body}")
    forge.merge(pull, MERGE)
    assert ci("approved", event="push").out == f"{DIGEST}\n"


def test_whose_comment_counts_can_be_said(ci, forge, pull):
    ours(forge, pull, by="our-app[bot]")
    ours(forge, pull, PLAN.replace("0123", "ffff"))
    forge.merge(pull, MERGE)
    assert ci("approved", "--by", "our-app[bot]", event="push").out == f"{DIGEST}\n"
    # a person who calls herself as the program is called is another account
    forge.comment(pull, "our-app", f"{marker()}\n{PLAN.replace('0123', 'eeee')}")
    assert ci("approved", "--by", "our-app[bot]", event="push").out == f"{DIGEST}\n"


def nothing(_forge, _pull):
    """No comment at all."""


def by_another(forge, pull):
    ours(forge, pull, by="mallory")


def another_kind(forge, pull):
    ours(forge, pull, kind="diff")


def another_bureau(forge, pull):
    ours(forge, pull, bureau="lund")


def two(forge, pull):
    ours(forge, pull)
    ours(forge, pull)


def another_commit(forge, pull):
    ours(forge, pull, commit=OTHER)


def moved_on(forge, pull):
    ours(forge, pull)
    forge.push(pull, OTHER)


def cut(forge, pull):
    ours(forge, pull, "## much\n\n<!-- reconciler:cut -->\n")


def cut_and_with_a_digest(forge, pull):
    ours(forge, pull, f"{PLAN}\n<!-- reconciler:cut -->\n")


def cut_before_the_digest(forge, pull):
    ours(forge, pull, f"<!-- reconciler:cut -->\n\n{PLAN}")


def two_digests(forge, pull):
    ours(forge, pull, f"{PLAN}\n<!-- reconciler:digest {DIGEST.replace('0123', 'ffff')} -->\n")


def inside_a_line(forge, pull):
    ours(forge, pull, f"so: <!-- reconciler:digest {DIGEST} -->\n")


def not_the_last_line(forge, pull):
    ours(forge, pull, f"{PLAN}\nand more\n")


def too_short(forge, pull):
    ours(forge, pull, PLAN.replace(DIGEST, DIGEST[:-1]))


def edited(forge, pull):
    comment = ours(forge, pull, PLAN.replace("0123", "ffff"))
    forge.edit(comment, "mallory", f"{marker()}\n{PLAN}")


def edited_by_nobody_known(forge, pull):
    comment = ours(forge, pull)
    forge.edit(comment, "mallory", f"{marker()}\n{PLAN}")
    comment.editor = None


def edited_by_another_program(forge, pull):
    forge.edit(ours(forge, pull), "our-app[bot]", f"{marker()}\n{PLAN}")


def edited_by_a_person_of_that_name(forge, pull):
    forge.edit(ours(forge, pull), "github-actions", f"{marker()}\n{PLAN}")


REFUSED = {
    nothing: "there is no plan on https://",
    by_another: "mallory wrote one, and only those of ",
    another_kind: "there is no plan on",
    another_bureau: "there is no plan on",
    two: "there are several plans of ours on",
    another_commit: f"it is about another commit than {HEAD}",
    moved_on: f"it is about another commit than {OTHER}",
    cut: "it does not show everything, so it approves nothing",
    cut_and_with_a_digest: "it does not show everything, so it approves nothing",
    cut_before_the_digest: "it does not show everything, so it approves nothing",
    two_digests: "several digests stand in it",
    inside_a_line: "it does not show everything, so it approves nothing",
    not_the_last_line: "it does not show everything, so it approves nothing",
    too_short: "it does not show everything, so it approves nothing",
    edited: "does not count: mallory has edited it",
    edited_by_nobody_known: "does not count: ? has edited it",
    edited_by_another_program: "does not count: our-app[bot] has edited it",
    edited_by_a_person_of_that_name: "does not count: github-actions has edited it",
}


@pytest.mark.parametrize("done", REFUSED, ids=lambda done: done.__name__)
def test_what_does_not_count(ci, forge, pull, done):
    done(forge, pull)
    forge.merge(pull, MERGE)
    ran = ci("approved", event="push")
    assert (ran.code, ran.out) == (1, "")
    assert REFUSED[done] in ran.err
    swedish = ci("approved", "--lang", "sv", event="push")
    assert swedish.err.startswith("fel: ")
    assert swedish.err.splitlines()[0] != ran.err.splitlines()[0]


def test_what_is_written_after_the_merge_does_not_count(ci, forge, pull):
    forge.merge(pull, MERGE)
    comment = ours(forge, pull)
    ran = ci("approved", event="push")
    assert (ran.code, ran.out) == (1, "")
    assert "it was last written after the merge" in ran.err
    comment.created = forge.item(pull).merged
    assert ci("approved", event="push").code == 0
    forge.edit(comment, BOT, comment.body)
    assert "it was last written after the merge" in ci("approved", event="push").err


def test_a_pull_request_must_have_been_merged_and_into_the_right_branch(ci, forge, pull, planned):
    ran = ci("approved", "--number", str(pull))
    assert (ran.code, ran.out) == (1, "")
    assert f"pull/{pull} is not merged" in ran.err
    # of an open one the forge tells a merge commit too, which is one that it tried
    assert "no pull request was merged as" in ci("approved", event="push", sha="e" * 40).err
    forge.merge(pull, MERGE)
    assert "no pull request was merged as" in ci("approved", event="push", sha=HEAD).err
    forge.item(pull).base = "elsewhere"
    ran = ci("approved", event="push")
    assert "was merged into elsewhere, not into main" in ran.err
    assert ci("approved", "--base", "elsewhere", event="push").code == 0


def test_two_that_were_merged_as_one_commit(ci, forge, pull, planned):
    other = forge.open_pull("david", branch="other", head=OTHER)
    forge.merge(pull, MERGE)
    forge.merge(other, MERGE)
    ran = ci("approved", event="push")
    assert ran.code == 1
    assert f"several pull requests were merged as {MERGE}" in ran.err


# -- a review as well --------------------------------------------------------------------------------------------


def test_somebody_else_has_reviewed_it(ci, forge, pull, planned):
    forge.review(pull, "david")
    forge.merge(pull, MERGE)
    assert ci("approved", "--reviewed", event="push").out == f"{DIGEST}\n"


def commented(forge, pull):
    forge.review(pull, "david", "COMMENTED")


def himself(forge, pull):
    forge.review(pull, "anna")


def another_head(forge, pull):
    forge.review(pull, "david", commit=OTHER)


def taken_back(forge, pull):
    forge.review(pull, "david")
    forge.review(pull, "david", "CHANGES_REQUESTED")


def dismissed(forge, pull):
    forge.review(pull, "david")
    forge.item(pull).reviews[0].state = "DISMISSED"


def a_stranger(forge, pull):
    forge.world.account("stranger", "read")
    forge.review(pull, "stranger")


def a_program(forge, pull):
    forge.review(pull, forge.bot)


@pytest.mark.parametrize(
    "done",
    [nothing, commented, himself, another_head, taken_back, dismissed, a_stranger, a_program],
    ids=lambda done: done.__name__,
)
def test_what_is_no_review(ci, forge, pull, planned, done):
    done(forge, pull)
    forge.merge(pull, MERGE)
    ran = ci("approved", "--reviewed", event="push")
    assert (ran.code, ran.out) == (1, "")
    assert "nobody but its author has approved" in ran.err
    assert ci("approved", event="push").code == 0


def test_a_review_is_of_the_plan_only_where_the_plan_was_there(ci, forge, pull):
    forge.review(pull, "david")
    ours(forge, pull)
    forge.merge(pull, MERGE)
    ran = ci("approved", "--reviewed", event="push")
    assert ran.code == 1
    assert "was approved before its plan was there" in ran.err
    assert "by david" in ran.err


def test_a_comment_after_a_review_takes_nothing_back(ci, forge, pull, planned):
    forge.review(pull, "david")
    forge.review(pull, "david", "COMMENTED")
    forge.merge(pull, MERGE)
    assert ci("approved", "--reviewed", event="push").code == 0


# -- faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/commits/", "/comments$", "/graphql", "access$", "/reviews$", "/permission$"]
)
def test_whatever_cannot_be_asked_approves_nothing(ci, forge, pull, planned, path):
    forge.review(pull, "david")
    forge.merge(pull, MERGE)
    forge.faults.left.append(Fault(status(403, "no"), path=path))
    ran = ci("approved", "--reviewed", event="push")
    assert (ran.code, ran.out) == (1, "")
    assert forge.faults.left[0].times == 0


def test_usage(ci, forge, pull, planned):
    forge.merge(pull, MERGE)
    assert ci("approved", "--number", "1", "--commit", MERGE).code == 64
    assert ci("approved", "--by", "a b").code == 64
    assert ci("approved", event="push", sha="x").code == 1
    assert ci("approved", event="push", token=APP).code == 1
