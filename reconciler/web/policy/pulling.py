"""Proposals at the forge: pushed and opened where one is configured; what came of it is remembered for their pages."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message, ReconcilerError
from reconciler.flow.proposed import commits_of
from reconciler.flow.proposing import Destination, find_destination, open_pull_request
from reconciler.flow.tokens import Missing
from reconciler.formats.commit import Change, proposal_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.flow.branches import Base
    from reconciler.flow.proposed import Commit
    from reconciler.formats.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of opening a pull request.

    Attributes:
        commit: that the branch was at.
        address: of the pull request; "" where it was not opened.
        failed: why it was not; None where it was.
    """

    commit: str
    address: str = ""
    failed: ReconcilerError | None = None


class Pulls:
    """What came of opening pull requests since these pages are served; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, Pulled] = {}
        self._told: dict[str, Change] = {}

    def of(self, branch: str) -> Pulled | None:
        """What came of that of a branch; None where nobody has tried."""
        with self._lock:
            return self._found.get(branch)

    def remember(self, commit: str, change: Change) -> None:
        """Keep what is said about a commit that was saved here."""
        with self._lock:
            self._told[commit] = change

    def propose(self, base: Base, branch: str, commit: str, say: Catalogue) -> None:
        """Push a branch and open its pull request, or take the one that is open further; where there is no forge, nothing.

        Args:
            base: what is checked out.
            branch: of ours.
            commit: that it is at, as it was shown.
            say: the language of the pull request.
        """
        destination = destination_of(base)
        if not isinstance(destination, Destination):
            return
        commits = commits_of(base, commit)
        try:
            change = self._change(commits)
            title = commits[-1].subject if commits else branch
            text = proposal_markdown(change, say)
            address = open_pull_request(base, destination, branch, commit, title, text)
            # a page that leads there must not run it
            pulled = Pulled(commit, address if address.startswith(("https://", "http://")) else "")
        except ReconcilerError as error:
            pulled = Pulled(commit, failed=error)
        with self._lock:
            self._found[branch] = pulled

    def _change(self, commits: Sequence[Commit]) -> Change:
        """What the pull request says: of one commit all of it, of several each in a line."""
        with self._lock:
            known = self._told.get(commits[0].commit) if len(commits) == 1 else None
        if known is not None:
            return known
        subjects = [Message("{what}", what=one.subject) for one in reversed(commits)]
        if len(subjects) == 1:
            return Change(subjects[0])
        what = Message.count("{n} change of access", "{n} changes of access", len(subjects))
        return Change(what, how=tuple(subjects))


def destination_of(base: Base | None) -> Destination | Missing | None:
    """Where pull requests are opened, or why none can be; None where there is no git."""
    if base is None:
        return None
    try:
        return find_destination(base)
    except ReconcilerError as error:
        return Missing(error.message, error.hint or Message("the proposal is saved all the same"))
