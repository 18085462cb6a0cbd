"""What can be set for a backend, and the limits on every exchange with it.

url, allow-plain-http, ca-file      http (see http.py)
database                            embedded (see embedded.py)
the fields of Limits, with hyphens  both: deadline: 30, max-response-bytes: 1000000, …
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from reconciler.errors import Message, ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN = frozenset({"url", "allow-plain-http", "ca-file", "database"})


@dataclass(frozen=True, slots=True)
class Limits:
    """How much patience and memory a backend gets; times in seconds.

    Attributes:
        connect_timeout: until a connection stands.
        read_timeout: between two pieces of an answer.
        deadline: for a whole exchange, from the connection to the last byte of the answer.
        max_response_bytes: of one answer, decoded.
        max_pages: of one list.
        restarts: how often reading the state starts again because it moved.
        retries: how often a request is sent again after 429, 5xx, a time-out or a broken connection.
        backoff: the first pause between two tries; it doubles, and a random part of it is left out.
        max_wait: the longest single pause, whatever Retry-After says.
        total_wait: all pauses of one request together.
        poll: between two looks at a job, where the backend does not wait for us.
    """

    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    deadline: float = 120.0
    max_response_bytes: int = 64_000_000
    max_pages: int = 10_000
    restarts: int = 4
    retries: int = 5
    backoff: float = 0.5
    max_wait: float = 30.0
    total_wait: float = 120.0
    poll: float = 0.5

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Limits:
        """From settings; what is not set keeps its default. ReconcilerError where one is no positive number."""
        given: dict[str, Any] = {
            field.name: _number(_setting(field.name), settings[_setting(field.name)], type(field.default))
            for field in fields(cls)
            if _setting(field.name) in settings
        }
        return cls(**given)


def check_names(settings: Mapping[str, str]) -> None:
    """ReconcilerError where a setting is not one of those above.

    Those of the other kind are let be: a flag may have chosen this one over the one in the file.
    """
    known = _OWN | {_setting(field.name) for field in fields(Limits)}
    for name in settings:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            raise ReconcilerError(
                Message("the backend has no setting {name}", name=name),
                hint=Message("did you mean “{name}”?", name=close[0])
                if close
                else Message("it has: {names}", names=", ".join(sorted(known))),
            )


def required(settings: Mapping[str, str], name: str) -> str:
    """A setting that must be there; ReconcilerError where it is not."""
    value = settings.get(name, "")
    if not value:
        raise ReconcilerError(Message("the backend needs the setting {name}", name=name))
    return value


def yes(settings: Mapping[str, str], name: str) -> bool:
    """A setting that is yes or no, no where it is not given; ReconcilerError where it is something else."""
    value = settings.get(name, "no")
    if value not in ("yes", "no"):
        raise ReconcilerError(Message("the setting {name} is yes or no, not {value}", name=name, value=value))
    return value == "yes"


def _setting(field: str) -> str:
    return field.replace("_", "-")


def _number(name: str, value: str, kind: type) -> float:
    try:
        number: float = kind(value)
    except ValueError:
        number = -1
    if not 0 <= number < float("inf"):
        raise ReconcilerError(Message("the setting {name} is a number, not {value}", name=name, value=value))
    return number
