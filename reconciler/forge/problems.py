"""What went wrong in an exchange with a forge, as errors for people.

What a forge answers is a value of a message, shortened; the token is cut out of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from reconciler.errors import ForgeError, Message, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where the API is, for messages.

    Attributes:
        name: the forge: "GitHub".
        url: the address of its API.
        token: what must not show up in any of them.
        token_from: where the token came from.
    """

    name: str
    url: str
    token: str = field(repr=False)
    token_from: str

    def clean(self, text: object) -> str:
        """A forge's text, fit to be a value of a message."""
        words = str(text)
        return (words.replace(self.token, "…") if self.token else words)[:_LONGEST]


def unanswered(error: httpx.TransportError, place: Place) -> NoAnswer:
    """From an exchange that gave no answer."""
    if isinstance(error, httpx.TimeoutException):
        return NoAnswer(
            Message("{place} did not answer in time", place=place.name),
            hint=Message("try again later; --patience gives it more time"),
        )
    why = place.clean(error)
    if isinstance(error, httpx.ConnectError):
        return NoAnswer(Message("{place} cannot be reached: {why}", place=place.url, why=why))
    return NoAnswer(Message("{place} broke off the exchange: {why}", place=place.name, why=why))


def too_long(seconds: float, place: Place) -> ForgeError:
    """From a limit on how much may be asked, which takes longer to pass than we wait."""
    return ForgeError(
        Message(
            "{place} has had too many requests, and asks to wait for {seconds} seconds",
            place=place.name,
            seconds=round(seconds),
        ),
        hint=Message("try again later; --patience gives it more time"),
    )


def refused(response: httpx.Response, path: str, place: Place) -> ForgeError:
    """From an answer that is no success."""
    status = response.status_code
    values: dict[str, object] = {
        "place": place.name,
        "path": path,
        "status": status,
        "detail": place.clean(" · ".join(_details(response)) or response.reason_phrase),
    }
    hint: Message | None = None
    match status:
        case 401:
            message = Message("{place} does not accept the token: {detail}", **values)
            hint = Message("the token was read from {source}", source=place.token_from)
        case 403:
            message = Message("{place} does not permit {path}: {detail}", **values)
            hint = _permissions(response, place)
        case 404:
            message = Message("{place} has no {path}, or does not show it to this token", **values)
        case _ if 300 <= status < 400:
            message = Message("{place} sends {path} elsewhere, which is not followed: {status}", **values)
            hint = Message(
                "it names {location}; has the repository been renamed?", location=_location(response, place)
            )
        case _ if status >= 500:
            return NoAnswer(Message("{place} is not available: {status} {detail}", **values))
        case _:
            message = Message("{place} answered {path} with {status}: {detail}", **values)
    return ForgeError(message, hint=hint)


def _permissions(response: httpx.Response, place: Place) -> Message:
    """What the token would need, where the forge tells."""
    needed = response.headers.get("x-accepted-github-permissions", "")
    if needed:
        return Message("the token would need: {permissions}", permissions=place.clean(needed))
    return Message("the token was read from {source}", source=place.token_from)


def _location(response: httpx.Response, place: Place) -> str:
    return place.clean(response.headers.get("location", "-"))


def _details(response: httpx.Response) -> Iterator[str]:
    """The texts of an error: `message`, `error`, and those of `errors`."""
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, dict):
        return
    for name in ("message", "error"):
        if document.get(name):
            yield str(document[name])
    errors = document.get("errors")
    for one in errors if isinstance(errors, list) else []:
        yield str(one.get("message") or one) if isinstance(one, dict) else str(one)
