"""GitHub: its REST API, and GraphQL for the two things that only that tells: who we are, and who edited a comment.

https://docs.github.com/en/rest, of the version 2022-11-28. What a token of a workflow may ask differs from what one of
a person may: `GET /user` is refused to it, so the account is asked for as the viewer.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

from reconciler.errors import Message, ReconcilerError
from reconciler.forge.seam import Approval, Comment, Edit, Issue, PullRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reconciler.forge.api import Fields, ForgeApi

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

_REPOSITORY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+")
_VIEWER = "query { viewer { login } }"
_EDIT = """\
query($id: ID!) {
  node(id: $id) { ... on IssueComment { lastEditedAt editor { __typename login } } }
}"""
_NEWEST = 100
"""Pull requests that are looked at where the index does not know a commit: a page of them."""

_WRITERS = frozenset({"admin", "write"})
_OPINIONS = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
"""States of a review that replace what the same person said before; a comment does not."""


class GitHub:
    """A repository.

    Args:
        api: its REST API.
        repository: owner and name, with a slash between them.
        graphql: the path of GraphQL, or its address.

    Raises:
        ReconcilerError: where that is no name of a repository.
    """

    name = "GitHub"
    longest = 65_536

    def __init__(self, api: ForgeApi, repository: str, graphql: str) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise ReconcilerError(Message("{name} is not owner/name of a repository", name=repository))
        self._api = api
        self._owner = repository.partition("/")[0]
        self._root = f"/repos/{repository}"
        self._graphql = graphql

    def plain(self, body: str) -> str:
        """A text in which no line is a command; here none is one."""
        return body

    def me(self) -> str:
        """The account of the token."""
        return self._me

    @cached_property
    def _me(self) -> str:
        return self._api.ask(self._graphql, _VIEWER, {}).sub("viewer").key("login")

    def main_branch(self) -> str:
        """The branch that the repository shows first."""
        return self._api.get(self._root).key("default_branch")

    def pull_request(self, number: int) -> PullRequest:
        """One pull request."""
        return _pull_request(self._api.get(f"{self._root}/pulls/{number}"))

    def merged_as(self, commit: str) -> tuple[PullRequest, ...]:
        """The pull requests that were merged as a commit; the forge also tells of others that contain it.

        Which belong to a commit is indexed a while after the merge; that they are merged shows at once.
        """
        found = self._merged(self._api.pages(f"{self._root}/commits/{quote(commit, safe='')}/pulls"), commit)
        if found:
            return found
        newest = {"state": "closed", "sort": "updated", "direction": "desc"}
        return self._merged(islice(self._api.pages(f"{self._root}/pulls", newest), _NEWEST), commit)

    @staticmethod
    def _merged(rows: Iterable[Fields], commit: str) -> tuple[PullRequest, ...]:
        found = map(_pull_request, rows)
        return tuple(one for one in found if one.merged and one.merge_commit == commit)

    def pull_requests_from(self, branch: str) -> tuple[PullRequest, ...]:
        """The open pull requests that propose a branch of this repository."""
        query = {"state": "open", "head": f"{self._owner}:{branch}"}
        return tuple(map(_pull_request, self._api.pages(f"{self._root}/pulls", query)))

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Propose a branch that is there."""
        said = {"title": title, "head": branch, "base": base, "body": body}
        return _pull_request(self._api.send("POST", f"{self._root}/pulls", said))

    def edit_pull_request(self, number: int, title: str, body: str) -> None:
        """Give it another title and body."""
        self._api.send("PATCH", f"{self._root}/pulls/{number}", {"title": title, "body": body})

    def approvals(self, pull_request: PullRequest) -> tuple[Approval, ...]:
        """The approvals of its head that stand, by people who may write.

        Anybody may approve a pull request of a public repository, and a workflow may do so in its own name: neither
        counts.
        """
        last: dict[str, Approval | None] = {}
        for review in self._api.pages(f"{self._root}/pulls/{pull_request.number}/reviews"):
            state, by = review.text("state"), _author(review)
            if state in _OPINIONS:
                last[by] = _approval(review, by) if state == "APPROVED" else None
        found = (one for one in last.values() if one and one.commit == pull_request.head)
        return tuple(one for one in found if self._may_write(one.by))

    def _may_write(self, account: str) -> bool:
        path = f"{self._root}/collaborators/{quote(account, safe='')}/permission"
        return self._api.get(path).key("permission") in _WRITERS

    def comments(self, number: int) -> tuple[Comment, ...]:
        """All comments on a pull request, the oldest first."""
        return tuple(map(_comment, self._api.pages(f"{self._root}/issues/{number}/comments")))

    def last_edit(self, number: int, comment: Comment) -> Edit | None:
        """The last edit of a comment."""
        del number
        node = self._api.ask(self._graphql, _EDIT, {"id": comment.handle}).sub("node")
        at = node.maybe("lastEditedAt")
        if at is None:
            return None
        return Edit(
            _actor(node.sub("editor")) if node.values.get("editor") else "", _time(node, "lastEditedAt")
        )

    def add_comment(self, number: int, body: str) -> str:
        """Comment on a pull request or an issue; the address of the comment."""
        return self._api.send("POST", f"{self._root}/issues/{number}/comments", {"body": body}).key(
            "html_url"
        )

    def edit_comment(self, number: int, comment: Comment, body: str) -> None:
        """Give a comment another body."""
        del number
        self._api.send("PATCH", f"{self._root}/issues/comments/{comment.key}", {"body": body})

    def issue(self, number: int) -> Issue:
        """One issue."""
        return _issue(self._api.get(f"{self._root}/issues/{number}"))

    def open_issues(self) -> tuple[Issue, ...]:
        """All issues that are open; the forge counts pull requests among them."""
        found = self._api.pages(f"{self._root}/issues", {"state": "open"})
        return tuple(_issue(one) for one in found if "pull_request" not in one.values)

    def open_issue(self, title: str, body: str, labels: Sequence[str]) -> str:
        """Open an issue; its address."""
        said = {"title": title, "body": body, "labels": list(labels)}
        return self._api.send("POST", f"{self._root}/issues", said).key("html_url")

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Give an issue another title and body."""
        self._api.send("PATCH", f"{self._root}/issues/{number}", {"title": title, "body": body})

    def close_issue(self, number: int, why: str) -> None:
        """Comment on an issue, and close it."""
        self.add_comment(number, why)
        self._api.send("PATCH", f"{self._root}/issues/{number}", {"state": "closed"})

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Put labels on a pull request, beside those that it has."""
        self._api.add(f"{self._root}/issues/{number}/labels", {"labels": list(labels)})

    def close(self) -> None:
        """Close the connections."""
        self._api.close()


