"""GitLab's API over a world: https://docs.gitlab.com/api/rest/, as far as `reconciler ci` asks it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.forge.standin.world import WRITE, Account, Comment, Grant, Item, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

PROJECT = "4711"
LONGEST = 1_000_000

COMMAND = re.compile(
    r"^/(merge|close|approve|label|shrug)(?: [^\n]*)?(?:\s*\n|$)", re.MULTILINE | re.IGNORECASE
)
"""What is not kept of a text but done: see lib/gitlab/quick_actions/extractor.rb."""


class Refused(Exception):
    def __init__(self, code: int, message: Any) -> None:
        super().__init__(str(message))
        self.answer = JSONResponse({"message": message}, code)


def create_app(world: World) -> Starlette:
    """The application, with REST below /api/v4 and GraphQL beside it."""
    api = _GitLab(world)
    root = "/api/v4/projects/{project}"
    merge, issue = f"{root}/merge_requests/{{number:int}}", f"{root}/issues/{{number:int}}"
    table: list[tuple[str, str, Callable[..., Any]]] = [
        ("GET", "/api/v4/user", api.user),
        ("GET", "/api/v4/users/{account:int}", api.account),
        ("POST", "/api/graphql", api.graphql),
        ("GET", root, api.project),
        ("GET", f"{root}/members/all", api.members),
        ("GET", f"{root}/repository/commits/{{sha}}/merge_requests", api.merges_of_commit),
        ("GET", f"{root}/merge_requests", api.merges),
        ("POST", f"{root}/merge_requests", api.open_merge),
        ("GET", merge, api.merge),
        ("PUT", merge, api.edit),
        ("GET", f"{merge}/versions", api.versions),
        ("GET", f"{merge}/approvals", api.approvals),
        ("GET", f"{merge}/notes", api.notes),
        ("POST", f"{merge}/notes", api.add_note),
        ("PUT", f"{merge}/notes/{{note:int}}", api.edit_note),
        ("GET", f"{root}/issues", api.issues),
        ("POST", f"{root}/issues", api.open_issue),
        ("GET", issue, api.issue),
        ("PUT", issue, api.edit),
        ("POST", f"{issue}/notes", api.add_note),
    ]
    return Starlette(
        routes=[Route(path, _answering(api, do), methods=[method]) for method, path, do in table]
    )


def _answering(api: _GitLab, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def endpoint(request: Request) -> Response:
        try:
            grant = api.grant(request)
            document = await request.json() if request.method in {"POST", "PUT"} else {}
            return function(request, grant, document)
        except Refused as refused:
            return refused.answer

    return endpoint


class _GitLab:
    def __init__(self, world: World) -> None:
        self.world = world

    def grant(self, request: Request) -> Grant:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or token not in self.world.tokens:
            raise Refused(401, "401 Unauthorized")
        if request.path_params.get("project", PROJECT) != PROJECT:
            raise Refused(404, "404 Project Not Found")
        return self.world.tokens[token]

    # -- who ------------------------------------------------------------------------------------------------------

    def user(self, _request: Request, grant: Grant, _document: Any) -> Response:
        return JSONResponse(_user(grant.account))

    def account(self, request: Request, _grant: Grant, _document: Any) -> Response:
        for account in self.world.accounts.values():
            if account.number == request.path_params["account"]:
                return JSONResponse({**_user(account), "bot": _bot(account)})
        raise Refused(404, "404 User Not Found")

    def members(self, request: Request, _grant: Grant, _document: Any) -> Response:
        asked = request.query_params.getlist("user_ids[]")
        levels = {"read": 20, "write": 30, "admin": 50}
        rows = [
            {**_user(one), "access_level": levels[one.permission]}
            for one in self.world.accounts.values()
            if not asked or str(one.number) in asked
        ]
        return self._page(request, rows)

    def graphql(self, _request: Request, _grant: Grant, document: Any) -> Response:
        assert "note(id: $id) { lastEditedAt lastEditedBy { username } }" in document["query"]
        for comment in self.world.comments:
            if f"gid://gitlab/Note/{comment.number}" == document["variables"]["id"]:
                by = {"username": comment.editor.login} if comment.editor else None
                note = {"lastEditedAt": comment.edited and _time(comment.edited), "lastEditedBy": by}
                return JSONResponse({"data": {"note": note}})
        return JSONResponse({"data": {"note": None}})

    # -- merge requests ------------------------------------------------------------------------------------------

    def project(self, _request: Request, _grant: Grant, _document: Any) -> Response:
        return JSONResponse({"id": int(PROJECT), "default_branch": self.world.main, "web_url": self._web()})

    def merges(self, request: Request, _grant: Grant, _document: Any) -> Response:
        asked = request.query_params
        found = [one for one in self._merges() if one.open or asked.get("state") != "opened"]
        if "source_branch" in asked:
            found = [one for one in found if one.branch == asked["source_branch"]]
        return self._page(request, [self._merge(one) for one in found])

    def merge(self, request: Request, _grant: Grant, _document: Any) -> Response:
        return JSONResponse(self._merge(self._item(request)))

    def open_merge(self, _request: Request, grant: Grant, document: Any) -> Response:
        _needs(grant, "pull_requests")
        branch = document["source_branch"]
        if branch not in self.world.branches:
            raise Refused(400, {"source_branch": ["does not exist"]})
        if any(one.open and one.branch == branch for one in self._merges()):
            raise Refused(
                409, [f"Another open merge request already exists for this source branch: {branch}"]
            )
        title, body = document["title"], self._done(document["description"])
        made = self.world.open(
            grant.account, title, body, branch=branch, head="f" * 40, base=document["target_branch"]
        )
        return JSONResponse(self._merge(made), 201)

    def merges_of_commit(self, request: Request, _grant: Grant, _document: Any) -> Response:
        sha = request.path_params["sha"]
        found = [one for one in self._merges() if sha in {one.merge_commit, *(head for head, _ in one.heads)}]
        return self._page(request, [self._merge(one) for one in found])

    def versions(self, request: Request, _grant: Grant, _document: Any) -> Response:
        heads = enumerate(self._item(request).heads)
        rows = [{"id": n, "head_commit_sha": head, "created_at": _time(at)} for n, (head, at) in heads]
        return self._page(request, rows[::-1])

    def approvals(self, request: Request, _grant: Grant, _document: Any) -> Response:
        last = {one.author.login: one for one in self._item(request).reviews if one.state != "COMMENTED"}
        rows = [
            {"user": _user(one.author), "approved_at": _time(one.at)}
            for one in last.values()
            if one.state == "APPROVED"
        ]
        return JSONResponse({"approved": bool(rows), "approved_by": rows})

    # -- issues and notes ----------------------------------------------------------------------------------------

    def issues(self, request: Request, _grant: Grant, _document: Any) -> Response:
        opened = request.query_params.get("state") == "opened"
        found = [one for one in self.world.items.values() if not one.branch and (one.open or not opened)]
        return self._page(request, [self._issue(one) for one in reversed(found)])

    def issue(self, request: Request, _grant: Grant, _document: Any) -> Response:
        return JSONResponse(self._issue(self._item(request)))

    def open_issue(self, _request: Request, grant: Grant, document: Any) -> Response:
        _needs(grant, "issues")
        made = self.world.open(grant.account, document["title"], self._done(document["description"]))
        made.labels += [name for name in document["labels"].split(",") if name]
        return JSONResponse(self._issue(made), 201)

    def edit(self, request: Request, grant: Grant, document: Any) -> Response:
        item = self._item(request)
        _needs(grant, "pull_requests" if item.branch else "issues")
        item.title = document.get("title", item.title)
        item.body = self._done(document["description"]) if "description" in document else item.body
        item.open = item.open and document.get("state_event") != "close"
        item.labels += [name for name in document.get("add_labels", "").split(",") if name]
        return JSONResponse(self._merge(item) if item.branch else self._issue(item))

    def notes(self, request: Request, _grant: Grant, _document: Any) -> Response:
        rows = [self._note(one) for one in self.world.of(self._item(request).number)]
        return self._page(request, rows if request.query_params.get("sort") == "asc" else rows[::-1])

    def add_note(self, request: Request, grant: Grant, document: Any) -> Response:
        item = self._item(request)
        _needs(grant, "pull_requests" if item.branch else "issues")
        made = self.world.comment(item.number, grant.account, self._done(document["body"]))
        return JSONResponse(self._note(made), 201)

    def edit_note(self, request: Request, grant: Grant, document: Any) -> Response:
        _needs(grant, "pull_requests")
        for comment in self.world.comments:
            if comment.number == request.path_params["note"]:
                self.world.edit(comment, grant.account, self._done(document["body"]))
                return JSONResponse(self._note(comment))
        raise Refused(404, "404 Note Not Found")

    def _done(self, text: str) -> str:
        """A text without its commands, which are done."""
        if len(text) > LONGEST:
            raise Refused(400, {"note": ["is too long (maximum is 1000000 characters)"]})
        without = text.replace("\r", "")
        self.world.commands += [found[0] for found in COMMAND.finditer(without)]
        return COMMAND.sub("", without).rstrip()

    # -- what comes back -------------------------------------------------------------------------------------------

    def _merges(self) -> list[Item]:
        return [one for one in self.world.items.values() if one.branch]

    def _item(self, request: Request) -> Item:
        item = self.world.items.get(request.path_params["number"])
        if item is None or bool(item.branch) != ("merge_requests" in request.url.path):
            raise Refused(404, "404 Not found")
        return item

    def _page(self, request: Request, rows: list[Any]) -> Response:
        asked = request.query_params
        size, page = min(int(asked.get("per_page", "20")), 100), int(asked.get("page", "1"))
        headers = {"x-page": str(page), "x-per-page": str(size)}
        if page * size < len(rows):
            pairs = [pair for pair in asked.multi_items() if pair[0] not in {"page", "per_page"}]
            query = urlencode([("id", PROJECT), *pairs, ("page", page + 1), ("per_page", size)])
            headers["link"] = f'<https://gitlab.example{request.url.path}?{query}>; rel="next"'
        return JSONResponse(rows[(page - 1) * size : page * size], headers=headers)

    def _web(self) -> str:
        return f"https://gitlab.example/{self.world.repository}"

    def _merge(self, item: Item) -> dict[str, Any]:
        return {
            "iid": item.number,
            "web_url": f"{self._web()}/-/merge_requests/{item.number}",
            "state": "merged" if item.merged else "opened" if item.open else "closed",
            "title": item.title,
            "description": item.body or None,
            "author": _user(item.author),
            "sha": item.head,
            "source_branch": item.branch,
            "target_branch": item.base,
            "source_project_id": 9 if item.branch in self.world.forked else int(PROJECT),
            "target_project_id": int(PROJECT),
            "merge_commit_sha": (item.merge_commit if item.merge_commit not in {"", item.head} else None),
            "squash_commit_sha": None,
            "merged_at": _time(item.merged) if item.merged else None,
        }

    def _issue(self, item: Item) -> dict[str, Any]:
        return {
            "iid": item.number,
            "web_url": f"{self._web()}/-/issues/{item.number}",
            "state": "opened" if item.open else "closed",
            "title": item.title,
            "description": item.body or None,
            "author": _user(item.author),
            "labels": item.labels,
        }

    def _note(self, comment: Comment) -> dict[str, Any]:
        return {
            "id": comment.number,
            "body": comment.body,
            "author": _user(comment.author) if comment.author else None,
            "created_at": _time(comment.created),
            "updated_at": _time(comment.edited or comment.created),
            "system": comment.system,
        }


def _needs(grant: Grant, what: str) -> None:
    if grant.may.get(what) != WRITE:
        raise Refused(403, "403 Forbidden")


def _bot(account: Account) -> bool:
    return account.bot or "_bot_" in account.login


def _user(account: Account) -> dict[str, Any]:
    return {"id": account.number, "username": account.login, "name": account.login}


def _time(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.123Z")
