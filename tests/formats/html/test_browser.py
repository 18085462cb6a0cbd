"""The page in a real browser: found, filtered, sorted and opened by mouse and by keyboard alone, and nothing leaves it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from reconciler.grid import Half
from reconciler.plan import build
from reconciler.plan.values import count_cells
from tests.formats.html.conftest import of_size
from tests.support.browser import opened
from tests.support.duties import DAY

pytestmark = pytest.mark.slow


DRAWN = """() => [...document.querySelectorAll(".grid-row")].map((row) => [
    row.ariaRowIndex, ...[...row.querySelectorAll(".field")].map((one) => `${one.ariaColIndex} ${one.textContent}`)
])"""
"""The number of each row that is drawn, and of each field with its text."""


def rows_of(page, part: str) -> list[str]:
    """The first cells of the rows that are shown."""
    return page.locator(f"#{part} tbody tr:visible th").all_inner_texts()


def active(page) -> str:
    """What a screen reader says of the cell that has the focus."""
    return page.evaluate(
        "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
    )


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, selector: str, most: int = 60) -> None:
    """Go to a control with the Tab key alone."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not come to {selector}")


@pytest.mark.parametrize("language", ["en", "sv"])
def test_finding_in_the_plan_and_showing_one_kind(browser, pages, language):
    with opened(browser, pages("small", language)) as watched:
        page = watched.page
        page.fill("#plan-find", "tempelman")
        assert {"Fia Tempelman"} <= set(rows_of(page, "blocked"))
        assert all("Tempelman" in one for one in page.locator("#plan tbody tr:visible").all_inner_texts())
        assert re.match(r"(Rows|Rader): \d+ (of|av) \d+$", page.inner_text("#plan-status"))
        page.select_option("#plan-show", "loss")
        assert rows_of(page, "remove-programs") == ["Fia Tempelman"]
        assert page.locator("#blocked").is_hidden()
        page.fill("#plan-find", "")
        page.select_option("#plan-show", "")
        assert page.locator("#blocked").is_visible()
        assert page.inner_text("#plan-status") == ""
        assert page.get_attribute("html", "lang") == language


def test_sorting_a_table_by_mouse_and_by_keyboard(browser, pages):
    with opened(browser, pages("small")) as watched:
        page = watched.page
        before = rows_of(page, "add-programs")
        page.click("#add-programs thead th:nth-child(2) button")
        assert rows_of(page, "add-programs") == sorted(before)
        head = page.locator("#add-programs thead th:nth-child(2)")
        assert head.get_attribute("aria-sort") == "ascending"
        head.locator("button").focus()
        press(page, "Enter")
        assert rows_of(page, "add-programs") == sorted(before, reverse=True)
        press(page, "Enter")
        assert rows_of(page, "add-programs") == before
        page.click("#blocked thead th.number button")
        numbers = [int(one) for one in page.locator("#blocked tbody td.number").all_inner_texts()]
        assert numbers == sorted(numbers)


def test_the_matrix_by_mouse(browser, pages):
    with opened(browser, pages("small")) as watched:
        page = watched.page
        assert page.locator("#matrix-needs").is_hidden()
        page.fill("#find-clients", "1055")
        page.fill("#find-consultants", "tempel")
        assert page.inner_text("#matrix-status") == "Clients: 1 of 24. Consultants: 1 of 9."
        page.click("[role=gridcell]")
        assert page.inner_text("#detail h3") == "Fia Tempelman at 1055 Sandby Bygg & Snickeri AB"
        assert page.locator("#detail li").all_inner_texts() == [
            "has now: Bookkeeping, Invoicing and Receipts",
            "gets: Payroll",
            "blocked, would get: Annual accounts",
        ]
        page.select_option("#program", label="Payroll")
        assert page.inner_text("[role=gridcell]") == "+"
        page.select_option("#program", label="Bookkeeping")
        assert page.inner_text("[role=gridcell]") == "●"
        page.fill("#find-consultants", "nobody")
        assert "Nothing to show" in page.inner_text("#matrix-status")
        assert page.locator("#grid").is_hidden()


