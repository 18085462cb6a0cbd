"""What a form or an address says: bounded, never trusted, each name with all its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from reconciler.errors import Message
from reconciler.web.problems import PageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

MOST_BYTES = 1_000_000
"""Of a form: far more than the longest one of ours."""

MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Form:
    """Names with their values.

    Attributes:
        values: by name, in the order in which they came; at least one each.
    """

    values: Mapping[str, tuple[str, ...]]

    def text(self, name: str, otherwise: str = "") -> str:
        """The last value of a name, without white space around it."""
        return self.values[name][-1].strip() if name in self.values else otherwise

    def texts(self, name: str) -> tuple[str, ...]:
        """All values of a name."""
        return self.values.get(name, ())

    def number(self, name: str, otherwise: int, most: int = 1_000_000) -> int:
        """A whole number from 1 to `most`; what it is otherwise where it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= most else otherwise


def parse_form(text: str) -> Form:
    """What `application/x-www-form-urlencoded` says; PageProblem where it says too much."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise PageProblem(413, Message("That is more than a form of ours holds.")) from None
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return Form({name: tuple(values) for name, values in found.items()})


async def read_form(request: Request) -> Form:
    """The form that a request carries; PageProblem where it is too large, or is something else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise PageProblem(415, Message("This page takes what its own form sends."))
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise PageProblem(413, Message("That is more than a form of ours holds."))
    return parse_form(body.decode("utf-8", "replace"))
