"""A plan as a comment: it tells everything or says that it does not, fits, folds cleanly, and no name in it acts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Message
from reconciler.formats import show_plan
from reconciler.formats.catalogue import catalogue
from reconciler.formats.fits import BESIDE, FITS, Comment
from reconciler.formats.markdown import CUT, plan_markdown
from reconciler.formats.markdown.escape import named, named_in_html
from reconciler.formats.views import View
from reconciler.grid import Half
from reconciler.guardrails import Refusal
from reconciler.plan import build
from reconciler.plan.file import read_plan_file, write_plan_file
from tests.plan.test_file import bound
from tests.security.attacks import ATTACKS
from tests.security.markdown import MARKER, judge_markdown
from tests.support.plans import DAY, plans
from tests.support.worlds import access, current, desired, operator, register

REPORT = "https://ci.example/runs/1"
EN = catalogue("en")


def lines_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if MARKER.fullmatch(line)]


@given(
    plans(),
    st.none() | st.integers(0, 6_000),
    st.booleans(),
    st.sampled_from(View),
    st.sampled_from(["en", "sv"]),
    st.sampled_from(["", REPORT]),
    st.booleans(),
)
def test_any_plan_in_any_room(plan, room, folds, view, language, report, full):
    comment = Comment(room, folds, report)
    text = plan_markdown(plan, catalogue(language), view=view, full=full, comment=comment)
    assert judge_markdown(text, report) == []
    assert room is None or len(text.encode()) <= max(room, len(CUT))
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")
    assert folds or "<details>" not in text
    (marker,) = lines_of(text)
    if view is View.PLAN and "cut" not in marker:
        assert marker == f"<!-- reconciler:digest {plan.digest} -->"
        assert (f"`{plan.digest}`" in text) == bool(plan.operations)
    else:
        assert "sha256:" not in text
    if room is None:
        assert "cut" not in marker
    elif "cut" in marker:
        whole = plan_markdown(
            plan, catalogue(language), view=view, full=full, comment=replace(comment, room=None)
        )
        assert len(whole.encode()) > room


@given(plans(), st.sampled_from(["en", "sv"]))
def test_a_plan_file_shows_the_same_comment(plan, language):
    say = catalogue(language)
    kept = read_plan_file(write_plan_file(plan, bound(plan))).plan
    assert show_plan(kept, "markdown", say) == show_plan(plan, "markdown", say)


@given(plans())
def test_a_whole_comment_names_every_change(plan):
    """Whoever gains or loses stands in a row that says so."""
    text = plan_markdown(plan, EN, full=True)
    names = plan.register.consultants
    for change, rows in plan.changes.allowed.items():
        word = "gives" if change.half is Half.GRANTS else "removes"
        for consultant, client, _ in rows.rows():
            label = names.labels[consultant] or names.names[consultant]
            key = plan.register.clients.names[client]
            assert any(label in row and word in row for row in text.splitlines() if row.startswith("|")), (
                label,
                key,
            )


def large(people: int, clients: int):
    """A plan in which a third is taken, and the rest is given, at clients of several teams, irregularly."""
    names, numbers = [f"p{i:04}" for i in range(people)], [f"{i:05}" for i in range(clients)]
    reg = register(names, numbers, ["books", "bills", "pay", "taxes"])
    teams = {f"team{i:02}": np.arange(i, clients, 20) for i in range(20)}
    reg = replace(reg, clients=replace(reg.clients, teams=teams))
    rng = np.random.default_rng(7)
    cells = [
        (names[i], number, program)
        for number in numbers
        for i in rng.choice(people, 3, replace=False)
        for program in rng.choice(["books", "bills", "pay", "taxes"], 2, replace=False)
    ]
    want = access(reg, *cells[: len(cells) * 2 // 3])
    have = access(reg, *cells[len(cells) * 2 // 3 :])
    return build(desired(reg, want, sensitive=4), current(reg, have), DAY)


@pytest.mark.parametrize("place", FITS)
def test_a_large_plan_is_cut_to_what_each_place_takes(place):
    plan = large(60, 300)
    comment = replace(FITS[place], report=REPORT)
    text = plan_markdown(plan, EN, comment=comment)
    assert judge_markdown(text, REPORT) == []
    assert len(text.encode()) <= comment.room
    if "cut" not in lines_of(text)[0]:
        assert place in {"gitlab", "azure-devops", "job-summary"}
        return
    assert len(text.encode()) > comment.room * 3 // 4, "room that could be used is left"
    assert (
        text.index("#### Removals: ") < text.index("#### Sensitive") < text.index("#### All changes, by team")
    )
    assert text.splitlines()[-3] == f"The whole report: <{REPORT}>"
    assert "By itself it approves nothing" in text[: text.index("####")]
    assert re.search(r"and \d+ more", text)


def test_it_never_takes_more_room_wherever_it_is_cut():
    plan = large(12, 24)
    whole = len(plan_markdown(plan, EN).encode())
    for room in range(500, whole, 37):
        text = plan_markdown(plan, EN, comment=Comment(room))
        assert len(text.encode()) <= room
        assert text.endswith(CUT)
        assert text.count("<details>") == text.count("</details>")


def test_what_is_left_for_the_line_above_a_comment():
    assert {place: one.room + BESIDE for place, one in FITS.items()} == {
        "github": 65_536,
        "gitlab": 1_000_000,
        "bitbucket": 32_768,
        "azure-devops": 150_000,
        "job-summary": 1 << 20,
    }


def test_a_bitbucket_comment_holds_no_html_but_its_marker():
    text = plan_markdown(large(20, 40), EN, comment=FITS["bitbucket"])
    assert [line for line in text.splitlines() if "<" in line] == lines_of(text)


def test_what_is_refused_says_so_first_and_what_is_blocked_says_who_could():
    reg = register(["ann", "bo"], ["1"], ["books"])
    boss = operator(reg, "boss", system=["1"])
    plan = build(
        desired(reg, access(reg, ("ann", "1", "books"))),
        current(reg, access(reg), operator(reg), (boss,)),
        DAY,
    )
    text = plan_markdown(plan.refused((Refusal("removals", 12, 3, Message("{n} removals", n=12)),)), EN)
    assert text.startswith("### Refused by a guardrail: 2 changes are blocked\n")
    assert (
        "> **A guardrail forbids to apply this plan**\n> - removals: 12 removals; if that is meant, say so with `--allow removals=12`\n"
        in text
    )
    assert (
        "| Ann | 1 Company 1 | get access with books; rule: rule | needs a system administrator at the client | Boss |"
        in text
    )


def test_who_gets_something_at_clients_of_another_team():
    reg = register(["ann", "bo", "cia"], ["1", "2", "3"], ["books"])
    teams = {"north": np.array([0]), "south": np.array([1])}
    reg = replace(
        reg, consultants=replace(reg.consultants, teams=teams), clients=replace(reg.clients, teams=teams)
    )
    cells = [(who, where, "books") for who in ("ann", "bo", "cia") for where in ("1", "2", "3")]
    text = plan_markdown(build(desired(reg, access(reg, *cells)), current(reg, access(reg)), DAY), EN)
    # Cia is in no team, and client 3 has none: nothing can be told of them
    assert "<summary>Outside the own team: 2 people get something at another team's clients</summary>" in text
    part = text[text.index("Outside") : text.index("</details>")]
    assert re.findall(r"^\| (\w+) \| (\d)", part, re.MULTILINE) == [("Bo", "1"), ("Ann", "2")]


@pytest.mark.parametrize(
    "text",
    [
        "Anna Lind", "Sofielunds Bageri AB", "1042", "Sandby Bygg & Snickeri AB", "Ann-Marie O'Hara", "St. Erik, Inc.",
        "556677-8899", "2027-03-31", "Östra (norr)", "own-team", "שלום",
    ],
)  # fmt: skip
def test_harmless_names_stay_as_they_are(text):
    assert named(text) == named_in_html(text) == text.replace("&", "&amp;")


@pytest.mark.parametrize(
    "text",
    [
        "@octocat", "a@b.se", "#12", "GH-12", "BYR-4711", "!5", "~bug", "%1", "$x$", ":tada:", "www.evil.example", "evil.example",
        "https://evil.example", "deadbeef", "0123456789abcdef", "[a](b)", "![a](b)", "<b>", "&lt;", "a|b", "a`b", "**b**", "_b_", "~~b~~",
        "a/b", "a\\", "", " ", "x:y", "*",
        *ATTACKS.values(),
    ],
    ids=ascii,
)  # fmt: skip
def test_other_names_stand_as_code_in_which_nothing_acts(text):
    told = f"### x {named(text)}\n\n| a | b |\n|---|---|\n| {named(text)} | {named(text)} and {named(text)} |\n\n"
    folded = f"<details><summary>{named_in_html(text)}: x</summary>\n\n</details>\n\n"
    assert judge_markdown(told + folded + "<!-- reconciler:cut -->\n") == []


def test_the_judge_finds_what_acts():
    table = "| a | b |\n|---|---|\n| {} | x |\n\n<!-- reconciler:cut -->\n"
    for text in (
        "@octocat", "a@b.se", "#12", "BYR-4711", "www.evil.example", "https://evil.example", "deadbeef", "[a](b)", "![a](b)",
        "<b>", "<!-- x -->", "a | b", "*b*", "~~b~~", "\n<!-- reconciler:cut -->", "\n# x\n\n---", "<https://evil.example>",
    ):  # fmt: skip
        assert judge_markdown(table.format(text)) != [], text
    assert judge_markdown(table.format("`@octocat`")) == []
