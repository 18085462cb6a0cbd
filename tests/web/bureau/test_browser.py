"""The whole flow in a browser, in both languages, for each operation; once by keyboard alone, and once without scripts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.bureau.example import load_example
from reconciler.bureau.store import Store
from reconciler.resources import resource
from tests.support.browser import window
from tests.web.bureau.office import api, operate, pages
from tests.web.looks import axe_says, by_keyboard, too_wide

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

# system administrator at some of the clients, and at some others of payroll alone, so that some of it is refused
OPERATOR = "it-admin"
OPERATIONS = ("give-access", "remove-access", "remove-programs")
WORDS = {
    "en": {"refused": "refused", "needs": "needs a system administrator", "bell": "Notifications", "sign out": "Sign out"},
    "sv": {"refused": "nekades", "needs": "kräver en systemadministratör", "bell": "Notiser", "sign out": "Logga ut"},
}  # fmt: skip


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A server with its pages over the example bureau, and the tokens of its operators."""
    with Store.open(tmp_path / "bureau.db") as store:
        tokens = load_example(store, resource("policies/example"))
        with pages(store) as url:
            yield url, tokens


@contextmanager
def at_the_page(browser: Any, url: str, token: str, **how: Any) -> Iterator[Any]:
    with window(browser, f"{url}/", **how) as watched:
        page = watched.page
        page.goto(f"{url}/")
        page.fill("input[name=token]", token)
        page.click("button.primary")
        page.wait_for_url("**/clients")
        yield page


def choose(page: Any, operation: str, *, filtered: str) -> dict[str, int]:
    """From the client list to the page that checks; what that foretells."""
    page.fill("input[name=q]", filtered)
    page.wait_for_selector("html[data-shown]")
    for box in page.locator("input[name=tick]").all()[:8]:
        box.check()
    page.click("button[formaction='/manage']")
    page.wait_for_url("**/operation")
    page.check(f"input[name=operation][value={operation}]")
    page.click("button.last")
    page.wait_for_url("**/consultants*")
    for box in page.locator("input[name=tick]").all()[:3]:
        box.check()
    page.click("button.last")
    if operation != "remove-access":
        page.wait_for_url("**/programs")
        boxes = page.locator("input[name=program]")
        every = [box.is_checked() for box in boxes.all()]
        assert all(every) if operation == "give-access" else not any(every)
        if operation == "remove-programs":
            page.click("button[value=all]")
            page.wait_for_selector("input[name=program]:not(:checked)", state="detached")
        page.click("button.last")
    page.wait_for_url("**/check")
    return {
        word: int(page.locator(f".figures .{word}").inner_text().split()[0])
        for word in ("done", "already", "refused", "failed")
    }


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("language", ["en", "sv"])
def test_from_signing_in_to_the_csv(
    browser: Any, bureau: tuple[str, dict[str, str]], language: str, operation: str
):
    from playwright.sync_api import expect

    url, tokens = bureau
    token, words = tokens[OPERATOR], WORDS[language]
    with at_the_page(browser, url, token, language=language) as page:
        assert page.evaluate("document.documentElement.lang") == language
        foretold = choose(page, operation, filtered="105")
        assert words["needs"] in page.inner_text("main")
        assert foretold["refused"] > 0
        assert axe_says(page) == []
        assert foretold["done"] > 0
        page.click("button.last")
        page.wait_for_url("**/jobs/*")
        job = page.url.rpartition("/")[2]
        page.goto(f"{url}/consultants")
        page.click("a.bell")
        expect(page).to_have_title(re.compile(words["bell"]))
        page.click(f"main a[href='/jobs/{job}']")
        page.wait_for_selector("#items")
        told = api(url, token, f"/v1/jobs/{job}")["outcomes"]
        assert told == foretold
        first = page.locator("tbody tr").first.inner_text()
        assert first.startswith(words["refused"])
        assert words["needs"] in page.inner_text("#items")
        assert axe_says(page) == []
        with page.expect_download() as download:
            page.click("a[download]")
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if language == "sv" else ","))
        assert len(rows) == 1 + sum(told.values())
        page.select_option("select[name=outcome]", "refused")
        expect(page.locator("#items tbody tr")).to_have_count(told["refused"])
        page.goto(f"{url}/jobs")
        assert page.locator(f"main a[href='/jobs/{job}']").count() == 1
        page.click(f"text={words['sign out']}")
        page.wait_for_url("**/sign-in")


