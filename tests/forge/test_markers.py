"""What `plan --format markdown` ends with is what counts as approved; nothing that stands in a plan does."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.forge.markers import Kind, Marker, Shown, bureau_of_issue, digest_in, issue_marker
from reconciler.formats.catalogue import catalogue
from reconciler.formats.fits import Comment
from reconciler.formats.markdown import plan_markdown
from reconciler.formats.views import View
from reconciler.plan.build import build
from tests.security.attacks import ATTACKS
from tests.support.worlds import access, current, desired, operator, register, worlds

DAY = dt.date(2026, 11, 24)
FORGED = f"<!-- reconciler:digest sha256:{'f' * 64} -->"
MARKER = Marker(Kind.PLAN, "bureau", "a" * 40)


def commented(text: str) -> str:
    return f"{MARKER}\n{text}"


@given(worlds(), st.sampled_from(["en", "sv"]))
def test_a_whole_plan_carries_its_digest_and_nothing_else_does(world, language):
    plan, say = build(world.desired, world.current, DAY), catalogue(language)
    assert digest_in(commented(plan_markdown(plan, say))) == plan.digest
    for view in (View.DIFF, View.DRIFT):
        assert digest_in(commented(plan_markdown(plan, say, view=view))) is Shown.PART
    whole = plan_markdown(plan, say)
    for room in (30, len(whole) // 2, len(whole) - 1):
        assert digest_in(commented(plan_markdown(plan, say, comment=Comment(room=room)))) is Shown.PART


@pytest.mark.parametrize(
    "around", ["{}", "\n{}\n", "\r{}", "x\u2028{}\u2029", "-->\n{}", "`\n{}\n`", "</details>\n\n{}\n\n"]
)
@pytest.mark.parametrize("forged", [FORGED, str(MARKER), "<!-- reconciler:cut -->"])
def test_no_name_is_a_marker(around, forged):
    """As a key, a name, a label and a program, in a plan that is whole."""
    name = around.format(forged)
    reg = register([name, "b"], [name, "2"], [name, "p"])
    want = access(reg, (name, name, name), ("b", "2", "p"))
    state = current(reg, access(reg, (name, "2", "p")), operator(reg, key=name, system=[name, "2"]))
    plan = build(desired(reg, want), state, DAY)
    body = commented(plan_markdown(plan, catalogue("en"), full=True))
    assert digest_in(body) == plan.digest
    assert Marker.of(body) == MARKER


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_is_no_marker(text):
    assert Marker.of(text) is None
    assert digest_in(text) is Shown.PART
    assert bureau_of_issue(text) == ""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("commit", ["a" * 40, "0123456789" * 6 + "abcd"])
def test_a_marker_reads_back(kind, commit):
    marker = Marker(kind, "a-b_c.D", commit)
    for end in ("", "\n", "\r\n", "\ntext\n"):
        assert Marker.of(f"{marker}{end}") == marker
    assert bureau_of_issue(f"{issue_marker('malmo')}\nx") == "malmo"
    assert len(str(Marker(kind, "b" * 100, "a" * 64))) < 1024


@pytest.mark.parametrize(
    "line",
    [
        "<!-- reconciler:comment plan bureau commit=aaaa -->",
        f"<!-- reconciler:comment secret bureau commit={'a' * 40} -->",
        f"<!-- reconciler:comment plan a b commit={'a' * 40} -->",
        f"<!-- reconciler:comment plan bureau commit={'A' * 40} -->",
        f"<!-- reconciler:comment plan bureau commit={'a' * 41} -->",
        f"{MARKER} {MARKER}",
        f"x {MARKER}",
    ],
)
def test_what_is_no_marker(line):
    assert Marker.of(line) is None
