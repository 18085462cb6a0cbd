"""The comment as a reviewer sees it: rendered as GitHub renders Markdown, looked at in a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.commands.conftest import DAY
from tests.pipelines.files import ROOT
from tests.support.browser import browser as start
from tests.support.browser import opened

PICTURES = ROOT / "docs" / "screenshots"
UPDATE = os.environ.get("UPDATE_SCREENSHOTS") == "1"
PAGE = """\
<!doctype html><html lang="en" data-ready><head><meta charset="utf-8"><title>Pull request</title><style>
body {{ margin: 1.5rem; background: #f6f8fa; font: 14px/1.5 system-ui, sans-serif; color: #1f2328 }}
article {{ background: #fff; border: 1px solid #d1d9e0; border-radius: 6px; max-width: 900px; margin: auto }}
header {{ background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: .5rem 1rem; border-radius: 6px 6px 0 0 }}
section {{ padding: 0 1rem 1rem }}
h3 {{ font-size: 1.25em }} h4 {{ font-size: 1em; margin-bottom: .5rem }}
table {{ border-collapse: collapse; margin-bottom: 1rem }}
th, td {{ border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left; vertical-align: top }}
tr:nth-child(2n) td {{ background: #f6f8fa }}
code, pre {{ font: 85% ui-monospace, monospace; background: #eff1f3; border-radius: 6px; padding: .2em .4em }}
pre {{ padding: 1rem; overflow: auto }} details {{ margin-bottom: .5rem }} blockquote {{ border-left: .25em solid #d1d9e0; padding: 0 1em; margin: 0 0 1rem; color: #59636e }}
</style></head><body><article><header><b>github-actions</b> commented</header><section>{comment}</section></article></body></html>
"""


def rendered(comment: str) -> str:
    """A comment as a page."""
    render = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render
    return PAGE.format(comment=render(comment))


@pytest.fixture(scope="module")
def window():
    with start() as running:
        yield running


@pytest.mark.slow
def test_what_a_reviewer_sees(window, reconciler, example, tmp_path):
    report = "https://github.com/bureau/access/actions/runs/1/artifacts/2"
    ran = reconciler("plan", *DAY, "--format", "markdown", "--fits", "github", "--whole-report", report)
    marker = f"<!-- reconciler:comment plan exempelbyran commit={'a' * 40} -->\n"
    page = tmp_path / "comment.html"
    page.write_text(rendered(marker + ran.out), encoding="utf-8")
    with opened(window, page, height=1000) as watched:
        seen = watched.page.inner_text("section")
        assert "<!--" not in seen
        assert "sha256:" in seen  # the digest, for people
        titles = watched.page.locator("h3, h4").all_inner_texts()
        assert "Removals" in titles[1]  # what could do harm comes first
        assert watched.page.locator("table").count() >= 2
        assert not watched.page.locator("details[open]").count()
        width = watched.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert width == 0
        if UPDATE:
            watched.page.screenshot(path=PICTURES / "pull-request.png")


def test_the_picture_is_there():
    assert 0 < Path(PICTURES / "pull-request.png").stat().st_size < 200_000
