"""Where a pipeline runs: at which forge, and the pull request that it runs for, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.language import N_
from reconciler.errors import InputError, Message, ReconcilerError
from reconciler.flow.forges import TELLING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST_EVENT = 32_000_000
"""Bytes of the event of a pipeline that are read; GitHub's are below 25 MB."""

HERE = options.together(
    options.option(
        "--forge",
        type=click.Choice(list(TELLING)),
        help=N_("Where the repository is; the pipeline's own variables tell if nothing is said."),
    ),
    options.option(
        "--patience",
        type=click.FloatRange(0.1, 3600),
        default=120,
        show_default=True,
        metavar="SECONDS",
        help=N_("How long a request may take, with all tries and pauses."),
    ),
)
"""The options of every command that speaks with a forge."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a pipeline runs for.

    Attributes:
        number: of the pull request; None where it runs for none.
        head: the commit that the pull request proposes; "" where it runs for none.
        commit: the commit that it runs on; "" where it does not tell.
        issue: the number of the issue; None where it runs for none.
    """

    number: int | None
    head: str
    commit: str
    issue: int | None


def read_event(kind: str) -> Event:
    """What a pipeline of a forge says of itself.

    Raises:
        InputError: where the file of the event cannot be read.
    """
    if kind == "gitlab":
        commit = os.environ.get("CI_COMMIT_SHA", "")
        number = _number(os.environ.get("CI_MERGE_REQUEST_IID"))
        # of a merge that is tried the commit is another one than the head
        head = os.environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or commit
        return Event(number, head if number else "", commit, None)
    document = _event_document(os.environ.get("GITHUB_EVENT_PATH", ""))
    number, head = _pull_request(document)
    return Event(
        number=number,
        head=head,
        commit=os.environ.get("GITHUB_SHA", ""),
        issue=_number(_inside(document, "issue", "number")),
    )


def kind_of_forge(flag: str | None) -> str:
    """Which forge: the flag, or whose variables are there.

    Raises:
        ReconcilerError: where neither or both are.
    """
    found = [name for name, variable in TELLING.items() if os.environ.get(variable)]
    if flag or len(found) == 1:
        return flag or found[0]
    raise ReconcilerError(
        Message("nothing tells at which forge this pipeline runs"),
        hint=Message(
            "one of {variables} tells, or say which with --forge", variables=", ".join(TELLING.values())
        ),
    )


def _event_document(path: str) -> Mapping[str, Any]:
    """The event of a pipeline of GitHub; empty where there is none."""
    if not path:
        return {}
    import orjson

    try:
        with Path(path).open("rb") as file:
            document = orjson.loads(file.read(_LARGEST_EVENT))
    except OSError as error:
        raise InputError(Message("{path} cannot be read: {why}", path=path, why=error.strerror)) from None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise InputError(Message("{path} is not the event of a pipeline", path=path))
    return document


def _pull_request(document: Mapping[str, Any]) -> tuple[int | None, str]:
    """Number and head of the pull request of an event; of a run for another workflow, of that one's."""
    number, head = (
        _inside(document, "pull_request", "number"),
        _inside(document, "pull_request", "head", "sha"),
    )
    if number is None:
        run = document.get("workflow_run")
        found = run.get("pull_requests") if isinstance(run, dict) else None
        if isinstance(found, list) and len(found) == 1:
            number, head = _inside(found[0], "number"), _inside(run, "head_sha")
    return _number(number), head if isinstance(head, str) else ""


def _inside(document: Any, *names: str) -> Any:
    """What stands in an object in an object …; None where it does not."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _number(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
