"""A proposal for others to review: its branch pushed, and a pull request opened for it at the forge."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.errors import Message
from reconciler.flow.forges import NAMES, TELLING, address_of, one_line, open_forge, token_place
from reconciler.flow.pushing import Remote, find_remote, push, target_of
from reconciler.flow.tokens import Missing, find_token
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.flow.branches import Base

PATIENCE = 60.0
"""Seconds that a request to a forge may take: somebody waits for the page."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where pull requests are opened.

    Attributes:
        remote: what the branch is pushed to.
        kind: of the forge: "github".
        repository: as the forge calls it: "byran/access", at GitLab a number.
        base: the branch there that pull requests are for; None for the main one, where no branch is checked out.
    """

    remote: Remote
    kind: str
    repository: str
    base: str | None

    @property
    def forge(self) -> str:
        """The forge as it calls itself."""
        return NAMES[self.kind]


def find_destination(base: Base) -> Destination | Missing:
    """Where a pull request would be opened, or why none can be; nobody is asked over a network.

    The variables that a pipeline of a forge has tell, in whatever shell they are set; where they name no repository, the remote
    does, if it is at the forge to whose API the token is sent.

    Args:
        base: what is checked out.

    Raises:
        ReconcilerError: where a token is there that must not be used.
    """
    remote = find_remote(base)
    if isinstance(remote, Missing):
        return remote
    named = {kind: os.environ.get(variable, "") for kind, variable in TELLING.items()}
    kinds = [kind for kind, name in named.items() if name] or [
        kind for kind in TELLING if _is_at(remote, kind)
    ]
    if len(kinds) != 1:
        return Missing(
            Message("nothing tells at which forge the repository is"),
            Message("one of the variables {variables} tells", variables=", ".join(TELLING.values())),
        )
    [kind] = kinds
    token = find_token(token_place(kind))
    if isinstance(token, Missing):
        return token
    return _destination(base, remote, kind, named[kind])


def _destination(base: Base, remote: Remote, kind: str, repository: str) -> Destination | Missing:
    variable = TELLING[kind]
    if kind == "github" and _is_at(remote, kind):
        if repository and repository.lower() != remote.path.lower():
            return Missing(
                Message(
                    "{variable} names {repository}, and the branch would be pushed to {remote}",
                    variable=variable,
                    repository=repository,
                    remote=remote.shown,
                ),
                Message("they have to be the same; set the variable, or leave it away"),
            )
        repository = remote.path
    if not repository:
        return Missing(
            Message("the variable {name} is not set", name=variable),
            Message("it names the repository at {forge}", forge=NAMES[kind]),
        )
    return Destination(remote, kind, repository, target_of(base, remote))


def _is_at(remote: Remote, kind: str) -> bool:
    """Whether a remote is at the forge whose API the token of a kind is sent to."""
    host = (urlsplit(address_of(kind)).hostname or "").lower()
    return bool(remote.host) and remote.host in {host, host.removeprefix("api.")}


def open_pull_request(
    base: Base,
    destination: Destination,
    branch: str,
    commit: str,
    title: str,
    text: str,
    labels: Sequence[str] = (),
    patience: float = PATIENCE,
) -> str:
    """Push a branch and propose it; where our pull request for it is open, that gets the title and the text.

    Doing it again is safe: what has been pushed and opened is found.

    Args:
        base: what is checked out.
        destination: where.
        branch: of ours.
        commit: that it is at.
        title: of the pull request.
        text: of it, in Markdown.
        labels: for a new one.
        patience: seconds that a request may take.

    Returns:
        The address of the pull request.

    Raises:
        Overtaken: where the branch has other commits at the remote.
        ForgeError: where the forge does not take it; the branch is pushed then.
        ReconcilerError: where the branch cannot be pushed.
    """
    from reconciler.forge.sticky import Proposed, put_pull_request

    named = one_line(short(title, 250))
    push(base, destination.remote, branch, commit)
    with open_forge(destination.kind, patience, destination.repository) as there:
        proposed = Proposed(branch, destination.base or there.main_branch(), named, text, tuple(labels))
        return put_pull_request(there, proposed)
