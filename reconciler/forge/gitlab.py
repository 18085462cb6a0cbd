"""GitLab: its REST API of version 4, and GraphQL for who edited a comment.

https://docs.gitlab.com/api/rest/. Pull requests are merge requests there, comments are notes. A line of a text that
begins with a slash is a command to GitLab ("/merge"), done with the rights of whoever wrote it: it is made plain text.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import quote

from reconciler.errors import Message, ReconcilerError
from reconciler.forge.seam import Approval, Comment, Edit, Issue, PullRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.forge.api import Fields, ForgeApi

_PROJECT = re.compile(r"[0-9]{1,19}")
_EDIT = "query($id: NoteID!) { note(id: $id) { lastEditedAt lastEditedBy { username } } }"
_DEVELOPER = 30
"""The level of access from which on somebody may write."""


class GitLab:
    """A project.

    Args:
        api: its REST API.
        project: the number of the project.
        graphql: the address of GraphQL.

    Raises:
        ReconcilerError: where that is no number of a project.
    """

    name = "GitLab"
    longest = 1_000_000

    def __init__(self, api: ForgeApi, project: str, graphql: str) -> None:
        if not _PROJECT.fullmatch(project):
            raise ReconcilerError(Message("{name} is not the number of a project", name=project))
        self._api = api
        self._root = f"/projects/{project}"
        self._graphql = graphql

    def plain(self, body: str) -> str:
        """A text in which no line is a command; ends of lines as GitLab reads them."""
        return re.sub(r"(?m)^/", r"\\/", body.replace("\r\n", "\n").replace("\r", "\n"))

    def me(self) -> str:
        """The account of the token."""
        return self._me

    @cached_property
    def _me(self) -> str:
        return self._api.get("/user").key("username")

    @cached_property
    def _project(self) -> Fields:
        return self._api.get(self._root)

    def main_branch(self) -> str:
        """The branch that the project shows first."""
        return self._project.key("default_branch")

    def pull_request(self, number: int) -> PullRequest:
        """One merge request."""
        return _pull_request(self._api.get(f"{self._root}/merge_requests/{number}"))

    def merged_as(self, commit: str) -> tuple[PullRequest, ...]:
        """The merge requests that were merged as a commit; the forge also tells of others that contain it."""
        path = f"{self._root}/repository/commits/{quote(commit, safe='')}/merge_requests"
        found = map(_pull_request, self._api.pages(path))
        return tuple(one for one in found if one.merged and one.merge_commit == commit)

    def pull_requests_from(self, branch: str) -> tuple[PullRequest, ...]:
        """The open merge requests that propose a branch of this project; a fork may have one of that name too."""
        found = self._api.pages(f"{self._root}/merge_requests", {"state": "opened", "source_branch": branch})
        return tuple(_pull_request(one) for one in found if _of_this_project(one))

    def open_pull_request(self, branch: str, base: str, title: str, body: str) -> PullRequest:
        """Propose a branch that is there."""
        said = {"source_branch": branch, "target_branch": base, "title": title, "description": body}
        return _pull_request(self._api.send("POST", f"{self._root}/merge_requests", said))

    def edit_pull_request(self, number: int, title: str, body: str) -> None:
        """Give it another title and description."""
        said = {"title": title, "description": body}
        self._api.send("PUT", f"{self._root}/merge_requests/{number}", said)

    def approvals(self, pull_request: PullRequest) -> tuple[Approval, ...]:
        """The approvals of its head that stand, by people who may write.

        GitLab tells when somebody approved, not what: it was the head if that had been pushed before. Where an
        older one does not tell when, none counts.
        """
        path = f"{self._root}/merge_requests/{pull_request.number}"
        pushed = self._pushed(path, pull_request.head)
        if pushed is None:
            return ()
        found = []
        for one in self._api.get(f"{path}/approvals").subs("approved_by"):
            user = one.sub("user")
            at = _time(one, "approved_at") if one.values.get("approved_at") else None
            if at and at >= pushed and self._may_write(user.number("id")):
                found.append(Approval(user.key("username"), pull_request.head, at))
        return tuple(found)

    def _pushed(self, path: str, head: str) -> datetime | None:
        """When a head was pushed; None where it is not that of the newest version."""
        for version in self._api.pages(f"{path}/versions"):
            return _time(version, "created_at") if version.key("head_commit_sha") == head else None
        return None

    def _may_write(self, account: int) -> bool:
        """Whether an account is that of a person who may write."""
        if self._api.get(f"/users/{account}").values.get("bot"):
            return False
        members = self._api.pages(f"{self._root}/members/all", {"user_ids[]": str(account)})
        return any(
            one.number("id") == account and one.number("access_level") >= _DEVELOPER for one in members
        )

    def comments(self, number: int) -> tuple[Comment, ...]:
        """All comments on a merge request, the oldest first; not what the forge itself notes down."""
        query = {"sort": "asc", "order_by": "created_at"}
        found = self._api.pages(f"{self._root}/merge_requests/{number}/notes", query)
        return tuple(self._comment(number, one) for one in found if not one.flag("system"))

    def last_edit(self, number: int, comment: Comment) -> Edit | None:
        """The last edit of a comment."""
        del number
        note = self._api.ask(self._graphql, _EDIT, {"id": comment.handle}).sub("note")
        if note.maybe("lastEditedAt") is None:
            return None
        by = note.sub("lastEditedBy").key("username") if note.values.get("lastEditedBy") else ""
        return Edit(by, _time(note, "lastEditedAt"))

    def add_comment(self, number: int, body: str) -> str:
        """Comment on a merge request; the address of the comment."""
        made = self._api.send("POST", f"{self._root}/merge_requests/{number}/notes", {"body": body})
        return self._address(number, made.number("id"))

    def edit_comment(self, number: int, comment: Comment, body: str) -> None:
        """Give a comment another body."""
        self._api.send("PUT", f"{self._root}/merge_requests/{number}/notes/{comment.key}", {"body": body})

    def issue(self, number: int) -> Issue:
        """One issue."""
        return _issue(self._api.get(f"{self._root}/issues/{number}"))

    def open_issues(self) -> tuple[Issue, ...]:
        """All issues that are open."""
        return tuple(map(_issue, self._api.pages(f"{self._root}/issues", {"state": "opened"})))

    def open_issue(self, title: str, body: str, labels: Sequence[str]) -> str:
        """Open an issue; its address."""
        said = {"title": title, "description": body, "labels": ",".join(labels)}
        return self._api.send("POST", f"{self._root}/issues", said).key("web_url")

    def edit_issue(self, number: int, title: str, body: str) -> None:
        """Give an issue another title and description."""
        self._api.send("PUT", f"{self._root}/issues/{number}", {"title": title, "description": body})

    def close_issue(self, number: int, why: str) -> None:
        """Comment on an issue, and close it."""
        self._api.send("POST", f"{self._root}/issues/{number}/notes", {"body": why})
        self._api.send("PUT", f"{self._root}/issues/{number}", {"state_event": "close"})

    def label(self, number: int, labels: Sequence[str]) -> None:
        """Put labels on a merge request, beside those that it has."""
        said = {"add_labels": ",".join(labels)}
        self._api.send("PUT", f"{self._root}/merge_requests/{number}", said)

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _address(self, number: int, note: int) -> str:
        """Where people find a comment, which the API does not tell."""
        return f"{self._project.key('web_url')}/-/merge_requests/{number}#note_{note}"

    def _comment(self, number: int, fields: Fields) -> Comment:
        note = fields.number("id")
        return Comment(
            key=str(note),
            handle=f"gid://gitlab/Note/{note}",
            url=self._address(number, note),
            author=_author(fields),
            body=fields.text("body"),
            created=_time(fields, "created_at"),
        )


def graphql_of(url: str) -> str:
    """Where GraphQL is, beside a REST API: https://gitlab.example/api/graphql."""
    return f"{url.rstrip('/').removesuffix('/v4')}/graphql"


def _of_this_project(fields: Fields) -> bool:
    return fields.number("source_project_id") == fields.number("target_project_id")


def _author(fields: Fields) -> str:
    """The account of an author; "" where it is gone."""
    return fields.sub("author").key("username") if fields.values.get("author") else ""


def _pull_request(fields: Fields) -> PullRequest:
    merged = fields.text("state") == "merged"
    head = fields.key("sha")
    # merged as a commit of its own, as one into which all were squashed, or by moving the branch on
    commit = fields.maybe("merge_commit_sha") or fields.maybe("squash_commit_sha") or head
    return PullRequest(
        number=fields.number("iid"),
        url=fields.key("web_url"),
        author=_author(fields),
        head=head,
        base=fields.key("target_branch"),
        merge_commit=commit if merged else "",
        merged=_time(fields, "merged_at") if merged else None,
    )


def _issue(fields: Fields) -> Issue:
    return Issue(
        number=fields.number("iid"),
        url=fields.key("web_url"),
        author=_author(fields),
        title=fields.text("title"),
        body=fields.text("description") if fields.values.get("description") else "",
    )


def _time(fields: Fields, name: str) -> datetime:
    return datetime.fromisoformat(fields.time(name))
