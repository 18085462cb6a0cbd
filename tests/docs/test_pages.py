"""Every command in the docs is run, and prints what the page says, to the letter.

UPDATE_CASES=1 writes what is printed anew, to be read in the diff.
"""

from __future__ import annotations

import os

import pytest

from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.docs.pages import PAGES, ROOT, play


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_prints_what_the_page_says(page, reconciler, tmp_path, monkeypatch):
    text = page.read_text(encoding="utf-8")
    monkeypatch.setenv("RECONCILER_AS_OF", "2026-11-24")
    monkeypatch.setenv("RECONCILER_LANG", "sv" if page.parent.name == "sv" else "en")
    if "$ reconciler init\n" not in text:  # a page about one thing takes the example for granted
        assert reconciler("init").code == 0
        assert reconciler("bureau", "load", "--example").code == 0
    now = play(text, reconciler, tmp_path)
    if os.environ.get("UPDATE_CASES") == "1":
        page.write_text(now, encoding="utf-8")
    assert now == text


def test_there_are_pages_in_both_languages():
    assert {page.parent.name for page in PAGES} >= {"docs", "sv"}


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    for page in ROOT.glob("docs/*.md"):
        assert page.name == "index.md" or f"({page.name})" in index, page.name
