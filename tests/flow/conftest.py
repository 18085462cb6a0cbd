"""A repository with a policy folder, and git's settings that are the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.repositories import commit, git

ACCESS = b"access:\n  own-team: {who: each-team, clients: team:self, programs: all}\n"
BUREAU = b"bureau: byra\n"


@pytest.fixture
def settings(monkeypatch, tmp_path) -> Path:
    """The file of git's settings; it names an author."""
    path = tmp_path / "gitconfig"
    path.write_text("[user]\n\tname = Anna Lind\n\temail = anna@exempelbyran.example\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return path


@pytest.fixture
def repository(settings, tmp_path) -> Path:
    """Policies on the branch main, with other things beside them."""
    folder = tmp_path / "repository"
    (folder / "policies").mkdir(parents=True)
    (folder / "policies/access.yaml").write_bytes(ACCESS)
    (folder / "policies/bureau.yaml").write_bytes(BUREAU)
    (folder / "README.md").write_text("rules\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    return folder


@pytest.fixture
def policies(repository) -> Path:
    return repository / "policies"
