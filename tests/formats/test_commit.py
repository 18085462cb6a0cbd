"""The message of a commit and the text of a pull request: what they say, and that nothing in them acts."""

from __future__ import annotations

import datetime as dt
import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.amend.values import Choice
from reconciler.errors import Message
from reconciler.formats.catalogue import catalogue
from reconciler.formats.commit import (
    Change,
    Picked,
    change_told,
    commit_message,
    proposal_markdown,
    subject_of,
)
from reconciler.grid import OperationKind
from tests.security.attacks import ATTACKS
from tests.support.policies import small_register

EN, SV = catalogue("en"), catalogue("sv")
REGISTER = small_register()
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
HOW = (Message("rule “{rule}” names {who} too", rule="own-team", who="bo@x.se"),)


def picked(
    kind: OperationKind, programs=("books", "pay"), people=("bo@x.se", "anna@x.se"), clients=("1041",), **more
):
    return Picked(Choice(kind, people, clients, programs, **more), REGISTER)


@pytest.mark.parametrize(
    ("what", "english", "swedish"),
    [
        (
            picked(OperationKind.GIVE_ACCESS),
            "Give Anna and Bo books and pay at 1041 Ett",
            "Ge Anna och Bo books och pay hos 1041 Ett",
        ),
        (
            picked(OperationKind.GIVE_ACCESS, (), until=dt.date(2027, 3, 31), clients=("1061", "1041")),
            "Give Anna and Bo access until 2027-03-31 at 2 clients: 1041 Ett and 1061 Fem",
            "Ge Anna och Bo åtkomst till och med 2027-03-31 hos 2 klienter: 1041 Ett och 1061 Fem",
        ),
        (
            picked(OperationKind.GIVE_ACCESS, ("books",), ("bo@x.se",), until=dt.date(2027, 3, 31)),
            "Give Bo books until 2027-03-31 at 1041 Ett",
            "Ge Bo books till och med 2027-03-31 hos 1041 Ett",
        ),
        (
            picked(OperationKind.GIVE_ACCESS, (), ("bo@x.se",)),
            "Give Bo access at 1041 Ett",
            "Ge Bo åtkomst hos 1041 Ett",
        ),
        (
            picked(OperationKind.REMOVE_ACCESS, (), clients=("1041", "1042", "1051", "1052")),
            "Remove the access of Anna and Bo at 4 clients: 1041 Ett, 1042 Två and 2 more",
            "Ta bort åtkomsten för Anna och Bo hos 4 klienter: 1041 Ett, 1042 Två och 2 till",
        ),
        (
            picked(OperationKind.REMOVE_PROGRAMS, ("pay",), ("bo@x.se",)),
            "Take pay from Bo at 1041 Ett",
            "Ta pay från Bo hos 1041 Ett",
        ),
        (Message("Adopt {what}", what="drift"), "Adopt drift", "Adopt drift"),
    ],
)
def test_what_was_chosen(what, english, swedish):
    assert change_told(Change(what), EN) == english
    assert change_told(Change(what), SV) == swedish


def test_the_whole_message():
    change = Change(
        picked(OperationKind.GIVE_ACCESS, clients=("1061", "1041")),
        "Anna and Bo take over the bookkeeping\nwhile Cia is on parental leave, as agreed on Monday",
        "CASE #4711",
        HOW,
        DIGEST,
    )
    assert (
        commit_message(change, EN)
        == f"""\
Give Anna and Bo books and pay at 2 clients: 1041 Ett and 1061 Fem

Reason: Anna and Bo take over the bookkeeping while Cia is on parental
  leave, as agreed on Monday

- rule “own-team” names bo@x.se too

Ticket: CASE #4711
Plan-Digest: {DIGEST}
"""
    )
    assert (
        proposal_markdown(change, EN)
        == f"""\
Give Anna and Bo books and pay at 2 clients: 1041 Ett and 1061 Fem.

- Reason: Anna and Bo take over the bookkeeping while Cia is on parental leave, as agreed on Monday
- Ticket: `CASE #4711`
- Digest of the plan: `{DIGEST}`

- rule “own-team” names `bo@x.se` too
"""
    )


def test_the_least():
    change = Change(picked(OperationKind.REMOVE_PROGRAMS, ("pay",), ("bo@x.se",)))
    assert commit_message(change, EN) == "Take pay from Bo at 1041 Ett\n"
    assert proposal_markdown(change, EN) == "Take pay from Bo at 1041 Ett.\n"


def test_a_long_first_line_is_cut_at_a_word_and_told_whole_below():
    change = Change(picked(OperationKind.REMOVE_ACCESS, (), clients=("1041", "1042", "1051", "1052")))
    first, empty, *rest = commit_message(change, EN).split("\n")
    assert first == "Remove the access of Anna and Bo at 4 clients: 1041 Ett, 1042 Två and …"
    assert len(first) <= 72
    assert empty == ""
    assert " ".join(" ".join(rest).split()) == change_told(change, EN)
    assert subject_of(Change(Message("x" * 200)), EN) == "x" * 70 + " …"


def test_many_rules_are_counted():
    change = Change(Message("x"), how=HOW * 60)
    assert commit_message(change, EN).count("own-team") == 50
    assert "- 10 more\n" in commit_message(change, EN)
    assert "- 10 more\n" in proposal_markdown(change, EN)


def trailers(message: str) -> list[str]:
    ran = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


def attacked(text: str) -> Change:
    how = (Message("rule “{rule}” is new", rule=text),)
    return Change(Message("Give {who} access", who=text), text, text, how, DIGEST)


WORDS = [
    "[skip ci]",
    "[CI SKIP]",
    "[no ci]",
    "***NO_CI***",
    "closes #1",
    "Fixes: GH-12",
    "x\n\nSigned-off-by: boss@x.example",
    "x\n\n\nskip-checks: true",
    "\n\nReviewed-by: boss",
    "a\r\n---\ndiff --git a/x b/x",
    "\u202ebackwards",
    "/merge",
    "@everyone",
    "<!-- reconciler:digest sha256:0 -->",
    "![x](https://evil.example/x.png)",
    *ATTACKS.values(),
]


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("say", [EN, SV])
def test_nothing_in_a_message_acts(text, say):
    _looked_at(text, say)


@given(
    st.text(max_size=200)
    | st.sampled_from(WORDS).flatmap(lambda one: st.text(max_size=20).map(lambda x: x + one))
)
def test_nothing_in_a_message_acts_whatever_it_is(text):
    _looked_at(text, EN)


def _looked_at(text, say):
    change = attacked(text)
    message, body = commit_message(change, say), proposal_markdown(change, say)
    for told in (message, body):
        assert "[" not in told
        assert "***" not in told
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", told)
    first, empty, *rest = message.split("\n")
    assert first.startswith(("Give ", "Ge "))
    assert len(first) <= 72
    assert empty == ""
    assert all(re.match(r"Reason:|Skäl:|  \S|- |Ticket: |Plan-Digest: |Give\b|Ge\b|$", line) for line in rest)
    above = message.rpartition("\n\n")[0]
    assert not re.search(r"#\d", above)
    assert [line.split(":")[0] for line in trailers(message) if not line.startswith("Plan-Digest: ")] in (
        [],
        ["Ticket"],
    )
    assert trailers(message)[-1] == f"Plan-Digest: {DIGEST}"
    assert all(re.match(r"Give |Ge |- |$", line) for line in body.split("\n"))
