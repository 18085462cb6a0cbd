"""The table of attacks in a real browser: whatever names hold, the page makes no element of it, and nothing runs."""

from __future__ import annotations

import pytest

from reconciler.formats.catalogue import catalogue
from reconciler.formats.html import plan_html
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.plan import build
from tests.security.attacks import ATTACKS
from tests.support.browser import opened
from tests.support.duties import DAY
from tests.support.worlds import World, current, desired

pytestmark = pytest.mark.slow

NAMES = [
    *ATTACKS.values(),
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "{consultant} {n}",
    "__proto__",
]


def hostile() -> World:
    """A bureau where everybody and everything is called by an attack, and everybody gets one program and loses another."""
    keys = [f"{text[:90]}{i}" for i, text in enumerate(NAMES)]
    register = Register(
        "byra",
        NAMES[-3],
        "Europe/Stockholm",
        Consultants.build(Consultant(key, text, teams=(key,)) for key, text in zip(keys, NAMES, strict=True)),
        Clients.build(
            Client(key, text, tags=(key,), team=key) for key, text in zip(keys, NAMES, strict=True)
        ),
        Programs.build(Program(key, {"en": text}) for key, text in zip(keys[-4:], NAMES[-4:], strict=True)),
    )
    pairs = [(i, i) for i in range(len(NAMES))] + [(i, 0) for i in range(len(NAMES))]
    have = Access.from_triples(register.shape, [(*pair, 0) for pair in pairs])
    want = Access.from_triples(register.shape, [(*pair, 1) for pair in pairs])
    return World(desired(register, want), current(register, have))


@pytest.fixture(scope="module")
def page_of_attacks(tmp_path_factory):
    world = hostile()
    path = tmp_path_factory.mktemp("hostile") / "page.html"
    text = plan_html(build(world.desired, world.current, DAY), world.current, catalogue("en"), full=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_names_are_text_wherever_the_page_shows_them(browser, page_of_attacks):
    with opened(browser, page_of_attacks) as watched:
        page = watched.page
        page.on("dialog", lambda dialog: watched.complaints.append(dialog.message))
        page.uncheck("#only-changes")
        for name in ("alert(1)", "onerror", "&lt;b&gt;", "proto"):
            page.fill("#find-clients", name)
            page.fill("#find-consultants", name)
            page.locator("[role=gridcell]").last.click()
            assert name in page.inner_text("#detail h3")
            page.fill("#plan-find", name)
            assert page.locator("#plan tbody tr:visible").count() > 0
        page.select_option("#view", "overview")
        page.locator(".field.heat").first.click()
        page.keyboard.press("Escape")
        assert page.locator("img, iframe, object, embed, b, form, svg").count() == 0
        assert page.locator("script").count() == 2
        assert page.evaluate("Object.keys(Object.prototype).length") == 0


def test_what_would_get_in_all_the_same_is_stopped_by_the_policy(browser, page_of_attacks, tmp_path):
    broken = tmp_path / "broken.html"
    attack = '<script>document.title = "owned"</script><img src="https://evil.example/x" onerror="document.title = 1">'
    text = page_of_attacks.read_text("utf-8").replace("<main>", f"<main>{attack}")
    broken.write_text(text, encoding="utf-8")
    context = browser.new_context()
    page, requests = context.new_page(), []
    page.on("requestfinished", lambda request: requests.append(request.url))
    page.goto(broken.as_uri())
    page.wait_for_selector("html[data-ready]")
    assert page.title() not in {"owned", "1"}
    assert requests == [broken.as_uri()]
    refused = page.evaluate("""() => {
        try { document.body.innerHTML = "<p>markup</p>"; return "taken" } catch (error) { return error.name }
    }""")
    assert refused == "TypeError"
    context.close()
