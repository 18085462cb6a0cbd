"""What a backend is to the rest of the program, and how one is configured; imports nothing heavy.

A backend from outside registers a function `open_backend(config: BackendConfig) -> Backend` under the
entry point group "reconciler.backends"; the name of the entry point is the `kind` in the configuration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from reconciler.apply.protocol import Jobs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    from reconciler.grid import OperationKind, Outcome


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """Which backend, and what it needs to know.

    Attributes:
        kind: name of the entry point: "http", "embedded", or one from outside.
        settings: as written in the configuration; each kind documents its own and refuses others.
        token: tells who we are; shown nowhere, not in the repr either.
        token_from: where the token was read, for hints: the name of a variable or a file.
    """

    kind: str
    settings: Mapping[str, str]
    token: str = field(repr=False)
    token_from: str = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable, no secret


@dataclass(frozen=True, slots=True)
class Notification:
    """The backend's word that a job has ended.

    Attributes:
        key: its id at the backend.
        job: key of the job.
        kind: what the job did.
        created: when, with its time zone.
        read: whether the operator has opened it.
        outcomes: how many items ended in which way; outcomes that did not occur may be missing.
    """

    key: str
    job: str
    kind: OperationKind
    created: datetime
    read: bool
    outcomes: Mapping[Outcome, int]


class Backend(Jobs, Protocol):
    """One bureau, as one operator sees it; a context manager that closes what it opened.

    Every method may raise BackendError: Unreachable where there is no answer, Unauthorised where the token
    is not accepted, StateMoved where the state would not keep still while it was read.
    """

    def notifications(self) -> tuple[Notification, ...]:
        """The operator's notifications, unread first, then newest first."""

    def mark_read(self, key: str) -> None:
        """Mark one notification as read; again changes nothing."""

    def close(self) -> None:
        """Close connections, files and threads; again does nothing."""

    def __enter__(self) -> Self:
        """The backend itself."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
