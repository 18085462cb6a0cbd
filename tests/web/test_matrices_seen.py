"""The pages of one client and of one consultant in Chromium: for everybody, in both languages, by keyboard."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import expect

from tests.support.browser import window
from tests.support.serving import serving
from tests.web.looks import NARROW, axe_says, by_keyboard, nameless, too_wide
from tests.web.matrix_site import NoSides, SomeSides, bureau, large, site_of

pytestmark = pytest.mark.slow

PATHS = (
    "/clients/1042?show=team",
    "/consultants/anna.lind@byra.example",
    "/clients/a%2Fb",
    "/clients/1042?q=x%3C",
)
LARGE = ("/clients/000", "/consultants/p00000@byra.example?page=2")


@pytest.fixture(scope="module")
def urls():
    with (
        serving(site_of(bureau(), NoSides())) as plain,
        serving(site_of(bureau(), SomeSides())) as leading,
        serving(site_of(large(300, 120))) as wide,
    ):
        yield {"plain": plain, "leading": leading, "wide": wide}


def enter(watched, url, path):
    watched.page.context.request.post(f"{url}/sign-in", form={"x": "1"}, headers={"Origin": url})
    watched.page.goto(url + path)
    watched.page.wait_for_selector("html[data-ready]")
    return watched.page


@pytest.mark.parametrize(
    ("look", "width"), list(product((("light", "en"), ("dark", "sv")), (1280, 375, NARROW)))
)
def test_for_everybody(browser, urls, look, width):
    scheme, language = look
    for name, paths in (("plain", PATHS), ("leading", PATHS[:1]), ("wide", LARGE)):
        for path in paths:
            with window(browser, f"{urls[name]}/", width=width, scheme=scheme, language=language) as watched:
                page = enter(watched, urls[name], path)
                assert (axe_says(page), too_wide(page, width), nameless(page)) == ([], [], []), path


@pytest.mark.parametrize("width", [1280, NARROW])
@pytest.mark.parametrize("name", ["plain", "leading"])
def test_by_keyboard(browser, urls, name, width):
    with window(browser, f"{urls[name]}/", width=width, height=700) as watched:
        assert by_keyboard(enter(watched, urls[name], PATHS[0])) == []


def test_the_heads_stay_where_they_are(browser, urls):
    with window(browser, f"{urls['wide']}/", width=600, height=800) as watched:
        page = enter(watched, urls["wide"], LARGE[0])
        places = """() => ["thead th", "tbody th"].map((one) => {
            const box = document.querySelector(one).getBoundingClientRect();
            return [box.left, box.top];
        })"""
        head, first = page.evaluate(places)
        page.locator(".tall").evaluate("one => one.scrollTo(150, 400)")
        later, moved = page.evaluate(places)
        assert later == head
        assert moved[0] == first[0]
        assert moved[1] == pytest.approx(first[1] - 400)


def test_the_table_is_scrolled_by_keyboard(browser, urls):
    with window(browser, f"{urls['wide']}/", width=600, height=800) as watched:
        page = enter(watched, urls["wide"], LARGE[0])
        page.locator(".tall").focus()
        page.keyboard.press("PageDown")
        for _ in range(100):
            if (down := page.locator(".tall").evaluate("one => one.scrollTop")) > 100:
                break
            page.wait_for_timeout(50)
        assert down > 100


def test_what_one_types_is_looked_for_at_once(browser, urls):
    with window(browser, f"{urls['wide']}/") as watched:
        page = enter(watched, urls["wide"], "/consultants/p00000@byra.example")
        page.get_by_role("searchbox").fill("000")
        expect(page.locator(".matrix tbody tr")).to_have_count(1)
        assert "q=000" in page.url
        assert page.get_by_role("status").inner_text() == "1 client"
        page.select_option("select[name=sort]", "name")
        page.wait_for_url("**sort=name**")


def test_it_works_without_a_script(browser, urls):
    with window(browser, f"{urls['wide']}/", script=False) as watched:
        page = watched.page
        page.context.request.post(
            f"{urls['wide']}/sign-in", form={"x": "1"}, headers={"Origin": urls["wide"]}
        )
        page.goto(f"{urls['wide']}/consultants/p00000@byra.example")
        page.get_by_role("link", name="Next page").click()
        assert page.get_by_text("Page 2 of 3").is_visible()
        page.get_by_role("searchbox").fill("bolaget")
        page.select_option("select[name=team]", "team 3")
        page.get_by_role("button", name="Search").click()
        assert page.get_by_role("row").count() == 2 + 8
