"""Proposals: branches of ours that are made from what is checked out, and wait to become part of it.

Git is asked for what it knows of them; nothing is checked out, fetched or run, and nothing is merged: whether a proposal
could be is tried with objects alone, without the drivers that a repository's attributes ask for.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message, Overtaken, ReconcilerError
from reconciler.flow.branches import HEADS, PREFIX, check_name, is_checked_out, tip_of
from reconciler.flow.git import ask, run
from reconciler.flow.revision import Revision, find_revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.flow.branches import Base

MOST = 100
"""Proposals that are listed, the newest ones."""

_SECONDS = 30.0
_FIELDS = "%00".join(
    (
        *("%(refname)", "%(objectname)", "%(tree)", "%(authorname)", "%(authoremail:trim)"),
        *("%(committerdate:unix)", "%(contents:subject)"),
    )
)


class Fit(StrEnum):
    """Whether a proposal can become part of its base as that is now."""

    MERGED = "merged"
    """It is part of it, or changes nothing that the base has not changed likewise."""
    CLEAN = "clean"
    """Git puts both together by itself."""
    CONFLICT = "conflict"
    """Both have changed the same lines."""
    UNKNOWN = "unknown"
    """Git cannot tell: one older than 2.38, or without a commit that both have in common."""


@dataclass(frozen=True, slots=True)
class Merge:
    """What came of trying to put a proposal and its base together.

    Attributes:
        fit: whether they can be.
        conflicts: the files that keep them from it, from where the repository begins.
    """

    fit: Fit
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A branch of ours.

    Attributes:
        branch: its name.
        tip: the commit that it is at.
        subject: of that commit, as its author wrote it.
        author: likewise.
        email: of the author.
        when: it was committed.
        commits: that the base has not.
        moved: whether the base has commits that it has not.
        merge: whether it can become part of the base.
    """

    branch: str
    tip: str
    subject: str
    author: str
    email: str
    when: datetime
    commits: int
    moved: bool
    merge: Merge

    @property
    def merged(self) -> bool:
        """Whether there is nothing left of it to take over."""
        return self.merge.fit is Fit.MERGED


def refs_of(base: Base) -> str:
    """What tells that a proposal has come, gone or moved: the branches of ours with their commits."""
    return ask(base.root, "for-each-ref", "--format=%(refname) %(objectname)", f"{HEADS}{PREFIX}") or ""


def proposals(base: Base) -> tuple[Proposal, ...]:
    """The branches of ours, those that were committed to last first.

    Args:
        base: what is checked out.

    Raises:
        ReconcilerError: where git does not list them.
    """
    order = ("--sort=refname", "--sort=-committerdate", f"--count={MOST}")
    told = ask(base.root, "for-each-ref", *order, f"--format={_FIELDS}", f"{HEADS}{PREFIX}")
    if told is None:
        raise ReconcilerError(Message("git does not list the branches of this repository"))
    return tuple(_listed(told, base))


def _listed(told: str, base: Base) -> Iterator[Proposal]:
    ground = _Ground.of(base)
    for line in told.split("\n")[:-1]:
        name, tip, tree, author, email, seconds, subject = line.split("\0")
        counts = ask(base.root, "rev-list", "--left-right", "--count", f"{base.commit}...{tip}")
        if counts is None or not seconds.isdecimal():  # gone meanwhile, or no commit
            continue
        behind, ahead = map(int, counts.split())
        when = datetime.fromtimestamp(min(int(seconds), 2**35), UTC)
        if not ahead or tree == ground.tree:
            merge = Merge(Fit.MERGED)
        else:
            merge = ground.try_merge(tip) if behind else Merge(Fit.CLEAN)
        yield Proposal(name.removeprefix(HEADS), tip, subject, author, email, when, ahead, behind > 0, merge)


def at(proposal: Proposal, folder: Path) -> Revision:
    """The revision that a proposal stands for; what its files hold is read from there.

    Raises:
        Overtaken: where it is not there any more.
    """
    found = find_revision(folder, proposal.tip)
    if found is None:
        raise Overtaken(Message("the branch {branch} is gone", branch=proposal.branch))
    return Revision(found.root, proposal.branch, found.commit)


def try_merge(base: Base, tip: str) -> Merge:
    """Whether a commit can become part of the base as it is, without anybody's help.

    Args:
        base: what is checked out.
        tip: the commit.
    """
    done = run(base.root, "merge-base", "--is-ancestor", tip, base.commit)
    if done is not None and done.code == 0:
        return Merge(Fit.MERGED)
    return _Ground.of(base).try_merge(tip)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What commits are tried on.

    Attributes:
        commit: of the base.
        tree: of that.
        git: where the repository keeps what it keeps.
    """

    commit: str
    tree: str
    git: str

    @classmethod
    def of(cls, base: Base) -> _Ground:
        tree = ask(base.root, "rev-parse", "--verify", f"{base.commit}^{{tree}}") or ""
        git = ask(base.root, "rev-parse", "--absolute-git-dir") or ""
        return cls(base.commit, tree.strip(), git.rstrip("\n"))

    def try_merge(self, tip: str) -> Merge:
        """What comes of it, of a commit that is not part of the base."""
        with tempfile.TemporaryDirectory(prefix="reconciler-") as empty:
            # where there is no working tree and no index, no file asks for a driver, which would be a program that is run
            bare = {"GIT_DIR": self.git, "GIT_WORK_TREE": empty, "GIT_INDEX_FILE": f"{empty}/index"}
            options = ("--write-tree", "-z", "--name-only", "--no-messages")
            done = run(Path(empty), "merge-tree", *options, self.commit, tip, seconds=_SECONDS, more=bare)
        first, *conflicts = ("" if done is None else done.out.decode("utf-8", errors="replace")).split("\0")
        if done is None or done.code not in {0, 1} or not re.fullmatch(r"[0-9a-f]{40,64}", first):
            return Merge(Fit.UNKNOWN)
        if done.code == 1:
            return Merge(Fit.CONFLICT, tuple(one for one in conflicts if one))
        return Merge(Fit.MERGED if first == self.tree else Fit.CLEAN)


def delete(base: Base, proposal: Proposal) -> None:
    """Delete a branch of which nothing is left to take over.

    Args:
        base: what is checked out.
        proposal: as it was shown.

    Raises:
        Overtaken: where somebody has moved it since.
        InputError: where something of it is left, or it is checked out.
    """
    branch = proposal.branch
    check_name(base.root, branch)
    moved = Overtaken(Message("the branch {branch} has moved meanwhile; it was not deleted", branch=branch))
    if tip_of(base.root, branch) != proposal.tip:
        raise moved
    if try_merge(base, proposal.tip).fit is not Fit.MERGED:
        raise InputError(
            Message(
                "the branch {branch} has changes that are nowhere else; it was not deleted", branch=branch
            )
        )
    if is_checked_out(base.root, branch):
        raise InputError(Message("the branch {branch} is checked out; it was not deleted", branch=branch))
    done = run(base.root, "update-ref", "-d", f"{HEADS}{branch}", proposal.tip)
    if done is None or done.code != 0:
        if tip_of(base.root, branch) != proposal.tip:
            raise moved
        why = "" if done is None else done.why()
        raise ReconcilerError(Message("git cannot delete {branch}: {why}", branch=branch, why=why))
