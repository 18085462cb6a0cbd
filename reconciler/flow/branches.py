"""Branches: the one that is checked out, names for new ones, and which ones somebody has checked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message, ReconcilerError
from reconciler.flow.git import ask, run
from reconciler.flow.revision import find_revision
from reconciler.regular import shown
from reconciler.request.rule import plain

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.flow.git import Done

HEADS = "refs/heads/"

PREFIX = "access/"
"""What the name of each branch begins with that proposes a change: only these are written, pushed or deleted."""


@dataclass(frozen=True, slots=True)
class Base:
    """What is checked out: what a proposal is made from, and what it shall become part of.

    Attributes:
        root: where the working tree begins.
        branch: its name; None where a commit is checked out that is no branch.
        commit: the hash.
    """

    root: Path
    branch: str | None
    commit: str


def find_base(folder: Path) -> Base | None:
    """What is checked out where a folder stands; None where it stands in no repository.

    Raises:
        InputError: where the repository has no commit yet, or git does not tell.
    """
    done = run(folder, "rev-parse", "--is-inside-work-tree")
    if done is None or done.code != 0 or done.out.strip() != b"true":
        _make_sure_of_none(folder, done)
        return None
    head = find_revision(folder, "HEAD")
    if head is None:
        raise InputError(
            Message("the git repository has no commit yet"),
            Message("commit what there is, so that there is something to make a branch from"),
        )
    name = (ask(folder, "symbolic-ref", "--quiet", "HEAD") or "").rstrip("\n")
    branch = name.removeprefix(HEADS) if name.startswith(HEADS) else None
    return Base(head.root, branch, head.commit)


def _make_sure_of_none(folder: Path, done: Done | None) -> None:
    """What stands in a repository must not be written past it because git does not work, or does not trust it.

    Raises:
        InputError: where it seems to stand in one.
    """
    place = folder.resolve()
    if any((above / ".git").exists() for above in (place, *place.parents)):
        why = done.why() if done is not None and done.why() else Message("git cannot be run here")
        raise InputError(
            Message(
                "{folder} stands in a git repository, and git does not read it: {why}",
                folder=shown(folder),
                why=why,
            )
        )


def tip_of(folder: Path, branch: str) -> str | None:
    """The commit that a branch is at; None where there is no such branch."""
    told = ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{HEADS}{branch}^{{commit}}")
    return None if told is None else told.strip()


def new_name(folder: Path, words: str) -> str:
    """A name for a branch that nobody has, here or as far as is known of remotes.

    Args:
        folder: in the repository.
        words: what it is about; letters, digits and hyphens are left of them.
    """
    listed = ask(folder, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes") or ""
    # refs/remotes/origin/access/x: the remote's name may have slashes itself
    taken = {name[name.find(f"/{PREFIX}") + 1 :] for name in listed.split("\n") if f"/{PREFIX}" in name}
    base = f"{PREFIX}{plain(words) or 'change'}"
    name, again = base, 1
    while name in taken:
        again += 1
        name = f"{base}-{again}"
    return name


def check_name(folder: Path, branch: str) -> None:
    """Make sure that a name is one for a branch of ours.

    Raises:
        InputError: where it is not.
    """
    ours = branch.startswith(PREFIX) and "\0" not in branch and len(branch) <= 200
    done = run(folder, "check-ref-format", f"{HEADS}{branch}") if ours else None
    if done is None or done.code != 0:
        raise InputError(
            Message(
                "“{name}” is no name for a branch of a proposal: they begin with {prefix}",
                name=branch,
                prefix=PREFIX,
            )
        )


def is_checked_out(folder: Path, branch: str) -> bool:
    """Whether a working tree of the repository has a branch checked out: its files would not follow.

    Raises:
        ReconcilerError: where git does not tell.
    """
    listed = ask(folder, "worktree", "list", "--porcelain")
    if listed is None:
        raise ReconcilerError(Message("git does not list the working trees of this repository"))
    return f"branch {HEADS}{branch}" in listed.split("\n")
