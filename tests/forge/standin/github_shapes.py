"""The shapes of GitHub's answers, and how it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from tests.forge.standin.world import WRITE, Account

if TYPE_CHECKING:
    from tests.forge.standin.world import Comment, Grant

LONGEST = 65_536


class Refused(Exception):
    def __init__(self, code: int, message: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(message)
        self.answer = JSONResponse({"message": message, "status": str(code), **more}, code, headers)


def needs(grant: Grant, what: str) -> None:
    if grant.may.get(what) != WRITE:
        headers = {"x-accepted-github-permissions": "issues=write; pull_requests=write"}
        raise Refused(403, "Resource not accessible by integration", headers)


def fits(resource: str, body: str) -> None:
    if len(body) > LONGEST:
        invalid(resource, "data", "unprocessable", "Body is too long (maximum is 65536 characters)")


def invalid(resource: str, field: str, code: str, message: str = "") -> None:
    raise Refused(
        422,
        "Validation Failed",
        errors=[
            {"resource": resource, "field": field, "code": code, **({"message": message} if message else {})}
        ],
    )


def user(account: Account) -> dict[str, Any]:
    return {"login": account.login, "id": account.number, "type": "Bot" if account.bot else "User"}


def edited(comment: Comment) -> dict[str, Any]:
    if comment.edited is None:
        return {"lastEditedAt": None, "editor": None}
    editor = comment.editor
    actor = editor and {
        "__typename": "Bot" if editor.bot else "User",
        "login": editor.login.removesuffix("[bot]"),
    }
    return {"lastEditedAt": time(comment.edited), "editor": actor}


def node(comment: Comment) -> str:
    return f"IC_{comment.number}"


def time(at: Any) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
