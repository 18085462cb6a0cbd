"""What a forge is to the commands: a small protocol, and the values that it speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request, or a merge request as GitLab calls it.

    Attributes:
        number: of it in the repository.
        url: for people.
        author: the account that opened it.
        head: the commit that it proposes, or proposed when it was merged.
        base: the branch that it is for.
        merge_commit: the commit on the base branch that it was merged as; "" where it was not.
        merged: when; None where it was not.
    """

    number: int
    url: str
    author: str
    head: str
    base: str
    merge_commit: str
    merged: datetime | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request.

    Attributes:
        key: what the forge knows it by.
        handle: what it is asked by who edited it.
        url: for people.
        author: the account that wrote it first; "" where that is gone.
        body: as it is now.
        created: when it was written first.
    """

    key: str
    handle: str
    url: str
    author: str
    body: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """The last edit of a comment.

    Attributes:
        by: the account; "" where the forge does not tell.
        at: when.
    """

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """A review that says yes, still stands, and is by a person who may write to the repository.

    Attributes:
        by: the account.
        commit: the head that was reviewed.
        at: when.
    """

    by: str
    commit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue.

    Attributes:
        number: of it in the repository.
        url: for people.
        author: the account that opened it; "" where that is gone.
        title: in one line.
        body: as it is now.
    """

    number: int
    url: str
    author: str
    title: str
    body: str


class Forge(Protocol):
    """One repository at a forge, as one account sees it; a context manager that closes what it opened.

    Accounts are names, those of programs with "[bot]" behind them. Every method may raise ForgeError; those that
    write raise NoAnswer where it is not known whether it was written.
    """

    @property
    def name(self) -> str:
        """What messages call it: "GitHub"."""

    @property
    def longest(self) -> int:
        """Characters that a comment or the body of an issue may have."""

    def plain(self, body: str) -> str:
        """A text in which no line is a command to the forge: what is sent has passed through here."""

    def me(self) -> str:
        """The account of the token."""

    def main_branch(self) -> str:
        """The branch that the repository shows first."""

    def pull_request(self, number: int) -> PullRequest:
        """One pull request."""

    def merged_as(self, commit: str) -> tuple[PullRequest, ...]:
        """The pull requests that were merged as a commit: one as a rule, none where it was pushed as it is."""

    def pull_requests_from(self, branch: str) -> tuple[PullRequest, ...]:
        """The open pull requests that propose a branch of this repository."""

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Propose a branch that is there."""

    def edit_pull_request(self, number: int, title: str, body: str) -> None:
        """Give it another title and body."""

    def approvals(self, pull_request: PullRequest) -> tuple[Approval, ...]:
        """The approvals of its head that stand."""

    def comments(self, number: int) -> tuple[Comment, ...]:
        """All comments on a pull request, the oldest first; not those at lines of it."""

    def last_edit(self, number: int, comment: Comment) -> Edit | None:
        """The last edit of a comment on a pull request, None where it is as it was written first."""

    def add_comment(self, number: int, body: str) -> str:
        """Comment on a pull request; the address of the comment."""

    def edit_comment(self, number: int, comment: Comment, body: str) -> None:
        """Give a comment another body."""

    def issue(self, number: int) -> Issue:
        """One issue."""

    def open_issues(self) -> tuple[Issue, ...]:
        """All issues that are open; no pull requests."""

    def open_issue(self, title: str, body: str, labels: Sequence[str]) -> str:
        """Open an issue; its address."""

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Give an issue another title and body."""

    def close_issue(self, number: int, why: str) -> None:
        """Comment on an issue, and close it."""

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Put labels on a pull request, beside those that it has."""

    def close(self) -> None:
        """Close connections and threads."""
