"""Every page of both sites, for everybody: both languages, wide and narrow, light and dark, heard, and without a mouse.

RECONCILER_SCREENSHOTS names a folder; then pictures of all pages are left there. UPDATE_SCREENSHOTS=1 takes those of the docs
anew, to be looked at before they are committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reconciler.web.language import COOKIE
from tests.support.browser import Watched, window
from tests.support.pictures import small
from tests.support.reader import Reader
from tests.web.looks import NARROW, axe_says, by_keyboard, nameless, too_wide
from tests.web.places import BUREAU, NOT_PAGES, POLICY, Place
from tests.web.stage import bureau_site, example, policy_site, routes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PICTURES = os.environ.get("RECONCILER_SCREENSHOTS")
UPDATE = os.environ.get("UPDATE_SCREENSHOTS") == "1"
FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
IN_DOCS = {
    "bureau-clients-en-desktop-light": "web-clients",
    "bureau-manage-operation-sv-desktop-light": "web-operation",
    "bureau-manage-programs-en-desktop-light": "web-programs",
    "bureau-manage-check-sv-desktop-light": "web-check",
    "bureau-job-en-desktop-light": "web-result",
    "bureau-consultant-sv-desktop-light": "web-consultant",
    "bureau-job-sv-phone-dark": "web-phone",
    "policy-manage-check-en-desktop-light": "web-edit",
    "policy-proposal-sv-desktop-light": "web-proposal",
    "policy-drift-sv-desktop-light": "web-drift",
}
"""The pictures that the docs show."""
FROM = {"web-edit": "h2:has(~ details.file)"}
"""What is at the top of those that begin further down; else it is the top of the page."""
HIGHEST = 1_100
"""Pixels of those; what is below is left out."""
LANGUAGES = ("en", "sv")
WIDTHS = {"desktop": 1280, "phone": 375}
SIDES = {"bureau": (BUREAU, bureau_site), "policy": (POLICY, policy_site)}
PAGES = [(side, name) for side, (places, _) in SIDES.items() for name in places]


@dataclass
class Shown:
    """A site whose pages can be looked at.

    Attributes:
        url: of it.
        places: its pages, by name.
        readers: lead to them: somebody who is not signed in, and somebody who is.
        windows: of the same two.
        paths: of the pages that somebody has been led to.
    """

    url: str
    places: Mapping[str, Place]
    readers: tuple[Reader, Reader]
    windows: tuple[Watched, Watched]
    paths: dict[str, str] = field(default_factory=dict)

    def page(self, name: str, language: str = "en") -> Any:
        """A page in the window, wide and light."""
        self._lead_to(name)
        place, watched = self.places[name], self.windows[not self.places[name].stranger]
        page = watched.page
        page.context.add_cookies([{"name": COOKIE, "value": language, "url": self.url}])
        page.set_viewport_size({"width": WIDTHS["desktop"], "height": 900})
        page.emulate_media(color_scheme="light")
        page.goto(self.url + self.paths[name])
        page.wait_for_selector("html[data-ready]")
        if place.status != 200:
            # the browser notes it, as it should
            assert str(place.status) in watched.complaints.pop()
        return page

    def _lead_to(self, name: str) -> None:
        """Have somebody led there, once, and to all that stands before it: some pages change what the others show."""
        for one, place in self.places.items():
            if name in self.paths:
                return
            if one not in self.paths:
                reader = self.readers[not place.stranger]
                place.go(reader)
                self.paths[one] = reader.path


@pytest.fixture(scope="module")
def shown(browser, tmp_path_factory) -> Iterator[Any]:
    """Both sites, each begun when the first of its pages is asked for."""
    with ExitStack() as stack:
        found: dict[str, Shown] = {}

        def side(name: str) -> Shown:
            if name not in found:
                folder = tmp_path_factory.mktemp(name) / "example"
                found[name] = stack.enter_context(_shown(browser, name, folder))
            return found[name]

        yield side


@contextmanager
def _shown(browser: Any, name: str, folder: Path) -> Iterator[Shown]:
    places, site = SIDES[name]
    example(folder)
    with site(folder) as reader, Reader(reader.url) as stranger:
        ours = f"{reader.url}/"
        with window(browser, ours) as out, window(browser, ours) as inside:
            cookies = reader.client.cookies.jar
            inside.page.context.add_cookies(
                [{"name": one.name, "value": one.value, "url": ours} for one in cookies]
            )
            yield Shown(reader.url, places, (stranger, reader), (out, inside))


@pytest.mark.parametrize(("side", "name"), PAGES)
def test_axe_finds_nothing_and_nothing_is_scrolled_sideways(browser, shown, side, name):
    for language in LANGUAGES:
        page = shown(side).page(name, language)
        for width, scheme in product(WIDTHS, ("light", "dark")):
            page.emulate_media(color_scheme=scheme)
            _whole(page, WIDTHS[width])
            assert axe_says(page) == [], f"{language}, {width}, {scheme}"
            _keep(browser, page, f"{side}-{name}-{language}-{width}-{scheme}")
        page.set_viewport_size({"width": NARROW, "height": 900})
        assert too_wide(page, NARROW) == [], language


@pytest.mark.parametrize(("side", "name"), PAGES)
def test_the_keyboard_is_enough(shown, side, name):
    page = shown(side).page(name)
    assert nameless(page) == []
    assert by_keyboard(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("side", SIDES)
def test_every_page_says_what_it_is_and_in_which_language(shown, side, language):
    titles: dict[str, str] = {}
    for name in SIDES[side][0]:
        page = shown(side).page(name, language)
        assert page.evaluate("document.documentElement.lang") == language
        title = page.title().strip()
        assert title
        assert title not in titles, f"{name} is called as {titles.get(title)}"
        titles[title] = name


@pytest.mark.parametrize("side", SIDES)
def test_nothing_leaves_the_machine_and_nothing_is_complained_of(shown, side):
    """In all the windows of the tests above, and in this one, where it may be the first."""
    for name in SIDES[side][0]:
        shown(side).page(name)
    for watched in shown(side).windows:
        watched.quiet()


@pytest.mark.parametrize("side", SIDES)
def test_no_page_is_forgotten(tmp_path, monkeypatch, side):
    example(tmp_path / "example")
    monkeypatch.chdir(tmp_path / "example")
    routes = routes_of(side, tmp_path / "example")
    places, _ = SIDES[side]
    assert routes - NOT_PAGES[side] == {place.route for place in places.values()}


def test_every_picture_of_the_docs_is_there():
    assert {path.stem for path in FOLDER.glob("web-*.png")} == set(IN_DOCS.values())


def _whole(page: Any, width: int) -> None:
    """Make the window as high as the page: nothing is under bars that stick, which the keyboard tries."""
    page.set_viewport_size({"width": width, "height": 500})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height, 8_000)})


def _keep(browser: Any, page: Any, name: str) -> None:
    """Take its picture, where it is wanted."""
    wanted = IN_DOCS.get(name) if UPDATE else None
    if not (PICTURES or wanted):
        return
    size = page.viewport_size
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
    if wanted:
        clip = {"x": 0, "y": _top(page, wanted), "width": size["width"], "height": 0}
        clip["height"] = min(size["height"] - clip["y"], HIGHEST)
        (FOLDER / f"{wanted}.png").write_bytes(small(browser, page.screenshot(clip=clip)))


def _top(page: Any, name: str) -> int:
    """Where a picture begins, in pixels from the top of the page."""
    if name not in FROM:
        return 0
    return max(0, round(page.locator(FROM[name]).last.bounding_box()["y"]) - 24)
