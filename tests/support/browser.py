"""Debian's Chromium for tests of pages: one that opens nothing but files, and tells all that a page asks for or complains of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = os.environ.get("RECONCILER_BROWSER") == "required"

ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def browser_path() -> str:
    """Where the browser is; the test is skipped where there is none, unless RECONCILER_BROWSER=required."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if REQUIRED:
            pytest.fail("no Chromium is installed, and RECONCILER_BROWSER=required")
        pytest.skip("no Chromium is installed")
    return found


@contextmanager
def browser() -> Iterator[Any]:
    """A browser of Playwright's; closed at the end of a module, as a loop of its own runs as long as it is open."""
    path = browser_path()
    from playwright.sync_api import sync_playwright

    root = hasattr(os, "geteuid") and os.geteuid() == 0
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if root else [])]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=arguments)
        yield opened
        opened.close()


@dataclass
class Watched:
    """A page that is open, and what it did beside being shown.

    Attributes:
        page: of Playwright.
        requests: addresses that it asked for and should not have.
        complaints: what stood in the console, violations of the content-security policy among it, and errors.
    """

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def quiet(self) -> None:
        """Nothing left the page, and nothing went wrong in it."""
        assert self.requests == []
        assert self.complaints == []


@contextmanager
def window(
    browser: Any,
    ours: str,
    *,
    width: int = 1280,
    height: int = 900,
    scheme: str = "light",
    script: bool = True,
    language: str = "en",
) -> Iterator[Watched]:
    """A window of its own, with no cookie in it; at the end it must have been quiet.

    Args:
        browser: to open it in.
        ours: what each address that it may ask for begins with, such as that of a server with a slash behind it.
        width: in pixels.
        height: likewise.
        scheme: "light" or "dark", as the reader has it.
        script: whether scripts run.
        language: that the browser prefers.
    """
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        java_script_enabled=script,
        locale=language,
    )
    page = context.new_page()
    watched = Watched(page)
    page.on("request", lambda request: request.url.startswith(ours) or watched.requests.append(request.url))
    page.on("console", lambda message: watched.complaints.append(message.text))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    try:
        yield watched
        watched.quiet()
    finally:
        with suppress(Exception):
            context.close()


@contextmanager
def opened(
    browser: Any,
    file: Path,
    *,
    width: int = 1280,
    height: int = 900,
    scheme: str = "light",
    script: bool = True,
    ready: str = "html[data-ready]",
) -> Iterator[Watched]:
    """A file in a window of its own; at the end it must have been quiet. `ready` is there when its script is done."""
    address = file.resolve().as_uri()
    with window(browser, address, width=width, height=height, scheme=scheme, script=script) as watched:
        watched.page.goto(address)
        if script:
            watched.page.wait_for_selector(ready)
        yield watched
