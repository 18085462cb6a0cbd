"""An office manager who has never seen YAML: each operation in Chromium, in both languages, from the link to the proposal."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest

from tests.support.browser import window
from tests.support.repositories import git
from tests.web.looks import axe_says

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WORDS = {
    "en": {
        "in": "Go on in this browser", "manage": "Manage access", "next": "Next", "check": "Check",
        "give-access": "Give access and assign programs", "remove-access": "Remove access to clients",
        "remove-programs": "Remove access to programs", "reason": "Reason", "means": "Show what it means",
        "save": "Save as a proposal", "add": "Add to the proposal", "go on": "Go on with this one",
        "find": "Number or name", "lose": "loses? access", "gain": "gains access", "two": "2 changes",
        "moved": "Something has changed since this was shown",
    },
    "sv": {
        "in": "Fortsätt i den här webbläsaren", "manage": "Hantera åtkomst", "next": "Nästa", "check": "Kontrollera",
        "give-access": "Ge åtkomst och tilldela program", "remove-access": "Ta bort åtkomst till klienter",
        "remove-programs": "Ta bort åtkomst till program", "reason": "Skäl", "means": "Visa vad det innebär",
        "save": "Spara som förslag", "add": "Lägg till i förslaget", "go on": "Fortsätt med det här",
        "find": "Nummer eller namn", "lose": "förlorar åtkomst", "gain": "får åtkomst", "two": "2 ändringar",
        "moved": "Något har ändrats sedan detta visades",
    },
}  # fmt: skip


@contextmanager
def manager(browser, site, language: str, complaint: str = "nothing"):
    """A window that the link has let in."""
    url, _, links = site
    with window(browser, f"{url}/", language=language) as watched:
        page = watched.page
        page.set_default_timeout(20_000)
        page.goto(f"{url}/open?key={links.give()}")
        page.get_by_role("button", name=WORDS[language]["in"]).click()
        page.wait_for_url(f"{url}/")
        yield page
        watched.complaints[:] = [one for one in watched.complaints if complaint not in one]


def to_check(page, say: dict[str, str], kind: str, client: str, who: str, programs: tuple[str, ...]) -> None:
    """Filter, mark, and choose, up to the page that checks."""
    page.goto("/".join(page.url.split("/")[:3]) + "/clients")
    page.wait_for_selector("html[data-ready]")
    page.get_by_label(say["find"]).fill(client)
    page.wait_for_url(f"**q={client}*")
    page.locator(f'input[name=tick][value="{client}"]').check()
    page.locator("#marked").filter(has_text=re.compile("^\\W*1 ")).wait_for()
    page.get_by_role("button", name=say["manage"]).click()
    page.wait_for_url("**/operation")
    page.locator(f'input[name=operation][value="{kind}"]').check()
    page.get_by_role("button", name=say["next"]).click()
    page.wait_for_url("**/consultants")
    page.locator(f'input[name=tick][value="{who}"]').check()
    page.get_by_role("button", name=re.compile(f"^({say['next']}|{say['check']})$")).click()
    if kind != "remove-access":
        page.wait_for_url("**/programs")
        for box in page.locator("input[name=program]").all():
            box.set_checked(box.get_attribute("value") in programs)
        page.get_by_role("button", name=say["check"], exact=True).click()
    page.wait_for_url("**/check")


def shown(page, say: dict[str, str], reason: str) -> None:
    """Say why, and look at what it means."""
    page.get_by_label(say["reason"]).fill(reason)
    page.get_by_role("button", name=say["means"]).click()
    page.wait_for_selector("pre.diff .gain, pre.diff .loss")


ANNA, BERTIL, DAVID = (f"{one}@exempelbyran.example" for one in ("anna.lind", "bertil.ek", "david.holm"))


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(
    ("kind", "who", "programs", "becomes"),
    [
        ("give-access", DAVID, ("payroll",), "gain"),
        ("remove-access", BERTIL, (), "lose"),
        ("remove-programs", ANNA, ("invoicing",), ""),
    ],
)
def test_each_operation_becomes_a_proposal(browser, site, folder, language, kind, who, programs, becomes):
    say = WORDS[language]
    main = git(folder, "rev-parse", "main")
    with manager(browser, site, language) as page:
        to_check(page, say, kind, "1042", who, programs)
        shown(page, say, "hon är <b>borta</b>")
        means = page.locator("#means").inner_text()
        assert re.search(say[becomes] if becomes else "1042", means)
        lines = page.locator("pre.diff .gain, pre.diff .loss").all_inner_texts()
        assert all(line[0] in "+−" for line in lines)
        assert not axe_says(page)
        page.get_by_role("button", name=say["save"]).click()
        page.wait_for_url("**/proposals/access/**")
        branch = page.url.split("/proposals/")[1]
        assert not axe_says(page)
    changed = [
        line for line in git(folder, "diff", "-U0", "main", branch).split("\n")[4:] if line[:1] in {"+", "-"}
    ]
    told = [line.replace("−", "-", 1).rstrip() for line in lines]
    assert [line[:1] + " " + line[1:] if line[1:] else line for line in changed] == [
        line if line[1:] else line[0] for line in told
    ]
    assert "hon är <b>borta</b>" in git(folder, "log", "-1", "--format=%B", branch)
    assert git(folder, "rev-parse", "main") == main


def test_a_second_change_goes_into_the_same_proposal(browser, site, folder):
    say = WORDS["sv"]
    with manager(browser, site, "sv") as page:
        to_check(page, say, "give-access", "1042", DAVID, ("payroll",))
        shown(page, say, "täcker upp")
        page.get_by_role("button", name=say["save"]).click()
        page.wait_for_url("**/proposals/access/**")
        branch = page.url.split("/proposals/")[1]
        page.get_by_role("button", name=say["go on"]).click()
        page.wait_for_url("**/clients")
        to_check(page, say, "remove-access", "1042", BERTIL, ())
        shown(page, say, "slutar")
        page.get_by_role("button", name=say["add"]).click()
        page.wait_for_url(f"**/proposals/{branch}")
        assert say["two"] in page.locator("main").inner_text()
    assert git(folder, "rev-list", "--count", f"main..{branch}").strip() == "2"


def test_who_comes_second_sees_what_it_comes_to_now(browser, site, folder):
    say = WORDS["en"]
    with manager(browser, site, "en") as first, manager(browser, site, "en", "409") as second:
        for page, kind, who in ((first, "give-access", DAVID), (second, "give-access", DAVID)):
            to_check(page, say, kind, "1042", who, ("payroll",))
            shown(page, say, "covers for Eva")
        first.get_by_role("button", name=say["save"]).click()
        first.wait_for_url("**/proposals/access/**")
        second.get_by_role("button", name=say["save"]).click()
        second.get_by_text(say["moved"]).wait_for()
        second.get_by_role("button", name=say["save"]).click()
        second.wait_for_url("**/proposals/access/**")
        assert first.url != second.url
    assert len(git(folder, "branch", "--list", "access/*").split()) == 2


def test_without_a_script(browser, site, folder):
    url, _, links = site
    with window(browser, f"{url}/", script=False) as watched:
        page = watched.page
        page.goto(f"{url}/open?key={links.give()}")
        page.get_by_role("button", name="Go on in this browser").click()
        page.goto(f"{url}/clients?q=1042")
        page.locator('input[name=tick][value="1042"]').check()
        page.get_by_role("button", name="Manage access").click()
        page.locator("input[name=operation][value=remove-access]").check()
        page.get_by_role("button", name="Next").click()
        page.locator(f'input[name=tick][value="{BERTIL}"]').check()
        page.get_by_role("button", name=re.compile("^(Next|Check)$")).click()
        page.get_by_label("Reason").fill("leaves")
        page.get_by_role("button", name="Show what it means").click()
        page.get_by_role("button", name="Save as a proposal").click()
        page.wait_for_url("**/proposals/access/**")