def graphql_of(url: str) -> str:
    """Where GraphQL is, beside a REST API: https://api.github.com/graphql, https://github.example/api/graphql."""
    return f"{url.rstrip('/').removesuffix('/v3')}/graphql"


def _author(fields: Fields) -> str:
    """The account of an author; "" where it is gone."""
    return _account(fields.sub("user")) if fields.values.get("user") else ""


def _account(user: Fields) -> str:
    login, kind = user.key("login"), user.key("type")
    return login if kind in {"User", "Bot"} else f"{login} ({kind})"


def _actor(actor: Fields) -> str:
    """An account as GraphQL tells of it: programs are named there without what REST puts behind them."""
    login, kind = actor.key("login"), actor.key("__typename")
    match kind:
        case "User":
            return login
        case "Bot":
            return login if login.endswith("[bot]") else f"{login}[bot]"
        case _:
            return f"{login} ({kind})"


def _pull_request(fields: Fields) -> PullRequest:
    merged = fields.maybe("merged_at")
    return PullRequest(
        number=fields.number("number"),
        url=fields.key("html_url"),
        author=_author(fields),
        head=fields.sub("head").key("sha"),
        base=fields.sub("base").key("ref"),
        merge_commit=(fields.maybe("merge_commit_sha") or "") if merged else "",
        merged=_time(fields, "merged_at") if merged else None,
    )


def _comment(fields: Fields) -> Comment:
    return Comment(
        key=str(fields.number("id")),
        handle=fields.key("node_id"),
        url=fields.key("html_url"),
        author=_author(fields),
        body=_body(fields),
        created=_time(fields, "created_at"),
    )


def _issue(fields: Fields) -> Issue:
    return Issue(
        number=fields.number("number"),
        url=fields.key("html_url"),
        author=_author(fields),
        title=fields.text("title"),
        body=_body(fields),
    )


def _body(fields: Fields) -> str:
    """A body; an empty one is none."""
    return fields.text("body") if fields.values.get("body") else ""


def _approval(review: Fields, by: str) -> Approval | None:
    """An approving review; None where it is by a program, or of nothing in particular."""
    commit, user = review.maybe("commit_id"), review.values.get("user") or {}
    if commit is None or user.get("type") != "User":
        return None
    return Approval(by, commit, _time(review, "submitted_at"))


def _time(fields: Fields, name: str) -> datetime:
    return datetime.fromisoformat(fields.time(name))
