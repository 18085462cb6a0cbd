"""Every page of both sites, for everybody: both languages, wide and narrow, light and dark, heard, and without a mouse.

RECONCILER_SCREENSHOTS names a folder; then pictures of all pages are left there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from reconciler.web.language import COOKIE
from tests.support.browser import Watched, window
from tests.support.reader import Reader
from tests.web.looks import NARROW, axe_says, by_keyboard, nameless, too_wide
from tests.web.places import BUREAU, NOT_PAGES, POLICY, Place
from tests.web.stage import bureau_site, example, policy_site, routes_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PICTURES = os.environ.get("RECONCILER_SCREENSHOTS")
LANGUAGES = ("en", "sv")
WIDTHS = {"desktop": 1280, "phone": 375}
SIDES = {"bureau": (BUREAU, bureau_site), "policy": (POLICY, policy_site)}
PAGES = [(side, name) for side, (places, _) in SIDES.items() for name in places]


@dataclass
class Shown:
    """A site whose pages can be looked at.

    Attributes:
        url: of it.
        paths: of each page, by its name.
        places: likewise, its place.
        windows: of somebody who is not signed in, and of somebody who is.
    """

    url: str
    places: Mapping[str, Place]
    paths: dict[str, str]
    windows: tuple[Watched, Watched]

    def page(self, name: str, language: str = "en", width: int = 1280, scheme: str = "light") -> Any:
        """A page in the window, as asked for."""
        place = self.places[name]
        watched = self.windows[0 if place.stranger else 1]
        page = watched.page
        page.context.add_cookies([{"name": COOKIE, "value": language, "url": self.url}])
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.goto(self.url + self.paths[name])
        page.wait_for_selector("html[data-ready]")
        if place.status != 200:
            # the browser notes it, as it should
            assert str(place.status) in watched.complaints.pop()
        return page


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
        paths = {page: _go(place, stranger if place.stranger else reader) for page, place in places.items()}
        ours = f"{reader.url}/"
        with window(browser, ours) as out, window(browser, ours) as inside:
            cookies = reader.client.cookies.jar
            inside.page.context.add_cookies(
                [{"name": one.name, "value": one.value, "url": ours} for one in cookies]
            )
            yield Shown(reader.url, places, paths, (out, inside))


def _go(place: Place, reader: Reader) -> str:
    place.go(reader)
    return reader.path


@pytest.mark.parametrize(("side", "name"), PAGES)
def test_axe_finds_nothing(shown, side, name):
    for language, width, scheme in product(LANGUAGES, WIDTHS, ("light", "dark")):
        page = shown(side).page(name, language, WIDTHS[width], scheme)
        assert axe_says(page) == [], f"{language}, {width}, {scheme}"
        _keep(page, f"{side}-{name}-{language}-{width}-{scheme}")


@pytest.mark.parametrize(("side", "name"), PAGES)
def test_nothing_is_scrolled_sideways(shown, side, name):
    for language in LANGUAGES:
        page = shown(side).page(name, language, NARROW)
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


def _keep(page: Any, name: str) -> None:
    if PICTURES:
        path = Path(PICTURES) / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, full_page=True)