def test_the_matrix_by_keyboard_alone(browser, pages):
    with opened(browser, pages("small")) as watched:
        page = watched.page
        tab_to(page, "a.skip[href='#matrix']")
        press(page, "Enter")
        tab_to(page, "#find-consultants")
        page.keyboard.type("tempel")
        tab_to(page, "#only-changes")
        press(page, "Space")
        assert page.is_checked("#only-changes")
        tab_to(page, "[role=gridcell]")
        assert active(page).startswith("Fia Tempelman at 10")
        seen = {active(page)}
        for _ in range(9):
            press(page, "ArrowDown")
            seen.add(active(page))
        assert len(seen) == int(page.get_attribute("#grid", "aria-rowcount")) - 1
        press(page, "Control+Home", "ArrowUp")
        assert active(page) == "Fia Tempelman"
        press(page, "ArrowDown", "ArrowLeft")
        assert active(page) == "1051 Lunds Bokbinderi AB"
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        # one stop in the order of tabs, however many fields there are
        assert page.locator("#grid [tabindex='0'], #grid[tabindex='0']").count() == 1


def test_sorting_the_matrix_by_a_name(browser, pages):
    with opened(browser, pages("small")) as watched:
        page = watched.page
        names = page.locator(".row-name").all_inner_texts()
        page.click(".column-name:has-text('Ivar Gren')")
        first = page.locator(".grid-row").first
        assert first.locator(".field.loss, .field.blocked").count() == 1
        assert page.locator(".row-name").all_inner_texts() != names
        press(page, "Enter")
        assert page.locator(".row-name").all_inner_texts() == names


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_dark_and_light_by_preference_and_by_the_switch(browser, pages, scheme):
    with opened(browser, pages("small"), scheme=scheme) as watched:
        page = watched.page

        def light() -> bool:
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
            return sum(map(int, re.findall(r"\d+", colour)[:3])) > 3 * 128

        def pressed() -> str:
            return page.get_attribute("#theme", "aria-pressed")

        assert light() == (scheme == "light")
        assert pressed() == ("true" if scheme == "dark" else "false")
        page.click("#theme")
        assert light() == (scheme == "dark")
        assert pressed() == ("false" if scheme == "dark" else "true")


def test_without_a_script_the_plan_is_whole(browser, pages):
    with opened(browser, pages("small"), script=False) as watched:
        page = watched.page
        assert page.locator("#plan tbody tr:visible").count() == page.locator("#plan tbody tr").count() > 20
        assert page.locator("#matrix-needs").is_visible()
        assert page.locator(".tools:visible, #theme:visible").count() == 0


def test_a_field_of_the_overview_is_opened_and_left_again(browser, pages):
    with opened(browser, pages("huge")) as watched:
        page = watched.page
        assert page.input_value("#view") == "overview"
        field = page.locator(".field.loss").first
        figure = field.inner_text()
        field.click()
        assert page.input_value("#view") == "matrix"
        assert page.input_value("#team") != ""
        assert page.input_value("#group").startswith("tag:")
        texts = page.locator(".field:visible").all_inner_texts()
        assert any(one.startswith("−") for one in texts)
        assert page.inner_text("#detail h3")
        press(page, "Escape")
        assert page.input_value("#view") == "overview"
        assert figure.split(" ")[0].replace("−", "") in active(page)
        page.click(".field.gain")
        page.click("#back")
        assert page.input_value("#view") == "overview"
        assert page.locator("#back").is_hidden()
        # by keyboard the same
        press(page, "Enter")
        assert page.input_value("#view") == "matrix"


