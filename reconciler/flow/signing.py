"""A sign-off kept: as a proposal of its own where there is git, else as a file; never one that could not be read again."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.flow.branches import find_base, new_name
from reconciler.flow.commits import Onto, commit
from reconciler.flow.edited import Edited
from reconciler.flow.git import ask
from reconciler.flow.reviewing import free_name, keep_sign_off
from reconciler.regular import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.flow.branches import Base
    from reconciler.flow.proposals import Proposal
    from reconciler.review import SignOff

MOST = 20
"""Proposals that are looked into, the newest ones."""


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a sign-off is kept.

    Attributes:
        name: of the file, as it is shown.
        base: what was checked out; None where there is no git.
        branch: of the proposal; "" where there is no git.
        commit: that it is at; "" likewise.
    """

    name: str
    base: Base | None = None
    branch: str = ""
    commit: str = ""


def file_sign_off(folder: Path, signed: SignOff, text: str, message: str) -> Filed:
    """Keep it.

    Args:
        folder: of the sign-offs, which may not be there.
        signed: what was signed.
        text: the same as YAML.
        message: of the commit; its first line names the branch as well.

    Raises:
        InputError: where it could not be read again, or there is a file of that name by now.
        ReconcilerError: where it cannot be committed.
    """
    path = free_name(folder, signed)
    base = find_base(_existing(folder))
    if base is None or not path.resolve().is_relative_to(base.root):
        keep_sign_off(path, text)
        return Filed(shown(path))
    with tempfile.TemporaryDirectory(prefix="reconciler-") as own:
        keep_sign_off(Path(own) / path.name, text)
    inside = path.resolve().relative_to(base.root).as_posix()
    branch = new_name(base.root, message.partition("\n")[0])
    made = commit(base.root, [Edited(inside, None, text.encode())], Onto(branch, base.commit), message)
    return Filed(inside, base, branch, made)


def waiting(
    base: Base, proposals: Sequence[Proposal], folder: Path
) -> list[tuple[Proposal, tuple[str, ...]]]:
    """The proposals that hold sign-offs, each with the names of their files.

    Args:
        base: what is checked out.
        proposals: those that are looked into, of which the first MOST are.
        folder: of the sign-offs.
    """
    place = folder.resolve()
    if not place.is_relative_to(base.root):
        return []
    inside = place.relative_to(base.root).as_posix()
    found = []
    for one in [one for one in proposals if not one.merged][:MOST]:
        told = ask(
            base.root, "diff-tree", "-r", "-z", "--no-renames", "--name-only", "--diff-filter=A",
            "--merge-base", base.commit, one.tip, "--", inside,
        )  # fmt: skip
        names = tuple(name for name in (told or "").split("\0") if name)
        if names:
            found.append((one, names))
    return found


def _existing(folder: Path) -> Path:
    """The folder, or the one above it that is there."""
    place = folder.absolute()
    while not place.is_dir():
        place = place.parent
    return place
