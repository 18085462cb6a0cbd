"""The pictures of docs/html.md, taken anew with UPDATE_SCREENSHOTS=1 and to be looked at before they are committed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.browser import opened

FOLDER = Path(__file__).parents[3] / "docs" / "screenshots"
UPDATE = os.environ.get("UPDATE_SCREENSHOTS") == "1"
LARGEST = 200_000


def top(page):
    """What is seen first."""
    return page


def cell(page):
    page.fill("#find-clients", "105")
    page.click(".grid-row:has-text('1055') .field.gain >> nth=0")
    return page.locator("#matrix")


def overview(page):
    page.click(".field.heat >> nth=1")
    page.keyboard.press("Escape")
    return page.locator("#matrix")


def opened_field(page):
    page.click(".field.heat.loss >> nth=1")
    return page.locator("#matrix")


PICTURES = {
    "plan": ("small", "en", "light", 1280, top),
    "plan-sv-dark": ("small", "sv", "dark", 1280, top),
    "plan-sv-narrow": ("small", "sv", "light", 375, top),
    "matrix": ("small", "en", "light", 1280, cell),
    "overview": ("huge", "sv", "light", 1280, overview),
    "overview-opened": ("huge", "en", "dark", 1280, opened_field),
}


@pytest.mark.slow
@pytest.mark.skipif(not UPDATE, reason="pictures are taken with UPDATE_SCREENSHOTS=1")
@pytest.mark.parametrize("name", PICTURES)
def test_take(browser, pages, name):
    bureau, language, scheme, width, do = PICTURES[name]
    with opened(browser, pages(bureau, language), width=width, height=1000, scheme=scheme) as watched:
        shown = do(watched.page)
        FOLDER.mkdir(exist_ok=True)
        shown.screenshot(path=FOLDER / f"{name}.png")


def test_every_picture_is_there_and_small():
    pictures = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert set(PICTURES) <= set(pictures)
    assert [name for name, size in pictures.items() if size > LARGEST] == []