def test_the_bell_rings_while_one_stays_on_a_page(browser: Any, bureau: tuple[str, dict[str, str]]):
    from playwright.sync_api import expect

    url, tokens = bureau
    token = tokens["managing-partner"]
    with window(browser, f"{url}/") as watched:
        page = watched.page
        page.clock.install()
        page.goto(f"{url}/sign-in?next=/jobs")
        page.fill("input[name=token]", token)
        page.click("button.primary")
        page.wait_for_url("**/jobs")
        expect(page.locator(".bell .count")).to_have_count(0)
        operate(url, token, "give-access", "anna.lind@exempelbyran.example", "1041", "bookkeeping")
        expect(page.locator(".bell .count")).to_have_count(0)
        page.clock.fast_forward(16_000)
        expect(page.locator(".bell .count")).to_have_text("1")
        assert page.url == f"{url}/jobs"


def test_by_keyboard_alone(browser: Any, bureau: tuple[str, dict[str, str]]):
    """No mouse from signing in to the result."""
    url, tokens = bureau
    with window(browser, f"{url}/") as watched:
        page = watched.page
        page.goto(f"{url}/")
        keyboard = page.keyboard

        def to(selector: str) -> None:
            """Tab until something has the focus."""
            for _ in range(200):
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    return
                keyboard.press("Tab")
            raise AssertionError(f"Tab never comes to {selector}")

        # the field has the focus from the start
        keyboard.insert_text(tokens["it-admin"])
        keyboard.press("Enter")
        page.wait_for_url("**/clients")
        for _ in range(3):
            to("input[name=tick]:not(:checked)")
            keyboard.press("Space")
        to("button[formaction='/manage']")
        keyboard.press("Enter")
        page.wait_for_url("**/operation")
        to("input[name=operation]")
        keyboard.press("Space")
        to("button.last")
        keyboard.press("Enter")
        page.wait_for_url("**/consultants*")
        to("input[name=tick]:not(:checked)")
        keyboard.press("Space")
        to("button.last")
        keyboard.press("Enter")
        page.wait_for_url("**/programs")
        to("button.last")
        keyboard.press("Enter")
        page.wait_for_url("**/check")
        to("button.last")
        keyboard.press("Enter")
        page.wait_for_url("**/jobs/*")
        page.wait_for_selector("#items")
        job = page.url.rpartition("/")[2]
        assert by_keyboard(page) == []
        to("a.bell")
        keyboard.press("Enter")
        page.wait_for_url("**/notifications")
        to(f"a[href='/jobs/{job}']")
        keyboard.press("Enter")
        page.wait_for_url(f"**/jobs/{job}")


def test_without_scripts_it_works_the_same(browser: Any, bureau: tuple[str, dict[str, str]]):
    url, tokens = bureau
    with window(browser, f"{url}/", script=False) as watched:
        page = watched.page
        page.goto(f"{url}/jobs")
        page.fill("input[name=token]", tokens["it-admin"])
        page.click("button.primary")
        page.wait_for_url("**/jobs")
        page.goto(f"{url}/clients")
        page.locator("input[name=tick]").first.check()
        page.click("button[formaction='/manage']")
        page.check("input[value=give-access]")
        page.click("button.last")
        page.locator("input[name=tick]").first.check()
        page.click("button.last")
        page.click("button.last")
        page.wait_for_url("**/check")
        if page.locator("button.last").count():
            page.click("button.last")
            page.wait_for_url("**/jobs/*")
        page.goto(f"{url}/notifications")
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize("path", ["/jobs", "/notifications", "/sign-in"])
def test_nothing_has_to_be_scrolled_sideways(browser: Any, bureau: tuple[str, dict[str, str]], path: str):
    url, tokens = bureau
    if path == "/sign-in":
        with window(browser, f"{url}/", width=320) as watched:
            watched.page.goto(f"{url}{path}")
            assert too_wide(watched.page, 320) == []
            assert axe_says(watched.page) == []
        return
    with at_the_page(browser, url, tokens["it-admin"], width=320, scheme="dark") as page:
        page.goto(f"{url}{path}")
        assert too_wide(page, 320) == []
        assert axe_says(page) == []
