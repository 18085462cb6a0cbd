"""GitHub's API over a world: https://docs.github.com/en/rest, as far as `reconciler ci` asks it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.forge.standin.github_shapes import Refused, edited, fits, invalid, needs, node, time, user
from tests.forge.standin.world import Comment, Grant, Item, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request


def create_app(world: World) -> Starlette:
    """The application; GraphQL is beside it at /graphql."""
    api = _GitHub(world)
    root = "/repos/{owner}/{name}"
    table: list[tuple[str, str, Callable[..., Any]]] = [
        ("GET", "/user", api.user),
        ("POST", "/graphql", api.graphql),
        ("GET", root, api.repository),
        ("GET", f"{root}/pulls", api.pulls),
        ("POST", f"{root}/pulls", api.open_pull),
        ("GET", f"{root}/pulls/{{number:int}}", api.pull),
        ("PATCH", f"{root}/pulls/{{number:int}}", api.edit_item),
        ("GET", f"{root}/pulls/{{number:int}}/reviews", api.reviews),
        ("GET", f"{root}/commits/{{sha}}/pulls", api.pulls_of_commit),
        ("GET", f"{root}/collaborators/{{login}}/permission", api.permission),
        ("GET", f"{root}/issues", api.issues),
        ("POST", f"{root}/issues", api.open_issue),
        ("GET", f"{root}/issues/{{number:int}}", api.issue),
        ("PATCH", f"{root}/issues/{{number:int}}", api.edit_item),
        ("GET", f"{root}/issues/{{number:int}}/comments", api.comments),
        ("POST", f"{root}/issues/{{number:int}}/comments", api.add_comment),
        ("PATCH", f"{root}/issues/comments/{{comment:int}}", api.edit_comment),
        ("POST", f"{root}/issues/{{number:int}}/labels", api.label),
    ]
    routes = [Route(path, _answering(api, function), methods=[method]) for method, path, function in table]
    return Starlette(routes=routes)


def _answering(api: _GitHub, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def endpoint(request: Request) -> Response:
        try:
            grant = api.grant(request)
            document = await request.json() if request.method in {"POST", "PATCH"} else {}
            return function(request, grant, document)
        except Refused as refused:
            return refused.answer

    return endpoint


class _GitHub:
    def __init__(self, world: World) -> None:
        self.world = world

    def grant(self, request: Request) -> Grant:
        if not request.headers.get("user-agent"):
            raise Refused(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
            )
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() not in {"bearer", "token"} or token not in self.world.tokens:
            raise Refused(401, "Bad credentials")
        named = f"{request.path_params.get('owner')}/{request.path_params.get('name')}"
        if "owner" in request.path_params and named != self.world.repository:
            raise Refused(404, "Not Found")
        return self.world.tokens[token]

    # -- who ------------------------------------------------------------------------------------------------------

    def user(self, _request: Request, grant: Grant, _document: Any) -> Response:
        if grant.account.bot:
            raise Refused(403, "Resource not accessible by integration")
        return JSONResponse(user(grant.account))

    def graphql(self, _request: Request, grant: Grant, document: Any) -> Response:
        query, variables = document["query"], document["variables"]
        if "viewer { login }" in query:
            return JSONResponse({"data": {"viewer": {"login": grant.account.login}}})
        assert "node(id: $id)" in query
        assert "... on IssueComment { lastEditedAt editor { __typename login } }" in query
        for comment in self.world.comments:
            if node(comment) == variables["id"]:
                return JSONResponse({"data": {"node": edited(comment)}})
        message = f"Could not resolve to a node with the global id of '{variables['id']}'"
        return JSONResponse({"data": {"node": None}, "errors": [{"type": "NOT_FOUND", "message": message}]})

    def permission(self, request: Request, _grant: Grant, _document: Any) -> Response:
        account = self.world.accounts.get(request.path_params["login"])
        if account is None or account.bot:
            raise Refused(404, "Not Found")
        return JSONResponse({"permission": account.permission, "user": user(account)})

    # -- pull requests -------------------------------------------------------------------------------------------

    def repository(self, _request: Request, _grant: Grant, _document: Any) -> Response:
        return JSONResponse({"full_name": self.world.repository, "default_branch": self.world.main})

    def pulls(self, request: Request, _grant: Grant, _document: Any) -> Response:
        asked, owner = request.query_params, self.world.repository.partition("/")[0]
        state = asked.get("state", "open")
        found = [one for one in self._pulls() if state == "all" or one.open == (state == "open")]
        if asked.get("sort") == "updated":
            found.sort(key=lambda one: one.merged or one.created, reverse=asked.get("direction") == "desc")
        if "head" in asked:
            found = [one for one in found if f"{owner}:{one.branch}" == asked["head"]]
        return self._page(request, [self._pull(one) for one in found])

    def pull(self, request: Request, _grant: Grant, _document: Any) -> Response:
        return JSONResponse(self._pull(self._item(request, pull=True)))

    def open_pull(self, _request: Request, grant: Grant, document: Any) -> Response:
        needs(grant, "pull_requests")
        if document["head"] not in self.world.branches:
            invalid("PullRequest", "head", "invalid")
        if any(one.open and one.branch == document["head"] for one in self._pulls()):
            invalid("PullRequest", "", "custom", f"A pull request already exists for {document['head']}.")
        made = self.world.open(
            grant.account,
            document["title"],
            document["body"],
            branch=document["head"],
            head="f" * 40,
            base=document["base"],
        )
        return JSONResponse(self._pull(made), 201)

    def pulls_of_commit(self, request: Request, _grant: Grant, _document: Any) -> Response:
        sha = request.path_params["sha"]
        if self.world.lagging:
            return JSONResponse([])
        found = [one for one in self._pulls() if sha in {one.merge_commit, *(head for head, _ in one.heads)}]
        return self._page(request, [self._pull(one) for one in found])

    def reviews(self, request: Request, _grant: Grant, _document: Any) -> Response:
        rows = [
            {
                "user": user(one.author),
                "state": one.state,
                "commit_id": one.commit,
                "submitted_at": time(one.at),
            }
            for one in self._item(request, pull=True).reviews
        ]
        return self._page(request, rows)

    # -- issues and comments --------------------------------------------------------------------------------------

    def issues(self, request: Request, _grant: Grant, _document: Any) -> Response:
        state = request.query_params.get("state", "open")
        found = [one for one in self.world.items.values() if state == "all" or one.open == (state == "open")]
        return self._page(request, [self._issue(one) for one in reversed(found)])

    def issue(self, request: Request, _grant: Grant, _document: Any) -> Response:
        return JSONResponse(self._issue(self._item(request)))

    def open_issue(self, _request: Request, grant: Grant, document: Any) -> Response:
        needs(grant, "issues")
        fits("Issue", document["body"])
        made = self.world.open(grant.account, document["title"], document["body"])
        made.labels += document.get("labels", [])
        return JSONResponse(self._issue(made), 201)

    def edit_item(self, request: Request, grant: Grant, document: Any) -> Response:
        item = self._item(request)
        needs(grant, "pull_requests" if item.branch else "issues")
        fits("Issue", document.get("body", ""))
        item.title, item.body = document.get("title", item.title), document.get("body", item.body)
        item.open = document.get("state", "open" if item.open else "closed") == "open"
        return JSONResponse(self._pull(item) if item.branch else self._issue(item))

    def comments(self, request: Request, _grant: Grant, _document: Any) -> Response:
        item = self._item(request)
        return self._page(request, [self._comment(one) for one in self.world.of(item.number)])

    def add_comment(self, request: Request, grant: Grant, document: Any) -> Response:
        item = self._item(request)
        needs(grant, "pull_requests" if item.branch else "issues")
        fits("IssueComment", document["body"])
        return JSONResponse(
            self._comment(self.world.comment(item.number, grant.account, document["body"])), 201
        )

    def edit_comment(self, request: Request, grant: Grant, document: Any) -> Response:
        fits("IssueComment", document["body"])
        for comment in self.world.comments:
            if comment.number == request.path_params["comment"]:
                needs(grant, "pull_requests" if self.world.items[comment.on].branch else "issues")
                self.world.edit(comment, grant.account, document["body"])
                return JSONResponse(self._comment(comment))
        raise Refused(404, "Not Found")

    def label(self, request: Request, grant: Grant, document: Any) -> Response:
        item = self._item(request)
        needs(grant, "pull_requests" if item.branch else "issues")
        item.labels += [name for name in document["labels"] if name not in item.labels]
        return JSONResponse([{"name": name} for name in item.labels])

    # -- what comes back -------------------------------------------------------------------------------------------

    def _pulls(self) -> list[Item]:
        return [one for one in self.world.items.values() if one.branch]

    def _item(self, request: Request, *, pull: bool = False) -> Item:
        item = self.world.items.get(request.path_params["number"])
        if item is None or (pull and not item.branch):
            raise Refused(404, "Not Found")
        return item

    def _page(self, request: Request, rows: list[Any]) -> Response:
        asked = request.query_params
        size, page = min(int(asked.get("per_page", "30")), 100), int(asked.get("page", "1"))
        headers = {}
        if page * size < len(rows):
            # the forge names the repository by its number there
            path = request.url.path.replace(f"/repos/{self.world.repository}", "/repositories/1300192")
            query = urlencode({**asked, "per_page": size, "page": page + 1})
            headers["link"] = f'<{request.url.scheme}://{request.url.netloc}{path}?{query}>; rel="next"'
        return JSONResponse(rows[(page - 1) * size : page * size], headers=headers)

    def _url(self, item: Item) -> str:
        return f"https://github.example/{self.world.repository}/{'pull' if item.branch else 'issues'}/{item.number}"

    def _pull(self, item: Item) -> dict[str, Any]:
        return {
            "number": item.number,
            "html_url": self._url(item),
            "state": "open" if item.open else "closed",
            "title": item.title,
            "body": item.body or None,
            "user": user(item.author),
            "head": {"sha": item.head, "ref": item.branch},
            "base": {"ref": item.base},
            # of an open one it is a merge that was tried
            "merge_commit_sha": item.merge_commit or "e" * 40,
            "merged_at": time(item.merged) if item.merged else None,
        }

    def _issue(self, item: Item) -> dict[str, Any]:
        found: dict[str, Any] = {
            "number": item.number,
            "html_url": self._url(item),
            "state": "open" if item.open else "closed",
            "title": item.title,
            "body": item.body or None,
            "user": user(item.author),
            "labels": [{"name": name} for name in item.labels],
        }
        return {**found, "pull_request": {"url": self._url(item)}} if item.branch else found

    def _comment(self, comment: Comment) -> dict[str, Any]:
        item = self.world.items[comment.on]
        return {
            "id": comment.number,
            "node_id": node(comment),
            "html_url": f"{self._url(item)}#issuecomment-{comment.number}",
            "body": comment.body,
            "user": user(comment.author) if comment.author else None,
            "created_at": time(comment.created),
            "updated_at": time(comment.edited or comment.created),
        }
