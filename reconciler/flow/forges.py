"""Forges: their addresses, the repository and the token, from the environment that a pipeline of theirs has."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import InputError, Message, ReconcilerError
from reconciler.flow.tokens import TokenFile, TokenPlace, Variable, read_token

if TYPE_CHECKING:
    from reconciler.forge.api import Patience
    from reconciler.forge.seam import Forge

TELLING = {"github": "GITHUB_REPOSITORY", "gitlab": "CI_PROJECT_ID"}
"""The variable that names the repository at a forge, and so tells that a pipeline is one of it."""

NAMES = {"github": "GitHub", "gitlab": "GitLab"}

_ADDRESSES = {
    "github": ("GITHUB_API_URL", "https://api.github.com"),
    "gitlab": ("CI_API_V4_URL", "https://gitlab.com/api/v4"),
}
_TOKENS = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}

_LONGEST_TITLE = 250
"""Characters; GitLab takes 255, GitHub 256."""


def open_forge(kind: str, patience: float, repository: str = "") -> closing[Forge]:
    """A repository at a forge, to be used with `with`.

    Args:
        kind: which forge.
        patience: seconds that a request may take, with all tries and pauses.
        repository: as the forge calls it; "" for the one that the variables name.

    Raises:
        ReconcilerError: where a variable is missing or wrong, or there is no token.
    """
    from reconciler.forge.api import Patience

    return closing(_OPENERS[kind](Patience.of(patience), repository))


def _github(patience: Patience, repository: str) -> Forge:
    from reconciler.forge.api import ForgeApi
    from reconciler.forge.github import HEADERS, GitHub, graphql_of
    from reconciler.forge.problems import Place

    url = address_of("github")
    token, source = _token("github")
    repository = repository or _variable(TELLING["github"])
    api = ForgeApi(Place("GitHub", url, token, source), HEADERS, patience)
    return GitHub(api, repository, graphql_of(url))


def _gitlab(patience: Patience, repository: str) -> Forge:
    from reconciler.forge.api import ForgeApi
    from reconciler.forge.gitlab import GitLab, graphql_of
    from reconciler.forge.problems import Place

    url = address_of("gitlab")
    token, source = _token("gitlab")
    api = ForgeApi(Place("GitLab", url, token, source), {"Accept": "application/json"}, patience)
    return GitLab(api, repository or _variable(TELLING["gitlab"]), graphql_of(url))


_OPENERS = {"github": _github, "gitlab": _gitlab}


def address_of(kind: str) -> str:
    """The address of the API of a forge."""
    variable, usual = _ADDRESSES[kind]
    return os.environ.get(variable) or usual


def token_place(kind: str) -> TokenPlace:
    """Where the token of a forge is looked for: the variable, or the file that another variable names."""
    name = _TOKENS[kind]
    file = os.environ.get(f"{name}_FILE", "")
    return TokenFile(Path(file)) if file and not os.environ.get(name, "").strip() else Variable(name)


def _token(kind: str) -> tuple[str, str]:
    """A token, and where it was found."""
    place = token_place(kind)
    return read_token(place), str(place)


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ReconcilerError(
            Message("the variable {name} is not set", name=name),
            hint=Message("a pipeline of the forge has it by itself"),
        )
    return value


def one_line(title: str) -> str:
    """A title as forges take it: in one line, not too long.

    Raises:
        InputError: where it says nothing.
    """
    line = " ".join(title.split())
    if not line:
        raise InputError(Message("the title is empty"))
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"
