"""The page of access reviews: a table for each, no script, and nothing wrong for whoever sees little."""

from __future__ import annotations

import datetime as dt
import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from reconciler.formats.catalogue import catalogue
from reconciler.formats.html.review import reviews_html
from reconciler.review import ScopeKind
from tests.review.test_review import listed, small
from tests.support.browser import opened

DAY = dt.date(2026, 11, 24)


def page(language="en", by=ScopeKind.TEAM, *, since_told=True):
    _, now = small()
    return reviews_html(listed(by), now.register, DAY, catalogue(language), since_told=since_told)


def texts(html, element):
    found = re.findall(rf"<{element}[^>]*>(.*?)</{element}>", html, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", "", one)).strip() for one in found]


def test_a_table_for_each_with_what_is_to_be_looked_at_marked():
    html = page()
    assert texts(html, "h2") == ["The team a", "The client 3 Three"]
    assert [row for row in texts(html, "tr") if row][1] == "! Bo 2 Two pay no rule gives it"
    assert "<script" not in html
    assert "Since when it is held is not told" not in html
    assert "Since when it is held is not told" in page(since_told=False)


def test_the_digest_stands_there_so_that_a_print_tells_which_list_it_is():
    assert [one.digest for one in listed()] == texts(page(), "code")


def test_in_swedish():
    html = page("sv")
    assert '<html lang="sv">' in html
    assert texts(html, "h2") == ["Teamet a", "Klienten 3 Three"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "review.html"
    path.write_text(page(), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), list(product(("light", "dark"), (1280, 375))))
def test_axe_has_no_finding(browser, file, scheme, width):
    with opened(browser, file, width=width, scheme=scheme, ready="main") as watched:
        found = Axe().run(watched.page).response
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
