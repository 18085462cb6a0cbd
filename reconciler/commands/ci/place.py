"""Where a pipeline runs: the forge, its token, and the pull request that it runs for, from the environment."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.language import N_
from reconciler.errors import InputError, Message, ReconcilerError
from reconciler.flow.tokens import Missing, TokenFile, TokenPlace, Variable, find_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.forge.api import Patience
    from reconciler.forge.seam import Forge

_LARGEST_EVENT = 32_000_000
"""Bytes of the event of a pipeline that are read; GitHub's are below 25 MB."""

_TELLING = {"github": "GITHUB_REPOSITORY", "gitlab": "CI_PROJECT_ID"}
"""The variable that tells that a pipeline is one of a forge."""

HERE = options.together(
    options.option(
        "--forge",
        type=click.Choice(list(_TELLING)),
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
    found = [name for name, variable in _TELLING.items() if os.environ.get(variable)]
    if flag or len(found) == 1:
        return flag or found[0]
    raise ReconcilerError(
        Message("nothing tells at which forge this pipeline runs"),
        hint=Message(
            "one of {variables} tells, or say which with --forge", variables=", ".join(_TELLING.values())
        ),
    )


def open_forge(kind: str, patience: float) -> closing[Forge]:
    """The repository that the pipeline is of, to be used with `with`.

    Raises:
        ReconcilerError: where a variable is missing or wrong, or there is no token.
    """
    from reconciler.forge.api import Patience

    return closing(_OPENERS[kind](Patience.of(patience)))


def _github(patience: Patience) -> Forge:
    from reconciler.forge.api import ForgeApi
    from reconciler.forge.github import HEADERS, GitHub, graphql_of
    from reconciler.forge.problems import Place

    url = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    token, source = _token("GITHUB_TOKEN")
    repository = _variable("GITHUB_REPOSITORY")
    api = ForgeApi(Place("GitHub", url, token, source), HEADERS, patience)
    return GitHub(api, repository, graphql_of(url))


def _gitlab(patience: Patience) -> Forge:
    from reconciler.forge.api import ForgeApi
    from reconciler.forge.gitlab import GitLab, graphql_of
    from reconciler.forge.problems import Place

    url = os.environ.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
    token, source = _token("GITLAB_TOKEN")
    api = ForgeApi(Place("GitLab", url, token, source), {"Accept": "application/json"}, patience)
    return GitLab(api, _variable("CI_PROJECT_ID"), graphql_of(url))


_OPENERS = {"github": _github, "gitlab": _gitlab}


def _token(name: str) -> tuple[str, str]:
    """A token, and where it was found: the variable, or the file that another variable names."""
    place: TokenPlace = Variable(name)
    file = os.environ.get(f"{name}_FILE", "")
    if file and not os.environ.get(name, "").strip():
        place = TokenFile(Path(file))
    token = find_token(place)
    if isinstance(token, Missing):
        raise ReconcilerError(token.why, token.hint)
    return token, str(place)


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ReconcilerError(
            Message("the variable {name} is not set", name=name),
            hint=Message("a pipeline of the forge has it by itself"),
        )
    return value


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
