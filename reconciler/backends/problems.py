"""What went wrong in an exchange, as errors for people: one table for status codes, one for httpx's errors.

Texts that a backend sends are values of a message, shortened; the token is cut out of them, should a
backend repeat it.
"""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from reconciler.errors import (
    BackendError,
    LeaseHeld,
    LeaseLost,
    Message,
    NotOffered,
    Rejected,
    StateMoved,
    Unauthorised,
    Unreachable,
)

if TYPE_CHECKING:
    from reconciler.backends.config import BackendConfig

_OPTIONAL = {"/v1/history/query", "/v1/leases"}
"""Paths of the contract that a backend may do without."""

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where the API is, for messages.

    Attributes:
        name: the address or the file.
        token: what must not show up in any of them.
        token_from: where the token came from.
    """

    name: str
    token: str = field(repr=False)
    token_from: str

    @classmethod
    def of(cls, name: str, config: BackendConfig) -> Place:
        """Of a configured backend."""
        return cls(name, config.token, config.token_from)

    def clean(self, text: object) -> str:
        """A backend's text, fit to be a value of a message."""
        words = str(text)
        return (words.replace(self.token, "…") if self.token else words)[:_LONGEST]


def unanswered(error: httpx.TransportError, place: Place) -> Unreachable:
    """From an exchange that gave no answer, after all retries."""
    if isinstance(error, httpx.TimeoutException):
        return Unreachable(
            Message("{place} did not answer in time", place=place.name),
            hint=Message("try again later; the settings read-timeout and deadline allow more time"),
        )
    if isinstance(error, httpx.ConnectError):
        return _unconnected(error, place)
    return Unreachable(
        Message("{place} broke off the exchange: {why}", place=place.name, why=place.clean(error))
    )


def _unconnected(error: httpx.ConnectError, place: Place) -> Unreachable:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    hint = Message("is the address right, and is the backend running?")
    if cause is not None:
        hint = Message("the setting ca-file names the certificate of your own authority, where you have one")
    why = place.clean(error)
    return Unreachable(Message("{place} cannot be reached: {why}", place=place.name, why=why), hint=hint)


def refused(response: httpx.Response, path: str, place: Place) -> BackendError:
    """From an answer that is no success."""
    status = response.status_code
    code, detail = _problem(response)
    values: dict[str, object] = {
        "place": place.name,
        "path": path,
        "status": status,
        "code": place.clean(code),
        "detail": place.clean(detail),
    }
    hint: Message | None = None
    # any other answer leaves open what became of the request
    kind: type[BackendError] = Rejected if 400 <= status < 500 else BackendError
    match status:
        case 401:
            kind, message = Unauthorised, Message("{place} does not accept the token: {detail}", **values)
            hint = Message("the token was read from {source}", source=place.token_from)
        case 403:
            kind, message = Unauthorised, Message("{place} does not permit {path}: {detail}", **values)
        case 404 | 405 | 501 if path in _OPTIONAL:
            kind, message = NotOffered, Message("{place} does without {path}", **values)
        case 404 if not code:
            message = Message("{place} has no {path}: it may not be the address of a bureau API", **values)
            hint = Message("the setting url is the address before /v1")
        case 409 | 410:
            kind, message = _conflict(code, values)
        case 502 | 503 | 504:
            kind, message = Unreachable, Message("{place} is not available: {status} {detail}", **values)
        case _ if 300 <= status < 400:
            message = Message("{place} sends {path} elsewhere, which is not followed: {status}", **values)
            hint = _elsewhere(response, place)
        case _:
            message = _plain(values)
    return kind(message, hint=hint)


def _conflict(code: str, values: dict[str, object]) -> tuple[type[BackendError], Message]:
    """The kind of error of an answer that somebody else was there before."""
    match code:
        case "revision-gone":
            return StateMoved, Message("{place} no longer has the revision being read", **values)
        case "lease-held":
            return LeaseHeld, Message("{place} is in use by another apply: {detail}", **values)
        case "lease-lost":
            return LeaseLost, Message("the lease is lost: {detail}", **values)
        case _:
            return Rejected, _plain(values)


def _plain(values: dict[str, object]) -> Message:
    if not values["code"]:
        return Message("{place} answered {path} with {status}: {detail}", **values)
    return Message("{place} answered {path} with {status} {code}: {detail}", **values)


def _elsewhere(response: httpx.Response, place: Place) -> Message:
    location = place.clean(response.headers.get("location", ""))
    return Message("it names {location}; set url to the address that is meant", location=location)


def _problem(response: httpx.Response) -> tuple[str, str]:
    """Code and detail of a problem document (RFC 9457); "" and the status phrase where there is none."""
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return "", response.reason_phrase
    code, detail = document.get("code", ""), document.get("detail") or document.get("title", "")
    return (
        code if isinstance(code, str) else "",
        detail if isinstance(detail, str) and detail else response.reason_phrase,
    )
