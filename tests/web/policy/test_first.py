"""The first page: what it says is what the commands say, whatever happens to the YAML or the bureau meanwhile."""

from __future__ import annotations

import json

import pytest

from reconciler.errors import Message, Unreachable
from reconciler.flow.settings import Where
from reconciler.flow.world import Wanted
from tests.support.repositories import commit, git
from tests.web.policy.conftest import pages, reading


def test_it_says_what_the_plan_says(reconciler, reader):
    plan = json.loads(reconciler("plan", "--format", "json").out)
    summary = plan["summary"]
    changes = sum(
        summary[k] for k in ("accesses-given", "programs-added", "programs-removed", "accesses-removed")
    )
    page = reader.get("/").text
    assert f"{changes} changes wait" in page
    assert "Exempelbyrån" in page
    assert "Ingrid Admin" in page


def test_a_change_of_the_yaml_is_seen_at_once(folder, reader, site):
    _, desk, _ = site
    before = desk.plan(Wanted())
    assert desk.plan(Wanted()) is before
    path = folder / "policies" / "access.yaml"
    path.write_text(path.read_text("utf-8").replace("1042", "1043"), encoding="utf-8")
    assert desk.plan(Wanted()).digest != before.digest


def test_what_is_wrong_with_the_yaml_is_shown_with_its_place(folder, reader, site):
    path = folder / "policies" / "access.yaml"
    sound = path.read_text("utf-8")
    path.write_text(sound + "\n  a<b>: {who: 1\n", encoding="utf-8")
    (folder / "policies" / "other.yaml").write_text("acess: {}\n", encoding="utf-8")
    page = reader.get("/")
    assert page.status_code == 200
    assert "The rules have 2 errors and cannot be used" in page.text
    assert "policies/other.yaml:1:1" in page.text
    assert "policies/access.yaml:" in page.text
    assert "a<b>" not in page.text
    path.write_text(sound, encoding="utf-8")
    (folder / "policies" / "other.yaml").unlink()
    assert "cannot be used" not in reader.get("/").text


def test_the_pages_are_there_before_the_yaml_is(folder):
    for path in (folder / "policies").iterdir():
        path.unlink()
    with pages() as (url, _, links), reading(url, links) as reader:
        assert "cannot be used" in reader.get("/").text
        (folder / "policies").rmdir()
        assert "cannot be used" in reader.get("/").text


@pytest.fixture
def away(site, monkeypatch):
    """The bureau, which can be away."""
    _, desk, _ = site
    backend = desk.bureau.backend

    def gone(*_):
        raise Unreachable(Message("{place} does not answer", place="<b>bureau</b>"))

    def leave():
        for name in ("unchanged", "current", "operators"):
            monkeypatch.setattr(backend, name, gone, raising=True)
        desk.bureau.forget()

    return leave


def test_a_bureau_that_does_not_answer_is_told_of(site, reader, away):
    _, desk, _ = site
    assert "do not answer" not in reader.get("/").text
    away()
    page = reader.get("/")
    assert page.status_code == 200
    assert (
        "The bureau does not answer: &lt;b&gt;bureau&lt;/b&gt; does not answer. What you see is from before."
        in page.text
    )
    assert "Exempelbyrån" in page.text
    assert desk.current() is not None


def test_it_is_not_asked_again_at_once_and_comes_back(site, reader, away, monkeypatch):
    _, desk, _ = site
    reader.get("/")
    away()
    assert desk.bureau.heard().failed is not None
    monkeypatch.undo()
    assert desk.bureau.heard().failed is not None
    assert desk.bureau.ask().failed is None
    assert "does not answer" not in reader.get("/").text


def test_a_bureau_that_never_answered(folder, site, away):
    url, desk, links = site
    away()
    desk.bureau._heard = type(desk.bureau._heard)(None)
    with reading(url, links) as reader:
        page = reader.get("/")
        assert page.status_code == 200
        assert "The bureau does not answer" in page.text


def test_another_operator_is_named_by_the_flag(folder):
    where = Where(token_file=folder / "tokens" / "managing-partner.token")
    with pages(where) as (url, _, links), reading(url, links) as reader:
        assert "Margareta Partner" in reader.get("/").text


def test_no_token_is_in_a_page_or_a_cookie(folder, site):
    url, _, links = site
    tokens = [path.read_text().strip() for path in (folder / "tokens").iterdir()]
    with reading(url, links) as reader:
        told = reader.get("/").text + " ".join(reader.cookies.values())
    assert tokens
    assert not [token for token in tokens if token in told]


def test_what_was_done_at_the_bureau_is_seen(reconciler, site):
    _, desk, _ = site
    before = desk.plan(Wanted())
    assert reconciler("apply", "--yes").code == 3
    desk.bureau.forget()
    assert desk.plan(Wanted()).summary.changes == 0 < before.summary.changes


def test_swedish(site):
    url, _, links = site
    with reading(url, links, **{"Accept-Language": "sv"}) as reader:
        page = reader.get("/").text
    assert '<html lang="sv">' in page
    assert "ändringar väntar" in page


def test_proposals_that_wait_are_counted(folder, reader):
    assert "None waits." in reader.get("/").text
    tree = git(folder, "commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "same").strip()
    git(folder, "branch", "access/same", tree)
    assert "None waits." in reader.get("/").text
    path = folder / "policies" / "more.yaml"
    path.write_text("bundles: {more: [payroll]}\n", encoding="utf-8")
    git(folder, "branch", "access/more", commit(folder))
    git(folder, "reset", "--quiet", "--hard", "HEAD~1")
    assert '<p class="big">1 waits</p>' in reader.get("/").text


def test_without_git_nothing_is_said_of_proposals(example):
    with pages() as (url, _, links), reading(url, links) as reader:
        assert "Look at the proposals" not in reader.get("/").text
