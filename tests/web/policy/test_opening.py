"""The one-time link: who gets in, how often, and what a look at it does not use up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from reconciler.web.policy.links import LASTS, MOST, Links
from tests.commands.conftest import COMMAND
from tests.web.policy.conftest import reading

AT_A_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from reconciler.commands.cli import run
sys.exit(run(["web", "--port", "0"]))
"""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_link_works_once():
    links = Links()
    key = links.give()
    assert links.works(key)
    assert links.use(key)
    assert not links.works(key)
    assert not links.use(key)


def test_a_link_works_for_a_while():
    clock = Clock()
    links = Links(clock)
    key = links.give()
    clock.now = LASTS
    assert not links.works(key)
    assert not links.use(key)


def test_there_are_not_more_links_than_there_may_be():
    links = Links()
    first, second = links.give(), links.give()
    for _ in range(MOST - 1):
        links.give()
    assert not links.use(first)
    assert links.use(second)


@pytest.mark.parametrize("key", ["", "x", "\udcff", "0" * 100_000])
def test_no_other_key_works(key):
    links = Links()
    links.give()
    assert not links.use(key)


def test_looking_at_the_link_uses_nothing_up(site):
    url, _, links = site
    key = links.give()
    with reading(url) as reader:
        assert reader.head(f"/open?key={key}").status_code in {200, 405}
        for _ in range(3):
            page = reader.get(f"/open?key={key}")
            assert page.status_code == 200
            assert "set-cookie" not in page.headers
        assert reader.get("/").url.path == "/open"
        assert reader.post("/open", data={"key": key}).url.path == "/"
        assert reader.get("/").url.path == "/"


def test_the_link_lets_one_browser_in(site):
    url, _, links = site
    key = links.give()
    with reading(url) as first, reading(url) as second:
        assert first.post("/open", data={"key": key}).status_code == 200
        refused = second.post("/open", data={"key": key})
        assert refused.status_code == 403
        assert "This link has been used" in refused.text
        assert second.get(f"/open?key={key}").status_code == 403
        assert second.get("/").url.path == "/open"
        assert first.get("/").url.path == "/"


def test_another_site_cannot_use_the_link(site):
    url, _, links = site
    key = links.give()
    with httpx.Client(base_url=url) as other:
        for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
            assert other.post("/open", data={"key": key}, headers=headers).status_code == 403
    assert links.works(key)


def test_who_is_in_gets_a_link_for_another_browser(site, reader):
    url, _, _ = site
    page = reader.send_form("/links")
    link = page.text.split('<code class="address">')[1].split("<")[0]
    assert link.startswith(f"{url}/open?key=")
    with reading(url) as other:
        assert other.post("/open", data={"key": link.split("key=")[1]}).status_code == 200
    with reading(url) as stranger:
        assert stranger.post("/links", data={"csrf": reader.csrf()}).url.path == "/open"


def test_signing_out_lets_nobody_in_again(reader):
    assert reader.send_form("/sign-out").url.path == "/open"
    assert reader.get("/").url.path == "/open"


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_on_this_machine_until_it_is_stopped(folder, stop):
    command = [*COMMAND, "web", "--port", "0"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, env=os.environ) as running:
        try:
            link = next(line for line in running.stderr if "http" in line).strip()
            assert link.startswith("http://127.0.0.1:")
            url, _, key = link.partition("/open?key=")
            with reading(url) as reader:
                assert reader.get("/").url.path == "/open"
                assert "Exempelbyrån" in reader.post("/open", data={"key": key}).text
            running.send_signal(stop)
            said = running.stderr.read()
            assert running.wait(20) == 0
        finally:
            running.kill()
    assert said == "Stopped.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of its own")
def test_enter_prints_another_link(folder):
    import pty

    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", AT_A_TERMINAL]
    with subprocess.Popen(
        command, cwd=folder, stdin=theirs, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        try:
            links = (line.strip() for line in running.stderr if "http" in line)
            first = next(links)
            os.write(ours, b"\n")
            second = next(links)
            assert first.split("?")[0] == second.split("?")[0]
            assert first != second
            for link in (first, second):
                url, _, key = link.partition("/open?key=")
                with reading(url) as reader:
                    assert reader.post("/open", data={"key": key}).status_code == 200
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 0
        finally:
            running.kill()
            os.close(ours)
            os.close(theirs)


def test_a_port_that_is_taken(reconciler, folder, site):
    url, _, _ = site
    ran = reconciler("web", "--port", url.rpartition(":")[2])
    assert ran.code == 1
    assert "--port 0" in ran.err


def test_it_is_never_served_elsewhere(reconciler, folder):
    assert reconciler("web", "--host", "0.0.0.0").code == 64


def test_the_browser_is_opened_by_a_file_that_only_its_owner_reads(folder, monkeypatch):
    from reconciler.commands import web

    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    web._browse("http://127.0.0.1:1/open?key=a")
    for _ in range(100):
        if opened:
            break
        time.sleep(0.01)
    assert opened[0].startswith("file:///")
    page = folder / "state" / "open.html"
    assert page.stat().st_mode & 0o077 == 0
    assert "http://127.0.0.1:1/open?key=a" in page.read_text()
