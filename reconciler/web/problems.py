"""What a page says instead of what it was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message

if TYPE_CHECKING:
    from collections.abc import Mapping


class PageProblem(Exception):
    """A page that cannot be shown, or a form that cannot be taken.

    Attributes:
        status: of HTTP.
        message: what is wrong.
        hint: what to do about it, None for nothing.
        headers: sent along.
    """

    def __init__(
        self,
        status: int,
        message: Message,
        hint: Message | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.hint = hint
        self.headers = dict(headers or {})


def not_there() -> PageProblem:
    """There is no such page, or nothing of that name."""
    return PageProblem(
        404,
        Message("There is no such page here."),
        Message("It may have been removed, or the address is mistyped."),
    )
