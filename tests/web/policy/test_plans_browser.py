"""The plan, its run, drift and a review in Chromium: in both languages, with and without a script, by keyboard, small."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager

import pytest

from tests.support.browser import browser as open_browser
from tests.support.browser import window
from tests.support.repositories import git
from tests.web.policy.test_adopting_pages import by_hand  # noqa: F401 - a fixture
from tests.web.policy.test_drift_page import drifted  # noqa: F401 - a fixture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LANGUAGES = ("en-GB", "sv-SE")
DONE = {"en-GB": "Done: ", "sv-SE": "Klart: "}


@pytest.fixture(scope="module")
def browser():
    with open_browser() as opened:
        yield opened


@contextmanager
def somebody(browser, site, language: str = "en-GB", **how):
    """A window of somebody who has opened their link."""
    url, _, links = site
    with window(browser, f"{url}/", language=language, **how) as watched:
        page = watched.page
        page.set_default_timeout(20_000)
        page.goto(f"{url}/open?key={links.give()}")
        page.locator("main button").click()
        page.wait_for_selector("h1")
        yield page


def runs(reconciler) -> list[dict]:
    return json.loads(reconciler("runs", "--format", "json").out)["runs"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_plan_to_its_result(reconciler, browser, site, language):
    plan = json.loads(reconciler("plan", "--format", "json", "--only", "grants").out)
    with somebody(browser, site, language) as page:
        page.locator('nav a[href="/plan"]').click()
        # the matrix is drawn by a script of the package, from data that stand on the page
        page.wait_for_selector("#matrix-app:not([hidden]) .field.gain")
        page.locator("details.filters summary").click()
        page.locator('select[name="only"]').select_option("grants")
        page.locator("details.filters button").click()
        page.wait_for_selector("#give-access")
        assert page.locator("#remove-access").count() == 0
        page.locator("#plan-find").fill("Tempelman")
        shown = page.locator("#give-access tbody tr:visible").all_inner_texts()
        assert shown
        assert all("Tempelman" in row for row in shown)
        assert plan["digest"] in page.locator("#digest").inner_text()
        page.locator("section.approve button").click()
        page.wait_for_url("**/plan/apply/*")
        assert plan["digest"] in page.inner_text("main")
        page.locator("main button.primary").dblclick()
        page.wait_for_url("**/runs/*")
        page.wait_for_selector("#run:not([data-again])")
        page.wait_for_selector("#done")
        assert DONE[language] in page.inner_text("main")
        assert page.locator("#refused").count() == 0
        page.locator('nav a[href="/runs"]').click()
        assert page.locator("tbody tr").count() == 1
    (run,) = runs(reconciler)
    assert (run["digest"], run["state"]) == (plan["digest"], "finished")


def test_without_a_script_by_keyboard_alone(reconciler, browser, site):
    with somebody(browser, site, script=False, width=320) as page:
        page.goto(page.url.partition("/open")[0].rstrip("/") + "/plan")
        assert page.locator("#matrix-needs").is_visible()
        button = page.locator("section.approve button")
        for _ in range(60):
            page.keyboard.press("Tab")
            if button.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/plan/apply/*")
        yes = page.locator("main button.primary")
        for _ in range(60):
            page.keyboard.press("Tab")
            if yes.evaluate("one => one === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url("**/runs/*")
        for _ in range(40):
            if page.locator("[data-again]").count() == 0:
                break
            page.wait_for_timeout(250)
            page.reload()
        assert page.locator("#done").count() == 1
    assert len(runs(reconciler)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_drift_to_a_proposal(by_hand, folder, browser, site, language):  # noqa: F811
    with somebody(browser, site, language) as page:
        page.locator('nav a[href="/drift"]').click()
        row = page.locator("tr", has_text="Gun Alm").filter(has_text="1042").first
        row.locator("input[name=item]").check()
        page.locator('button[value="some"]').click()
        page.wait_for_url("**/drift/adopt/*")
        assert "by-hand" not in page.inner_text("pre.diff")
        assert "gun.alm@exempelbyran.example" in page.inner_text("pre.diff")
        page.locator("#reason").fill("<b>agreed</b> with the client")
        page.keyboard.press("Enter")
        page.wait_for_selector("#means")
        assert "<b>agreed</b>" in page.inner_text("pre.diff")
        assert page.locator("main b").count() == 0
        page.locator('form[action$="/save"] button').click()
        page.wait_for_url("**/proposals/**")
    (branch,) = git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/access").split()
    assert "gun.alm@exempelbyran.example" in git(folder, "diff", "main", branch)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_review_by_keyboard(folder, browser, site, language):
    with somebody(browser, site, language, scheme="dark", width=390) as page:
        page.locator('nav a[href="/reviews"]').click()
        page.locator('a[href="/reviews/team/ystad"]').click()
        rows = page.locator("tbody tr").count()
        assert page.locator("input:checked").count() == 0
        for number in range(rows):
            keep = page.locator("tbody tr").nth(number).locator("input[type=radio]").first
            keep.focus()
            page.keyboard.press("Space")
            if number == 0:
                page.keyboard.press("ArrowDown")  # to remove
        page.locator("#by").fill("lead@x.example")
        page.locator('button[value="sign"]').focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/reviews/signed/*")
        assert "lead@x.example" in page.inner_text("main")
    (branch,) = git(folder, "for-each-ref", "--format=%(refname:short)", "refs/heads/access").split()
    (name,) = git(folder, "diff", "--name-only", "main", branch).split()
    said = git(folder, "show", f"{branch}:{name}")
    assert len(re.findall("decision: keep", said)) == rows - 1
    assert len(re.findall("decision: remove", said)) == 1
