"""A stand-in on a port, with what people do there and the variables of its pipelines."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn

from tests.forge.standin import github, gitlab
from tests.forge.standin.faults import Faults
from tests.forge.standin.world import READ, WRITE, Comment, Grant, Item, World
from tests.support import canary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

TOKEN = canary.token("forge-writes")
"""Of a workflow that may write."""

READER = canary.token("forge-reads")
"""Of a workflow of a fork."""

APP = canary.token("forge-app")
"""Of an app of the bureau's own."""

BOT = "github-actions[bot]"
PROJECT_BOT = "project_7_bot_0123456789abcdef"
"""The accounts of these workflows, at GitHub and at GitLab."""


@dataclass
class Standin:
    """A repository that is served.

    Attributes:
        world: what there is.
        bot: the account of a pipeline.
        url: of the API.
        faults: what goes wrong next.
        asked: each request that came: method and path.
    """

    world: World
    bot: str = BOT
    url: str = ""
    faults: Faults = field(default_factory=Faults)
    asked: list[tuple[str, str]] = field(default_factory=list)

    # -- what people do -------------------------------------------------------------------------------------------

    def open_pull(self, by: str, *, branch: str, head: str, title: str = "A change", body: str = "") -> int:
        """Open a pull request for main; its number."""
        self.world.branches.add(branch)
        made = self.world.open(
            self.world.account(by), title, body, branch=branch, head=head, base=self.world.main
        )
        return made.number

    def open_issue(self, by: str, title: str, body: str) -> int:
        return self.world.open(self.world.account(by), title, body).number

    def push_branch(self, branch: str) -> None:
        """A branch that no pull request is for."""
        self.world.branches.add(branch)

    def push(self, number: int, head: str) -> None:
        """Push a commit to the branch of a pull request."""
        self.world.push(self.item(number), head)

    def merge(self, number: int, commit: str) -> None:
        """Merge a pull request as a commit."""
        self.world.merge(self.item(number), commit)

    def review(self, number: int, by: str, state: str = "APPROVED", commit: str = "") -> None:
        """Review the head of a pull request, or another commit of it."""
        item = self.item(number)
        self.world.review(item, self.world.account(by), state, commit or item.head)

    def comment(self, number: int, by: str, body: str) -> Comment:
        return self.world.comment(number, self.world.account(by), body)

    def edit(self, comment: Comment, by: str, body: str) -> None:
        self.world.edit(comment, self.world.account(by), body)

    # -- what there is --------------------------------------------------------------------------------------------

    def item(self, number: int) -> Item:
        return self.world.items[number]

    def comments(self, number: int) -> list[Comment]:
        return self.world.of(number)

    def issues(self) -> list[Item]:
        """All issues, closed ones among them; no pull requests."""
        return [one for one in self.world.items.values() if not one.branch]

    def written(self) -> list[tuple[str, str]]:
        """The requests that wanted to change something."""
        return [one for one in self.asked if one[0] != "GET" and not one[1].endswith("/graphql")]

    def environment(
        self, event: str, number: int | None, folder: Path, *, sha: str = "", token: str = TOKEN
    ) -> dict[str, str]:
        """The variables of a workflow that runs on pull_request, push, issues or schedule, and of its like at GitLab.

        Args:
            event: which of them.
            number: of the pull request or the issue.
            folder: where the file of the event goes.
            sha: the commit that it runs on; of a pull request the merge that is tried.
            token: of the workflow.
        """
        if self.bot == PROJECT_BOT:
            return self._gitlab_environment(event, number, sha or "e" * 40, token)
        document: dict[str, Any] = {"repository": {"full_name": self.world.repository}}
        if event == "pull_request" and number:
            document["pull_request"] = {"number": number, "head": {"sha": self.item(number).head}}
        if event == "issues" and number:
            document["issue"] = {"number": number}
        path = folder / f"event-{event}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": self.world.repository,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_SHA": sha or "e" * 40,
            "GITHUB_TOKEN": token,
        }

    def _gitlab_environment(self, event: str, number: int | None, sha: str, token: str) -> dict[str, str]:
        of_a_merge = event == "pull_request" and number
        return {
            "CI_API_V4_URL": self.url,
            "CI_PROJECT_ID": gitlab.PROJECT,
            "CI_COMMIT_SHA": sha,
            "CI_MERGE_REQUEST_IID": str(number) if of_a_merge else "",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": self.item(number).head if of_a_merge and number else "",
            "GITLAB_TOKEN": token,
        }


class _Watched:
    """An application whose requests are written down, and some of which go wrong."""

    def __init__(self, app: Starlette, standin: Standin) -> None:
        self.app, self.standin = app, standin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        self.standin.asked.append((method, path))
        fault = self.standin.faults.take(method, path)
        if fault is None:
            await self.app(scope, receive, send)
            return
        if fault.done:
            await self.app(scope, receive, _nowhere)
        await fault.answer()(scope, receive, send)


async def _nowhere(_message: Any) -> None:
    """Where an answer goes that is lost."""


@contextmanager
def github_standin(repository: str = "byran/access") -> Iterator[Standin]:
    """GitHub with one repository, a workflow that may write, one that may not, and an app of the bureau's own."""
    standin = _with_tokens(repository, BOT)
    with _served(_Watched(github.create_app(standin.world), standin)) as url:
        standin.url = url
        yield standin


@contextmanager
def gitlab_standin(project: str = "byran/access") -> Iterator[Standin]:
    """GitLab with one project, and the same accounts."""
    standin = _with_tokens(project, PROJECT_BOT)
    with _served(_Watched(gitlab.create_app(standin.world), standin)) as url:
        standin.url = f"{url}/api/v4"
        yield standin


def _with_tokens(repository: str, bot: str) -> Standin:
    world = World(repository)
    writes = {"pull_requests": WRITE, "issues": WRITE, "contents": READ}
    world.tokens[TOKEN] = Grant(world.account(bot), writes)
    world.tokens[READER] = Grant(world.account(bot), {"contents": READ})
    world.tokens[APP] = Grant(world.account("our-app[bot]"), writes)
    return Standin(world, bot)


@contextmanager
def _served(app: Any) -> Iterator[str]:
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
