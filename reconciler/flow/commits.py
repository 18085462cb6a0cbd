"""New contents of files as a commit on a branch, without a checkout: nobody's working tree, index or HEAD is touched.

Only plumbing is called: an index of its own in a folder for the time being, objects, and at last the branch, which is
moved only if it is where it was when it was looked at. No hook and no filter runs, nothing is fetched. Whoever loses
has written objects that nothing leads to, and git throws those away in time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message, Overtaken, ReconcilerError
from reconciler.flow.branches import HEADS, check_name, is_checked_out, tip_of
from reconciler.flow.edited import check_edits
from reconciler.flow.git import ask
from reconciler.flow.revision import find_revision
from reconciler.flow.trees import changed_files, tree_of, written_tree
from reconciler.flow.writing import failed, git, told, why_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reconciler.flow.edited import Edited
    from reconciler.flow.revision import Revision

_TRIES = 20
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Onto:
    """Where a commit goes.

    Attributes:
        branch: its name.
        base: the commit that it is made from where it is not there yet.
        tip: the commit that it was at when it was looked at; None where it was not there.
    """

    branch: str
    base: str
    tip: str | None = None


def author(folder: Path) -> str:
    """Who commits here, as git's own settings say: "Anna <anna@x.example>".

    Raises:
        ReconcilerError: where they do not say.
    """
    done = git(folder, "var", "GIT_AUTHOR_IDENT")
    told = done.out.decode("utf-8", errors="replace") if done.code == 0 else ""
    if git(folder, "var", "GIT_COMMITTER_IDENT").code != 0 or not told:
        raise ReconcilerError(
            Message("git does not know who you are, and a commit names its author"),
            Message(
                "tell it with: git config --global user.name “…”, git config --global user.email you@bureau.example"
            ),
        )
    return told[: told.rfind(">") + 1]


def commit(folder: Path, edits: Sequence[Edited], onto: Onto, message: str) -> str:
    """Commit new contents of files to a branch.

    Args:
        folder: of the policies.
        edits: each file, what it was and what it becomes. As git keeps a file counts; one that git gave other ends
            of lines in the working tree is committed with those of git.
        onto: the branch.
        message: of the commit.

    Returns:
        The commit that the branch is at now.

    Raises:
        Overtaken: where the branch, or a file, is not what it was when it was shown; nothing was written.
        InputError: where a name cannot be used, or something stands there that is no file.
        ReconcilerError: where nobody is named as the author, or git cannot sign or write.
    """
    check_edits(edits)
    check_name(folder, onto.branch)
    author(folder)
    parent = find_revision(folder, onto.tip or onto.base)
    if parent is None:
        raise InputError(Message("“{name}” is no commit here", name=onto.tip or onto.base))
    _look_at(onto, tip_of(parent.root, onto.branch))
    if is_checked_out(parent.root, onto.branch):
        raise InputError(
            Message("the branch {branch} is checked out, and its files would not follow", branch=onto.branch),
            Message("check out another one: git switch -"),
        )
    tree = written_tree(parent, changed_files(parent, folder, edits, onto.branch))
    if tree == tree_of(parent):
        raise InputError(Message("nothing would change"))
    made = _committed(parent, tree, message)
    _move(parent.root, onto, made)
    return made


def _committed(parent: Revision, tree: str, message: str) -> str:
    """A commit of a tree, signed where git's settings say so."""
    signed = (ask(parent.root, "config", "--type=bool", "--get", "commit.gpgSign") or "").strip() == "true"
    sign = ("-S",) if signed else ()
    text = (message.replace("\0", "").rstrip("\n") + "\n").encode("utf-8", errors="replace")
    done = git(parent.root, "commit-tree", tree, "-p", parent.commit, *sign, "-F", "-", given=text)
    if signed and done.code != 0:
        raise ReconcilerError(
            Message("the commit cannot be signed: {why}", why=why_of(done)),
            Message(
                "commit.gpgSign is on, so nothing was committed; can you sign with “git commit -S” here?"
            ),
        )
    return told(done)


def _move(root: Path, onto: Onto, made: str) -> None:
    """Let the branch be at another commit, if it is where it was.

    Raises:
        Overtaken: where it is not.
    """
    was, tries = onto.tip or "0" * len(made), _TRIES
    while True:
        done = git(root, "update-ref", "-m", "commit: by reconciler", f"{HEADS}{onto.branch}", made, was)
        if done.code == 0:
            return
        _look_at(onto, tip_of(root, onto.branch))
        tries -= 1
        if ".lock'" not in done.complaint or not tries:
            raise failed(done)
        time.sleep(_PAUSE)  # somebody else is just moving it


def _look_at(onto: Onto, now: str | None) -> None:
    """Make sure that the branch is where it was.

    Raises:
        Overtaken: where it is not.
    """
    if now == onto.tip:
        return
    if now is None:
        what = Message("the branch {branch} is gone; nothing was written", branch=onto.branch)
    elif onto.tip is None:
        what = Message("there is a branch {branch} by now; nothing was written", branch=onto.branch)
    else:
        what = Message("the branch {branch} has moved meanwhile; nothing was written", branch=onto.branch)
    raise Overtaken(what, Message("look at what stands there now, and make the change again"))
