"""axe finds nothing wrong for people who see little, hear the page or use no mouse: dark and light, wide and narrow."""

from __future__ import annotations

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.browser import opened

pytestmark = pytest.mark.slow


def drill(page) -> None:
    page.locator(".field.heat").first.click()


def search(page) -> None:
    page.fill("#plan-find", "lind")
    page.locator("[role=gridcell]").first.click()


def nothing(page) -> None:
    """As it is opened."""


CASES = {
    "small": ("small", "en", nothing),
    "small, found": ("small", "sv", search),
    "wide": ("wide", "en", nothing),
    "heat map": ("huge", "sv", nothing),
    "heat map, opened": ("huge", "en", drill),
}


@pytest.mark.parametrize(("name", "scheme", "width"), list(product(CASES, ("light", "dark"), (1280, 375))))
def test_axe_has_no_finding(browser, pages, name, scheme, width):
    bureau, language, do = CASES[name]
    with opened(browser, pages(bureau, language), width=width, scheme=scheme) as watched:
        do(watched.page)
        found = Axe().run(watched.page).response
        told = [
            (one["id"], node["target"], node["failureSummary"])
            for one in found["violations"]
            for node in one["nodes"]
        ]
        assert told == []
        wide = watched.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, "the page itself never scrolls sideways"