def test_the_overview_counts_what_the_plan_counts(browser, pages):
    world = of_size("wide")
    plan, register = build(world.desired, world.current, DAY), world.register
    grants, removals, blocked = (
        [(change, rows) for change, rows in plan.changes.allowed.items() if change.half is Half.GRANTS],
        [(change, rows) for change, rows in plan.changes.allowed.items() if change.half is Half.REMOVALS],
        [(why.change, rows) for why, rows in plan.changes.blocked.items()],
    )

    def figure(parts, team: str, tag: str) -> int:
        people, places = register.consultants.teams[team], register.clients.tags[tag]
        return sum(
            count_cells(change, rows.where(np.isin(rows.consultants, people) & np.isin(rows.clients, places)))
            for change, rows in parts
        )

    with opened(browser, pages("wide", "sv")) as watched:
        page = watched.page
        page.select_option("#view", "overview")
        tags = page.locator(".column-name").all_inner_texts()
        seen = 0
        for row in page.locator(".grid-row").all()[:12]:
            team = row.locator(".row-name").inner_text()
            for tag, text in zip(tags, row.locator(".field").all_inner_texts(), strict=True):
                if tag not in register.clients.tags:
                    continue
                parts = {"+": grants, "−": removals, "!": blocked}
                marks = {mark: figure(some, team, tag) for mark, some in parts.items()}
                wanted = " ".join(f"{mark}{n}" for mark, n in marks.items() if n)
                assert wanted == (text if wanted else ""), (team, tag)
                seen += bool(wanted)
        assert seen > 5


def test_too_much_is_never_drawn(browser, pages):
    with opened(browser, pages("huge")) as watched:
        page = watched.page
        page.select_option("#view", "matrix")
        page.uncheck("#only-changes")
        assert "too much to draw" in page.inner_text("#matrix-status")
        assert page.locator("#grid").is_hidden()
        page.select_option("#team", "3")
        page.select_option("#group", "tag:0")
        assert page.locator("#grid").is_visible()


def test_however_large_only_what_is_seen_is_drawn(browser, pages):
    with opened(browser, pages("wide")) as watched:
        page = watched.page
        page.uncheck("#only-changes")
        grid = page.locator("#grid")
        assert grid.get_attribute("aria-rowcount") == "5001"
        assert grid.get_attribute("aria-colcount") == "2001"
        assert page.locator("#grid *").count() < 3_000
        page.click("[role=gridcell]")
        press(page, "Control+End")
        assert page.evaluate("document.activeElement.ariaColIndex") == "2001"
        assert page.evaluate("document.activeElement.parentElement.ariaRowIndex") == "5001"
        assert page.locator("#grid *").count() < 3_000
        rows = page.evaluate(
            "[...document.querySelectorAll('.grid-row')].map((one) => Number(one.ariaRowIndex))"
        )
        assert rows == sorted(rows), "screen readers go by the order of the document"


def test_the_keyboard_goes_on_where_it_was_after_the_wheel_has_turned(browser, pages):
    with opened(browser, pages("wide")) as watched:
        page = watched.page
        page.uncheck("#only-changes")
        page.locator("[role=gridcell]").nth(3).click()
        where = active(page)
        for _ in range(20):
            page.mouse.wheel(900, 900)
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.activeElement.id") == "grid", "its field is out of sight"
        press(page, "ArrowRight", "ArrowLeft")
        assert active(page) == where
        assert page.locator("#grid [tabindex='0'], #grid[tabindex='0']").count() == 1
        # screen readers go by the order of the document
        for numbers in (
            [row[0] for row in page.evaluate(DRAWN)],
            [field.split(" ")[0] for field in page.evaluate(DRAWN)[0][1:]],
            page.evaluate("[...document.querySelectorAll('.column-name')].map((one) => one.ariaColIndex)"),
        ):
            assert [int(one) for one in numbers] == sorted(int(one) for one in numbers)
        # what is drawn after all that is what stands there
        texts = page.evaluate(DRAWN)
        page.set_viewport_size({"width": 1281, "height": 900})
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        anew = page.evaluate(DRAWN)
        assert [row[:10] for row in texts] == [row[:10] for row in anew]
