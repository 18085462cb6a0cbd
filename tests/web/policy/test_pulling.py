"""A proposal at a forge: pushed and opened when it is saved, told of where that fails, and opened later."""

from __future__ import annotations

import pytest

from tests.flow.test_proposing import forge, variables
from tests.support.repositories import git
from tests.web.policy.conftest import pages
from tests.web.policy.flows import BERTIL, DAVID, begin, save, say, visiting, words

__all__ = ["forge", "variables"]


@pytest.fixture
def shared(folder, tmp_path_factory):
    """What the repository is shared through."""
    there = tmp_path_factory.mktemp("shared")
    git(there, "init", "--quiet", "--bare", "--initial-branch=main")
    git(folder, "remote", "add", "origin", str(there))
    git(folder, "push", "--quiet", "origin", "main")
    return there


@pytest.fixture
def visitor(folder, shared, forge):
    with pages() as (url, _, links), visiting(url, links) as reader:
        yield reader


def test_it_is_said_before_and_opened_when_it_is_saved(visitor, shared, forge):
    begin(visitor, "give-access", ["1042"], [DAVID], ["payroll"])
    page = words(say(visitor, "because of [skip ci]"))
    assert f"is pushed to {shared}, and a pull request is opened at" in page
    assert "access/" not in git(shared, "branch", "--list")
    forge.push_branch("access/give-david-holm-payroll-at-1042-sofielunds-bageri-ab")
    branch = save(visitor)
    assert branch in git(shared, "branch", "--list")
    made = forge.item(1)
    assert (made.branch, made.base) == (branch, "main")
    assert made.title == "Give David Holm Payroll at 1042 Sofielunds Bageri AB"
    assert "[skip ci]" not in made.body
    link = f'href="https://{forge.kind}.example/byran/access/'
    assert link in visitor.answer.text
    assert link in visitor.get("/proposals")


def test_where_it_cannot_be_opened_it_is_saved_all_the_same(folder, visitor, shared, forge):
    begin(visitor, "give-access", ["1042"], [DAVID], ["payroll"])
    say(visitor)
    git(folder, "remote", "set-url", "origin", "/nowhere/at/all")
    form = visitor.form("/save")
    visitor.follow(visitor.post(form), 200)
    branch = visitor.path.removeprefix("/proposals/")
    assert branch in git(folder, "branch", "--list")
    assert "its pull request could not be opened" in words(visitor.answer.text)
    git(folder, "remote", "set-url", "origin", str(shared))
    forge.push_branch(branch)
    visitor.get(f"/proposals/{branch}")
    visitor.send("/proposals/pull-request")
    assert "It waits for approval here:" in visitor.answer.text
    assert forge.item(1).branch == branch


def test_a_further_change_is_pushed_to_the_same_pull_request(folder, visitor, shared, forge):
    begin(visitor, "give-access", ["1042"], [DAVID], ["payroll"])
    say(visitor)
    forge.push_branch("access/give-david-holm-payroll-at-1042-sofielunds-bageri-ab")
    branch = save(visitor)
    begin(visitor, "remove-access", ["1042"], [BERTIL])
    say(visitor, into=branch)
    save(visitor)
    assert git(shared, "rev-parse", branch) == git(folder, "rev-parse", branch)
    assert "Remove the access of Bertil Ek" in forge.item(1).body.replace("\\", "")
    assert visitor.answer.text.count(f'href="https://{forge.kind}.example/byran/access/') == 1


def test_no_token_of_the_forge_is_in_a_page(visitor, forge, variables):
    from tests.forge.standin.serving import TOKEN

    begin(visitor, "give-access", ["1042"], [DAVID], ["payroll"])
    assert TOKEN not in say(visitor)
    save(visitor)
    assert TOKEN not in visitor.answer.text
