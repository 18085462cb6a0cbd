"""What a change of the YAML is made from: what is committed, what a proposal has, or the files where there is no git."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message, Overtaken
from reconciler.flow.branches import check_name, find_base, tip_of
from reconciler.flow.contents import Contents
from reconciler.flow.revision import Revision
from reconciler.guardrails.expressions.policy import check
from reconciler.regular import shown

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.desired import Policy
    from reconciler.flow.branches import Base


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files are that count.

    Attributes:
        folder: of the policies.
        base: what is checked out; None where there is no git, and files are written in place.
        branch: of the proposal that is gone on with; "" where a new one is begun.
        commit: whose files count; "" where those of the folder do.
    """

    folder: Path
    base: Base | None
    branch: str
    commit: str

    @property
    def tip(self) -> str | None:
        """The commit that the branch is at; None where it is not there yet."""
        return self.commit if self.branch else None

    @property
    def revision(self) -> Revision | None:
        """The commit, as files are read from it; None where there is no git."""
        return None if self.base is None else Revision(self.base.root, self.commit, self.commit, plain=True)


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a change is made from.

    Attributes:
        place: where the files are.
        contents: what they hold.
        policy: what they say.
    """

    place: Place
    contents: Contents
    policy: Policy


def find_place(folder: Path, branch: str = "") -> Place:
    """Where the files are that count.

    Args:
        folder: of the policies.
        branch: of the proposal that is gone on with; "" for none.

    Raises:
        Overtaken: where there is no such branch any more.
        InputError: where the repository has no commit yet.
    """
    base = find_base(folder) if folder.is_dir() else None
    if not branch:
        return Place(folder, base, "", "" if base is None else base.commit)
    if base is not None:
        check_name(base.root, branch)
        tip = tip_of(base.root, branch)
        if tip is not None:
            return Place(folder, base, branch, tip)
    raise Overtaken(Message("the branch {branch} is gone", branch=branch))


def read_ground(place: Place) -> Ground:
    """Read the files.

    Raises:
        InputError: with everything that is wrong with them.
    """
    revision = place.revision
    contents = Contents.now(place.folder) if revision is None else Contents.of(place.folder, revision)
    if not contents.files:
        raise InputError(
            Message("no file of {folder} is committed", folder=shown(place.folder)),
            Message("commit the rules first: a proposal is made from what is committed"),
        )
    policy = contents.policy()
    check(policy)
    return Ground(place, contents, policy)
