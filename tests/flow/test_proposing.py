"""A branch becomes a pull request at the forge; what is missing for that is told before anything is tried."""

from __future__ import annotations

import pytest

from reconciler.errors import ForgeError, Overtaken, ReconcilerError
from reconciler.flow.proposing import Destination, find_destination, open_pull_request
from reconciler.flow.pushing import Remote
from reconciler.flow.tokens import Missing
from tests.flow.test_commits import BRANCH
from tests.flow.test_pushing import base, more, remote, shared
from tests.forge.standin import github_standin, gitlab_standin
from tests.forge.standin.faults import Fault, status
from tests.forge.standin.serving import APP, TOKEN
from tests.support.repositories import git

__all__ = ["more", "shared"]

VARIABLES = (
    *("GITHUB_REPOSITORY", "GITHUB_TOKEN", "GITHUB_TOKEN_FILE", "GITHUB_API_URL"),
    *("CI_PROJECT_ID", "GITLAB_TOKEN", "GITLAB_TOKEN_FILE", "CI_API_V4_URL"),
)


@pytest.fixture
def variables(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch.setenv


@pytest.fixture(params=["github", "gitlab"])
def forge(request, variables, tmp_path):
    """A forge on a port, and its variables in the environment."""
    with (github_standin if request.param == "github" else gitlab_standin)() as standin:
        for name, value in standin.environment("schedule", None, tmp_path).items():
            variables(name, value)
        standin.kind = request.param
        yield standin


@pytest.fixture
def there(policies, shared, forge) -> Destination:
    """Where pull requests go; what is pushed to the remote is known at the forge."""
    found = find_destination(base(policies))
    assert isinstance(found, Destination)
    return found


def test_a_pull_request(policies, forge, there, shared, more):
    assert (there.kind, there.remote) == (forge.kind, remote(policies))
    forge.push_branch(BRANCH)
    url = open_pull_request(base(policies), there, BRANCH, more, "Give\nmore", "because\n", ["access"])
    assert git(shared, "rev-parse", BRANCH).strip() == more
    made = forge.item(1)
    assert url.startswith(f"https://{forge.kind}.example/byran/access/")
    assert (made.title, made.body.strip(), made.branch, made.base) == (
        r"Give\x0amore",
        "because",
        BRANCH,
        "main",
    )
    assert made.labels == ["access"]
    again = open_pull_request(base(policies), there, BRANCH, more, "Give less", "x")
    assert (again, len(forge.world.items), made.title) == (url, 1, "Give less")


def test_for_which_branch(repository, policies, forge, shared, more):
    def opened() -> str:
        for item in forge.world.items.values():
            item.open = False
        found = find_destination(base(policies))
        assert isinstance(found, Destination)
        open_pull_request(base(policies), found, BRANCH, more, "x", "x")
        return forge.item(len(forge.world.items)).base

    forge.push_branch(BRANCH)
    git(repository, "switch", "--quiet", "--create", "trunk")
    assert opened() == "trunk"
    git(repository, "config", "branch.trunk.remote", "origin")
    git(repository, "config", "branch.trunk.merge", "refs/heads/develop")
    assert opened() == "develop"
    git(repository, "config", "branch.trunk.remote", "elsewhere")
    assert opened() == "trunk"
    git(repository, "checkout", "--quiet", "--detach")
    forge.world.main = "release"
    assert opened() == "release"


def test_nothing_is_proposed_that_could_not_be_pushed(policies, forge, there, shared, more):
    theirs = git(shared, "commit-tree", "main^{tree}", "-p", "main", "-m", "theirs").strip()
    git(shared, "update-ref", f"refs/heads/{BRANCH}", theirs)
    forge.asked.clear()
    with pytest.raises(Overtaken):
        open_pull_request(base(policies), there, BRANCH, more, "x", "x")
    assert forge.asked == []


def test_a_forge_that_does_not_take_it_and_an_answer_that_is_lost(policies, forge, there, more):
    path = "/pulls" if forge.kind == "github" else "/merge_requests"
    forge.push_branch(BRANCH)
    forge.faults.left.append(Fault(status(403, "not permitted"), method="POST", path=path))
    with pytest.raises(ForgeError, match="not permitted"):
        open_pull_request(base(policies), there, BRANCH, more, "x", "x")
    forge.faults.left.append(Fault(status(502), method="POST", path=path, done=True))
    open_pull_request(base(policies), there, BRANCH, more, "x", "x")
    assert len(forge.world.items) == 1


# -- whether it is configured ---------------------------------------------------------------------------------------


def why(policies) -> str:
    found = find_destination(base(policies))
    assert isinstance(found, Missing), found
    return f"{found.why}; {found.hint}"


def test_what_is_missing(repository, policies, variables, monkeypatch):
    assert "has no remote" in why(policies)
    git(repository, "remote", "add", "origin", "/srv/access.git")
    assert "at which forge" in why(policies)
    variables("GITHUB_REPOSITORY", "byran/access")
    assert "GITHUB_TOKEN is not set" in why(policies)
    variables("GITHUB_TOKEN", TOKEN)
    found = find_destination(base(policies))
    assert isinstance(found, Destination)
    assert (found.kind, found.forge, found.repository) == ("github", "GitHub", "byran/access")
    variables("CI_PROJECT_ID", "7")
    assert "at which forge" in why(policies)
    monkeypatch.delenv("GITHUB_REPOSITORY")
    variables("GITLAB_TOKEN", APP)
    found = find_destination(base(policies))
    assert isinstance(found, Destination)
    assert (found.kind, found.repository) == ("gitlab", "7")


def test_the_remote_tells_where_it_is_at_the_forge_of_the_token(repository, policies, variables, monkeypatch):
    variables("GITHUB_TOKEN", TOKEN)
    git(repository, "remote", "add", "origin", "git@github.com:Byran/access.git")
    found = find_destination(base(policies))
    assert found == Destination(
        Remote("origin", "github.com:Byran/access.git", "github.com", "Byran/access"),
        "github",
        "Byran/access",
        "main",
    )
    variables("GITHUB_REPOSITORY", "byran/other")
    assert "names byran/other, and the branch would be pushed to github.com:Byran/access.git" in why(policies)
    variables("GITHUB_REPOSITORY", "byran/access")
    assert isinstance(find_destination(base(policies)), Destination)
    monkeypatch.delenv("GITHUB_REPOSITORY")
    variables("GITHUB_API_URL", "https://forge.example/api/v3")
    assert "at which forge" in why(policies)
    git(repository, "remote", "set-url", "origin", "https://forge.example/byran/access")
    assert isinstance(find_destination(base(policies)), Destination)
    git(repository, "remote", "set-url", "origin", "git@gitlab.com:byran/access.git")
    variables("GITLAB_TOKEN", APP)
    assert "CI_PROJECT_ID is not set" in why(policies)


def test_a_token_that_others_can_read_is_not_used(repository, policies, variables, tmp_path):
    git(repository, "remote", "add", "origin", "/srv/access.git")
    variables("GITHUB_REPOSITORY", "byran/access")
    path = tmp_path / "forge.token"
    path.write_text(TOKEN)
    path.chmod(0o644)
    variables("GITHUB_TOKEN_FILE", str(path))
    with pytest.raises(ReconcilerError, match="can be read by others"):
        find_destination(base(policies))
    path.chmod(0o600)
    assert isinstance(find_destination(base(policies)), Destination)
