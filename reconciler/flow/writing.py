"""Git, where it writes: with its settings as writing needs them, and its failures as errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message, ReconcilerError
from reconciler.flow.git import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from reconciler.flow.git import Done

SECONDS = 60.0
"""How long a step may take; somebody may have to unlock the key that signs."""

_PLAIN = (
    *("-c", "core.splitIndex=false"),  # would leave a part of the index in the repository
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.sparseCheckout=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "user.useConfigOnly=true"),  # no name made up from that of the machine
)


def git(folder: Path, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None) -> Done:
    """Run git with what writing needs.

    Raises:
        ReconcilerError: where there is none.
    """
    done = run(folder, *_PLAIN, *arguments, given=given, seconds=SECONDS, more=more)
    if done is None:
        raise ReconcilerError(Message("git cannot be run here"))
    return done


def told(done: Done) -> str:
    """What git says in one line.

    Raises:
        ReconcilerError: where it failed.
    """
    if done.code != 0:
        raise failed(done)
    return done.out.decode("ascii").strip()


def failed(done: Done) -> ReconcilerError:
    """The error of a call that failed."""
    return ReconcilerError(Message("git cannot write the commit: {why}", why=why_of(done)))


def why_of(done: Done) -> str | Message:
    """Why it failed."""
    return Message("it took too long") if done.code is None else done.why()
