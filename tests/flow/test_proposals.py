"""What is proposed, whether it still fits, and that nothing is lost when a proposal goes."""

from __future__ import annotations

import datetime as dt

import pytest

from reconciler.desired.folder import load_contents
from reconciler.errors import InputError, Overtaken
from reconciler.flow import proposals as module
from reconciler.flow.branches import find_base, tip_of
from reconciler.flow.commits import Onto, commit
from reconciler.flow.contents import committed
from reconciler.flow.edited import Edited
from reconciler.flow.proposals import Fit, at, delete, proposals, try_merge
from tests.flow.conftest import ACCESS, BUREAU
from tests.flow.test_commits import MORE
from tests.support import repositories
from tests.support.repositories import git, plant_hooks


@pytest.fixture
def propose(policies):
    """Put edits of files of main onto a branch."""

    def call(branch: str, *edits: Edited, subject: str = "more") -> str:
        base = find_base(policies)
        return commit(policies, edits, Onto(branch, base.commit, tip_of(policies, branch)), subject)

    return call


def now(policies):
    return proposals(find_base(policies))


def test_none_and_one(repository, policies, propose):
    assert now(policies) == ()
    git(repository, "branch", "unrelated")
    git(repository, "branch", "accession/x")
    tip = propose("access/more", Edited("access.yaml", ACCESS, MORE), subject="Ge mer: åäö “x”")
    [one] = now(policies)
    assert (one.branch, one.tip, one.subject) == ("access/more", tip, "Ge mer: åäö “x”")
    assert (one.author, one.email) == ("Anna Lind", "anna@exempelbyran.example")
    assert abs(one.when - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert (one.commits, one.moved, one.merge.fit, one.merged) == (1, False, Fit.CLEAN, False)
    assert committed(policies, at(one, policies)) == {"access.yaml": MORE, "bureau.yaml": BUREAU}
    files = committed(policies, at(one, policies))
    assert "more" in load_contents({f"policies/{name}": text for name, text in files.items()}).assignments


def test_the_base_goes_on(repository, policies, propose):
    propose("access/clean", Edited("bureau.yaml", BUREAU, BUREAU + b"# x\n"))
    propose("access/conflict", Edited("access.yaml", ACCESS, MORE))
    propose("access/conflict", Edited("new å.yaml", None, b"# n\n"))
    propose("access/same", Edited("access.yaml", ACCESS, ACCESS + b"  other: {who: all}\n"))
    (policies / "access.yaml").write_bytes(ACCESS + b"  other: {who: all}\n")
    repositories.commit(repository)
    found = {one.branch: one for one in now(policies)}
    assert all(one.moved for one in found.values())
    assert {name: (one.commits, one.merge.fit) for name, one in found.items()} == {
        "access/clean": (1, Fit.CLEAN),
        "access/conflict": (2, Fit.CONFLICT),
        "access/same": (1, Fit.MERGED),
    }
    assert found["access/conflict"].merge.conflicts == ("policies/access.yaml",)
    git(repository, "merge", "--quiet", "--no-edit", "access/clean")
    found = {one.branch: one for one in now(policies)}
    assert (found["access/clean"].commits, found["access/clean"].merged) == (0, True)


def test_the_newest_first_and_not_all(policies, propose, monkeypatch):
    for number, name in enumerate("abc"):
        monkeypatch.setenv("TZ", "UTC")
        propose(f"access/{name}", Edited("n.yaml", None, b"# %d\n" % number))
        git(policies, "update-ref", f"refs/heads/access/{name}", _dated(policies, f"access/{name}", number))
    assert [one.branch for one in now(policies)] == ["access/c", "access/b", "access/a"]
    monkeypatch.setattr(module, "MOST", 2)
    assert [one.branch for one in now(policies)] == ["access/c", "access/b"]


def _dated(policies, branch, number) -> str:
    raw = git(policies, "cat-file", "commit", branch)
    lines = [
        f"{line.rsplit(' ', 2)[0]} {1_700_000_000 + number} +0000" if line.startswith("committer ") else line
        for line in raw.split("\n")
    ]
    return git(policies, "hash-object", "-t", "commit", "-w", "--stdin", input="\n".join(lines)).strip()


def test_nothing_runs_while_it_is_tried(repository, policies, propose):
    propose("access/more", Edited("access.yaml", ACCESS, MORE))
    (policies / "access.yaml").write_bytes(ACCESS + b"  other: {who: all}\n")
    (repository / ".gitattributes").write_text("*.yaml merge=evil filter=evil\n")
    repositories.commit(repository)
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    git(repository, "config", "merge.evil.driver", f"touch '{marker}'; true")
    assert [one.merge.fit for one in now(policies)] == [Fit.CONFLICT]
    assert not marker.exists()


def test_a_git_that_cannot_try(policies, propose, monkeypatch):
    tip = propose("access/more", Edited("access.yaml", ACCESS, MORE))
    run = module.run

    def older(folder, command, *arguments, **more):
        # what git 2.37 says to --write-tree
        return run(folder, command, *(("--nonsense",) if command == "merge-tree" else arguments), **more)

    monkeypatch.setattr(module, "run", older)
    base = find_base(policies)
    assert try_merge(base, tip).fit is Fit.UNKNOWN
    assert try_merge(base, base.commit).fit is Fit.MERGED
    [one] = proposals(base)
    assert not one.merged
    with pytest.raises(InputError, match="nowhere else"):
        delete(base, one)


def test_one_without_a_common_commit(repository, policies):
    git(repository, "switch", "--quiet", "--orphan", "access/other")
    (repository / "x").write_text("x")
    repositories.commit(repository)
    git(repository, "switch", "--quiet", "main")
    [one] = now(policies)
    assert (one.merge.fit, one.commits, one.moved) == (Fit.UNKNOWN, 1, True)


# -- deleting -------------------------------------------------------------------------------------------------------


def test_only_what_is_merged_goes(repository, policies, propose, tmp_path):
    propose("access/more", Edited("access.yaml", ACCESS, MORE))
    [one] = now(policies)
    with pytest.raises(InputError, match="nowhere else"):
        delete(find_base(policies), one)
    git(repository, "merge", "--quiet", "access/more")
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "other"), "access/more")
    with pytest.raises(InputError, match="is checked out"):
        delete(find_base(policies), one)
    git(repository, "worktree", "remove", str(tmp_path / "other"))
    marker = repository.parent / "mark"
    plant_hooks(repository, marker)
    delete(find_base(policies), one)
    assert now(policies) == ()
    assert not marker.exists()


def test_one_that_has_moved_stays(repository, policies, propose):
    propose("access/more", Edited("access.yaml", ACCESS, MORE))
    git(repository, "merge", "--quiet", "access/more")
    [one] = now(policies)
    propose("access/more", Edited("bureau.yaml", BUREAU, BUREAU + b"# later\n"))
    with pytest.raises(Overtaken):
        delete(find_base(policies), one)
    assert tip_of(policies, "access/more") is not None


def test_one_that_is_moved_in_the_last_moment_stays(repository, policies, propose, monkeypatch):
    propose("access/more", Edited("access.yaml", ACCESS, MORE))
    git(repository, "merge", "--quiet", "access/more")
    [one] = now(policies)

    def moved(_folder, _branch) -> bool:
        propose("access/more", Edited("bureau.yaml", BUREAU, BUREAU + b"# later\n"))
        return False

    monkeypatch.setattr(module, "is_checked_out", moved)
    with pytest.raises(Overtaken):
        delete(find_base(policies), one)
    assert tip_of(policies, "access/more") not in {None, one.tip}
