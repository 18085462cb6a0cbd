"""A folder with the example bureau in a git repository, its pages on a port, and readers of them."""

from __future__ import annotations

import logging
from contextlib import contextmanager

import httpx
import pytest

from reconciler.flow.settings import Where
from reconciler.web.policy.app import create_app
from reconciler.web.policy.desk import open_desk
from reconciler.web.policy.links import Links
from tests.commands.conftest import *  # noqa: F403 - its fixtures
from tests.support.repositories import commit, git
from tests.support.serving import serving


@pytest.fixture(autouse=True)
def reader_logs_no_link():
    """The client that stands for a browser would log the addresses that it asks for, as no server of ours does."""
    logger = logging.getLogger("httpx")
    before = logger.level
    logger.setLevel(logging.WARNING)
    yield
    logger.setLevel(before)


@pytest.fixture
def folder(example, monkeypatch):
    """The example, committed, by somebody whom git knows; it is where commands run."""
    settings = example / "gitconfig"
    settings.write_text("[user]\nname = Anna Lind\nemail = anna@x.example\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    git(example, "init", "--quiet", "--initial-branch=main")
    (example / ".git/info/exclude").write_text("gitconfig\nlogs\nstate\n")
    commit(example, "Begin")
    return example


class Reader(httpx.Client):
    """A browser without a screen: it keeps cookies, says where its forms come from, and fills in what proves it."""

    def send_form(self, path: str, **data) -> httpx.Response:
        """Send a form of a page, with what stands hidden in it."""
        return self.post(path, data={"csrf": self.csrf(), **data})

    def csrf(self) -> str:
        """What stands in every form."""
        return self.get("/").text.split('name="csrf" value="')[1].split('"')[0]


@contextmanager
def pages(where: Where | None = None):
    """The pages: their address, what they work with, and what lets a browser in."""
    links = Links()
    with open_desk(where or Where()) as desk, serving(create_app(desk, links, "en")) as url:
        yield url, desk, links


@pytest.fixture
def site(folder):
    with pages() as found:
        yield found


@contextmanager
def reading(url: str, links: Links | None = None, **headers: str):
    """A browser; let in where there are links."""
    with Reader(base_url=url, headers={"Origin": url, **headers}, follow_redirects=True) as reader:
        if links is not None:
            assert reader.post("/open", data={"key": links.give()}).status_code == 200
        yield reader


@pytest.fixture
def reader(site):
    url, _, links = site
    with reading(url, links) as found:
        yield found
