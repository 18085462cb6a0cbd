"""The page as it is written: all that the text of a plan tells is in it, without any script."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given

from reconciler.formats.catalogue import catalogue
from reconciler.formats.html import plan_html
from reconciler.formats.html.sections import sections
from reconciler.formats.text import plan_text
from reconciler.formats.views import View
from reconciler.plan import build
from tests.formats.html.bureaus import bureau
from tests.security.attacks import judge_html
from tests.support.duties import DAY, guarded_worlds

FRAMES = {"en": {"who", "rule", "rules", "why"}, "sv": {"hos", "därmed", "regel", "regler", "varför"}}
"""Words that the text has around what it tells, where the page has columns."""


def text_of(page: str) -> str:
    """What can be read on a page, in one line."""
    reader = _Reader()
    reader.feed(page)
    return " ".join(" ".join(reader.texts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.skip = False

    def handle_starttag(self, tag, attrs):
        self.skip = tag in {"script", "style"}

    def handle_endtag(self, tag):
        self.skip = False

    def handle_data(self, data):
        if not self.skip:
            self.texts.append(data)


@pytest.mark.parametrize("language", ["en", "sv"])
def test_the_example_tells_all_that_the_text_tells(pages, language, monkeypatch):
    from tests.formats.html.conftest import printed

    page = pages("small", language)
    monkeypatch.chdir(page.parent / "example")
    monkeypatch.delenv("RECONCILER_TOKEN", raising=False)
    found = text_of(page.read_text("utf-8"))
    text = printed(["plan", "--as-of", "2026-11-24", "--full", "--lang", language])
    words = set(re.findall(r"\w[\w-]*", text)) - set(re.findall(r"\w[\w-]*", found))
    assert words - FRAMES[language] == set()


@given(guarded_worlds())
def test_any_plan_makes_a_sound_page(world):
    plan = build(world.desired, world.current, DAY)
    for current in (world.current, None):
        page = plan_html(plan, current, catalogue("en"))
        assert judge_html(page) == []
        read = text_of(page)
        assert (plan.digest in read) == bool(plan.operations)
        for operation in plan.operations:
            assert f'id="{operation.change.value}"' in page
    assert page == plan_html(plan, None, catalogue("en"))


@given(guarded_worlds())
def test_every_heading_of_the_text_is_one_of_the_page(world):
    plan = build(world.desired, world.current, DAY)
    say = catalogue("en")
    lines = plan_text(plan, say).splitlines()
    headings = [above for above, below in pairwise(lines) if re.match("-+$", below)]
    read = text_of(plan_html(plan, world.current, say))
    assert [one for one in headings if one not in read] == []


@pytest.mark.parametrize("view", list(View))
def test_only_a_plan_carries_the_digest(view):
    from tests.audit.runs import small_plan

    plan = small_plan()
    page = plan_html(plan, None, catalogue("en"), view)
    assert (plan.digest in page) == (view is View.PLAN)


def test_a_plan_file_says_what_its_page_does_not_know(pages):
    assert "made from a plan file" in text_of(pages("file").read_text("utf-8"))
    assert "made from a plan file" not in text_of(pages("small").read_text("utf-8"))


@pytest.mark.parametrize(
    ("language", "now", "before"), [("en", "has now", "before"), ("sv", "har nu", "innan")]
)
def test_the_page_of_a_change_says_nothing_of_what_the_bureau_has_now(language, now, before):
    from tests.audit.runs import small_plan

    say = catalogue(language)
    said = {view: plan_html(small_plan(), None, say, view) for view in (View.PLAN, View.DIFF)}
    assert now in said[View.PLAN]
    assert now not in said[View.DIFF]
    assert before in said[View.DIFF]


def test_a_reader_without_a_command_line_is_told_of_no_flag():
    world = bureau(200, 20_000, 2)
    plan = build(world.desired, world.current, DAY)
    flags = {flag: str(sections(plan, catalogue("en"), flag=flag)) for flag in (True, False)}
    assert "--full" in flags[True]
    assert "--full" not in flags[False]
    assert "more" in flags[False]
