"""What a proposal holds, and what it means: from where it parted from what is checked out to its last commit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.errors import Message, Overtaken
from reconciler.flow.contents import Contents
from reconciler.flow.edited import Edited
from reconciler.flow.git import ask, ask_bytes
from reconciler.flow.ground import Place
from reconciler.flow.proposals import at
from reconciler.flow.revision import Revision, fork_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.flow.branches import Base
    from reconciler.flow.proposals import Proposal

MOST = 100
"""Commits that are told of, the newest ones."""

_FIELDS = "%H%x00%an%x00%ae%x00%ct%x00%B"
_LONGEST = 10_000
"""Characters of a message that are read."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of a proposal.

    Attributes:
        commit: its hash.
        author: who made it, as git has it.
        email: of the author.
        when: it was committed.
        message: whole, as it was written.
    """

    commit: str
    author: str
    email: str
    when: datetime
    message: str

    @property
    def subject(self) -> str:
        """The first line of its message."""
        return self.message.partition("\n")[0]

    @property
    def body(self) -> str:
        """What stands below the first line."""
        return self.message.partition("\n")[2].strip("\n")


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    """What a proposal holds.

    Attributes:
        proposal: as it is listed.
        commits: that what is checked out does not have, the newest first.
        before: the place of the files that it was made from.
        after: the place of its own.
        edits: what it does to files of the policy folder.
        others: how many other files of the repository it changes.
    """

    proposal: Proposal
    commits: tuple[Commit, ...]
    before: Place
    after: Place
    edits: tuple[Edited, ...]
    others: int


def look_into(base: Base, proposal: Proposal, folder: Path) -> Proposed:
    """Read a proposal.

    Args:
        base: what is checked out.
        proposal: as it is listed.
        folder: of the policies.

    Raises:
        Overtaken: where it is gone.
        InputError: where its files cannot be read.
    """
    tip = at(proposal, folder)
    fork = fork_of(Revision(base.root, "HEAD", base.commit), tip)
    was, now = Contents.of(folder, fork), Contents.of(folder, tip)
    paths = sorted({*was.files, *now.files})
    edits = [Edited(path, was.files.get(path), now.files.get(path, b"")) for path in paths]
    edits = [one for one in edits if one.before != one.after]
    changed = ask_bytes(
        base.root, "diff-tree", "-r", "-z", "--no-renames", "--name-only", fork.commit, tip.commit
    )
    total = len((changed or b"").split(b"\0")) - 1
    before = Place(folder, replace(base, commit=fork.commit), "", fork.commit)
    return Proposed(
        proposal=proposal,
        commits=commits_of(base, tip.commit),
        before=before,
        after=Place(folder, base, proposal.branch, tip.commit),
        edits=tuple(edits),
        others=max(total - len(edits), 0),
    )


def commits_of(base: Base, tip: str) -> tuple[Commit, ...]:
    """The commits up to a tip that what is checked out does not have, the newest first.

    Raises:
        Overtaken: where git does not give them.
    """
    options = ("--no-show-signature", "--no-mailmap", "--encoding=UTF-8", "-z", f"--max-count={MOST}")
    told = ask(base.root, "log", *options, f"--format={_FIELDS}%x00", f"{base.commit}..{tip}")
    if told is None:
        raise Overtaken(Message("git does not give the commits of this proposal"))
    return tuple(_read(told))


def _read(told: str) -> Iterator[Commit]:
    fields = iter(told.split("\0"))
    for name, author, email, seconds, message, _ in zip(*[fields] * 6, strict=False):
        when = datetime.fromtimestamp(min(int(seconds), 2**35), UTC)
        yield Commit(name, author, email, when, message[:_LONGEST].strip("\n"))
