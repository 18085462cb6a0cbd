"""One branch goes out, nothing else; what others have there stays, and nobody can be asked for a password."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from reconciler.errors import InputError, Overtaken, ReconcilerError
from reconciler.flow import pushing
from reconciler.flow.branches import Base, find_base, tip_of
from reconciler.flow.commits import commit
from reconciler.flow.edited import Edited
from reconciler.flow.pushing import Remote, _remote, find_remote, push, pushed, unshared
from reconciler.flow.tokens import Missing
from tests.flow.conftest import ACCESS, BUREAU
from tests.flow.test_commits import BRANCH, MORE, onto
from tests.support import repositories
from tests.support.repositories import git, plant_hooks


@pytest.fixture
def shared(repository, tmp_path):
    """A bare repository that the repository is a clone of."""
    place = tmp_path / "shared.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(place))
    git(repository, "remote", "add", "origin", str(place))
    return place


@pytest.fixture
def more(policies) -> str:
    """A branch that gives more; its tip."""
    return commit(policies, [Edited("access.yaml", ACCESS, MORE)], onto(policies), "more")


def base(policies) -> Base:
    found = find_base(policies)
    assert found is not None
    return found


def remote(policies) -> Remote:
    found = find_remote(base(policies))
    assert isinstance(found, Remote), found
    return found


def refs(folder) -> set[str]:
    return set(git(folder, "for-each-ref", "--format=%(refname)").split())


def test_that_branch_alone_goes_out(repository, policies, shared, more):
    git(repository, "branch", "access/other")
    git(repository, "tag", "--annotate", "--message", "t", "tag", BRANCH)
    git(repository, "config", "push.followTags", "true")
    git(repository, "config", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    assert pushed(base(policies), remote(policies), BRANCH) is None
    push(base(policies), remote(policies), BRANCH, more)
    assert refs(shared) == {"refs/heads/main", f"refs/heads/{BRANCH}"}
    assert git(shared, "rev-parse", BRANCH).strip() == more
    assert not marker.exists()
    assert pushed(base(policies), remote(policies), BRANCH) == more
    push(base(policies), remote(policies), BRANCH, more)
    later = commit(policies, [Edited("bureau.yaml", BUREAU, BUREAU + b"# x\n")], onto(policies), "later")
    push(base(policies), remote(policies), BRANCH, more)
    assert git(shared, "rev-parse", BRANCH).strip() == more
    push(base(policies), remote(policies), BRANCH, later)
    assert git(shared, "rev-parse", BRANCH).strip() == later


def test_what_others_have_there_stays(policies, shared, more, tmp_path):
    theirs = git(shared, "commit-tree", "main^{tree}", "-p", "main", "-m", "theirs").strip()
    git(shared, "update-ref", f"refs/heads/{BRANCH}", theirs)
    with pytest.raises(Overtaken, match="other commits"):
        push(base(policies), remote(policies), BRANCH, more)
    assert git(shared, "rev-parse", BRANCH).strip() == theirs


def test_a_remote_that_does_not_take_it(policies, shared, more):
    hook = shared / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'only on Mondays' >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(ReconcilerError, match=r"pre-receive hook declined.*only on Mondays"):
        push(base(policies), remote(policies), BRANCH, more)
    assert refs(shared) == {"refs/heads/main"}


def test_only_branches_of_ours(policies, shared, more):
    for name in ("main", "../x", "access/", "access/a:b"):
        with pytest.raises(InputError):
            push(base(policies), remote(policies), name, more)
    for name in ("HEAD", "", "+main", f"+{more}", "-d"):
        with pytest.raises(ReconcilerError, match="is no commit"):
            push(base(policies), remote(policies), BRANCH, name)
    assert refs(shared) == {"refs/heads/main"}


def test_one_that_is_not_there(repository, policies, more, tmp_path):
    git(repository, "remote", "add", "origin", str(tmp_path / "nowhere"))
    with pytest.raises(ReconcilerError, match=r"git cannot push to .*nowhere.*not appear to be") as caught:
        push(base(policies), remote(policies), BRANCH, more)
    assert "terminal" in str(caught.value.hint)


# -- signing in -----------------------------------------------------------------------------------------------------


def test_nobody_is_asked_and_it_ends_in_time(repository, policies, more, monkeypatch, tmp_path):
    """A sign-in that waits for an answer is stopped, with all that it started."""
    started = tmp_path / "started"
    program = tmp_path / "slow-ssh"
    program.write_text(
        f"#!/bin/sh\n(sleep 30; echo late >> '{started}') &\necho $! > '{started}'\nsleep 30\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    monkeypatch.setattr(pushing, "SECONDS", 1.5)
    git(repository, "remote", "add", "origin", "git@forge.example:byran/access.git")
    begun = time.monotonic()
    with pytest.raises(ReconcilerError, match="took too long"):
        push(base(policies), remote(policies), BRANCH, more)
    assert time.monotonic() - begun < 10
    assert gone(int(started.read_text()))


def gone(process: int) -> bool:
    """Whether a process is there no more, or soon is not; one that has ended may wait to be taken note of."""
    state = Path(f"/proc/{process}/stat")
    for _ in range(100):
        if not state.exists() or state.read_text().rpartition(") ")[2].startswith("Z"):
            return True
        time.sleep(0.05)
    return False


def test_there_is_no_terminal(repository, policies, more, monkeypatch, tmp_path):
    said = tmp_path / "said"
    program = tmp_path / "ssh"
    program.write_text(f"#!/bin/sh\n(exec 3</dev/tty) 2> '{said}' && echo asked > '{said}'\nexit 255\n")
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(program))
    git(repository, "remote", "add", "origin", "ssh://git@forge.example/byran/access")
    with pytest.raises(ReconcilerError, match="git cannot push"):
        push(base(policies), remote(policies), BRANCH, more)
    assert "/dev/tty" in said.read_text()


def test_who_signs_in_is_not_shown(repository, policies, more):
    token = "secret-word-0123456789"  # git tells us the whole address, so it cannot be one that the canary looks for
    git(repository, "remote", "add", "origin", f"https://anna:{token}@127.0.0.1:1/byran/access.git")
    there = remote(policies)
    assert there == Remote("origin", "https://127.0.0.1:1/byran/access.git", "127.0.0.1", "byran/access")
    with pytest.raises(ReconcilerError) as caught:
        push(base(policies), there, BRANCH, more)
    assert token not in f"{caught.value} {caught.value.hint}"
    assert "127.0.0.1" in str(caught.value)
    git(repository, "remote", "remove", "origin")


# -- which remote ---------------------------------------------------------------------------------------------------


def test_which_remote(repository, policies):
    assert isinstance(find_remote(base(policies)), Missing)
    git(repository, "remote", "add", "one", "/srv/one.git")
    assert remote(policies).name == "one"
    git(repository, "remote", "add", "two", "/srv/two.git")
    found = find_remote(base(policies))
    assert isinstance(found, Missing)
    assert "several remotes" in str(found.why)
    git(repository, "remote", "add", "origin", "/srv/three.git")
    assert remote(policies).name == "origin"
    git(repository, "config", "branch.main.remote", "two")
    assert remote(policies).name == "two"
    git(repository, "config", "remote.pushDefault", "one")
    assert remote(policies).name == "one"
    git(repository, "config", "branch.main.pushRemote", "/tmp/not-a-name")
    assert remote(policies).name == "one"
    git(repository, "checkout", "--quiet", "--detach")
    assert remote(policies).name == "one"
    git(repository, "config", "--add", "remote.one.pushurl", "/srv/a")
    git(repository, "config", "--add", "remote.one.pushurl", "/srv/b")
    assert isinstance(find_remote(base(policies)), Missing)


@pytest.mark.parametrize(
    ("address", "host", "path"),
    [
        ("https://GitHub.example/byran/access.git", "github.example", "byran/access"),
        ("https://u:p@github.example:8443/byran/access/", "github.example", "byran/access"),
        ("ssh://git@github.example:22/byran/access.git", "github.example", "byran/access"),
        ("git@github.example:byran/access.git", "github.example", "byran/access"),
        ("github.example:/byran/access", "github.example", "byran/access"),
        ("[::1]:byran/access", "::1", "byran/access"),
        ("/srv/git/access.git", "", ""),
        ("../access.git", "", ""),
        ("./a:b", "", ""),
        ("file:///srv/git/access.git", "", ""),
        ("C:/git/access.git", "", ""),
    ],
)
def test_addresses(address, host, path):
    found = _remote("origin", address)
    assert found is not None
    assert (found.host, found.path) == (host, path)
    assert "p@" not in found.shown
    assert "git@" not in found.shown


@pytest.mark.parametrize(
    "address",
    [
        "http://github.example/x",
        "git://github.example/x",
        "ext::sh -c owned",
        "fd::3",
        "https:///x",
        "ftp://h/x",
        "",
        "https://[x/y",
    ],
)
def test_addresses_that_are_not_used(address):
    assert _remote("origin", address) is None


def test_no_setting_lets_another_kind_of_address_run(repository, policies, more):
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    git(repository, "remote", "add", "origin", f"ext::{repository}/.git/program.sh")
    git(repository, "config", "protocol.ext.allow", "always")
    assert isinstance(find_remote(base(policies)), Missing)
    with pytest.raises(ReconcilerError, match="transport 'ext' not allowed"):
        push(base(policies), Remote("origin", "x", "", ""), BRANCH, more)
    assert not marker.exists()
    assert tip_of(policies, BRANCH) == more


def test_what_a_proposal_takes_along(repository, policies, shared):
    assert unshared(base(policies), remote(policies)) is None
    git(repository, "fetch", "--quiet", "origin")
    assert unshared(base(policies), remote(policies)) == 0
    repositories.commit(repository, "not shared")
    repositories.commit(repository, "not shared either")
    assert unshared(base(policies), remote(policies)) == 2
    git(repository, "checkout", "--quiet", "--detach")
    assert unshared(base(policies), remote(policies)) is None
