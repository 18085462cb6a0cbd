"""A repository at a forge: accounts, pull requests, comments, reviews, issues. No HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

READ, WRITE = "read", "write"


@dataclass(frozen=True)
class Account:
    """Somebody: a person, or a program, whose login ends with [bot]."""

    login: str
    number: int
    permission: str = WRITE

    @property
    def bot(self) -> bool:
        return self.login.endswith("[bot]")


@dataclass(frozen=True)
class Grant:
    """What a token may do: "pull_requests", "issues", "contents" → read or write."""

    account: Account
    may: dict[str, str]


@dataclass
class Comment:
    number: int
    on: int
    author: Account | None
    body: str
    created: dt.datetime
    edited: dt.datetime | None = None
    editor: Account | None = None
    system: bool = False


@dataclass
class Review:
    author: Account
    state: str
    commit: str
    at: dt.datetime


@dataclass
class Item:
    """An issue, or a pull request where it has a branch."""

    number: int
    author: Account
    title: str
    body: str
    created: dt.datetime
    open: bool = True
    labels: list[str] = field(default_factory=list)
    branch: str = ""
    head: str = ""
    base: str = ""
    merged: dt.datetime | None = None
    merge_commit: str = ""
    reviews: list[Review] = field(default_factory=list)
    heads: list[tuple[str, dt.datetime]] = field(default_factory=list)


class World:
    """One repository and the people around it; each thing that happens takes a second.

    Attributes:
        commands: lines of texts that were done rather than kept (GitLab).
        forked: branches that are in a fork (GitLab).
        lagging: whether it is not known yet which commit came from which pull request (GitHub).
    """

    def __init__(self, repository: str) -> None:
        self.repository = repository
        self.main = "main"
        self.branches = {"main"}
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Grant] = {}
        self.items: dict[int, Item] = {}
        self.comments: list[Comment] = []
        self.commands: list[str] = []
        self.forked: set[str] = set()
        self.lagging = False
        self._now = dt.datetime(2026, 11, 24, 8, 0, 0, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        self._now += dt.timedelta(seconds=1)
        return self._now

    def account(self, login: str, permission: str = WRITE) -> Account:
        if login not in self.accounts:
            self.accounts[login] = Account(login, 1000 + len(self.accounts), permission)
        return self.accounts[login]

    def open(self, by: Account, title: str, body: str, **pull: str) -> Item:
        at = self.now()
        item = Item(len(self.items) + 1, by, title, body, at, **pull)
        if item.head:
            item.heads.append((item.head, at))
        self.items[item.number] = item
        return item

    def comment(self, number: int, by: Account, body: str) -> Comment:
        made = Comment(4_000_000_000 + len(self.comments), number, by, body, self.now())
        self.comments.append(made)
        return made

    def edit(self, comment: Comment, by: Account, body: str) -> None:
        comment.body, comment.editor, comment.edited = body, by, self.now()

    def of(self, number: int) -> list[Comment]:
        return [one for one in self.comments if one.on == number]

    def push(self, item: Item, head: str) -> None:
        item.head = head
        item.heads.append((head, self.now()))

    def merge(self, item: Item, commit: str) -> None:
        item.open, item.merged, item.merge_commit = False, self.now(), commit

    def review(self, item: Item, by: Account, state: str, commit: str) -> None:
        item.reviews.append(Review(by, state, commit, self.now()))
