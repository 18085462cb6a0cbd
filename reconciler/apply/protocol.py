"""What apply needs from a backend, and the values that pass between the two; names, not ids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.grid import OperationKind, Outcome
    from reconciler.plan.current import Current
    from reconciler.rights import Reason


@dataclass(frozen=True, slots=True)
class Order:
    """One operation over one block, as it is sent.

    Attributes:
        kind: which of the three.
        consultants: keys.
        clients: keys.
        programs: keys, all of the bureau package; empty for removing access.
        revision: of the state that it was planned on. An item that somebody else changed since then ends as
            precondition-failed, and nothing is done to it.
        run: names the run that the order belongs to; changes of the same run are not somebody else's.
        other_programs_too: removing access also takes programs outside the bureau package.
    """

    kind: OperationKind
    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    programs: tuple[str, ...]
    revision: str
    run: str
    other_programs_too: bool = False


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Job:
    """An operation running at the backend.

    Attributes:
        key: its id at the backend.
        state: how far it is.
        pairs: how many pairs its block spans.
        finished: how many of them are dealt with.
    """

    key: str
    state: JobState
    pairs: int
    finished: int


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """What became of one pair, or of some of its programs: one outcome each.

    Attributes:
        consultant: key.
        client: key.
        access: whether this tells about access to the client itself.
        programs: keys of the programs that this tells about.
        outcome: what became of it.
        reason: why, where it was refused or failed.
    """

    consultant: str
    client: str
    access: bool
    programs: tuple[str, ...]
    outcome: Outcome
    reason: Reason | str | None


@dataclass(frozen=True, slots=True)
class Notification:
    """The bureau's word that a job is done.

    Attributes:
        key: its id at the backend.
        job: the key of the job.
        kind: which of the three operations it was.
        created: when, as the backend writes it (RFC 3339).
        read: whether it was read before.
        outcomes: how many items of each.
    """

    key: str
    job: str
    kind: OperationKind
    created: str
    read: bool
    outcomes: Mapping[Outcome, int]


class Jobs(Protocol):
    """The part of a backend that apply uses."""

    def current(self) -> Current:
        """Fetch the current state, all of one revision."""

    def revision(self) -> str:
        """The revision that the state is at now."""

    def submit(self, order: Order, idempotency_key: str) -> Job:
        """Start an operation. The same key again starts nothing and tells of the same job."""

    def job(self, key: str, patience: float) -> Job:
        """How far a job is; waits up to so many seconds for it to be done."""

    def results(self, key: str) -> Iterator[Item]:
        """What became of the items of a job that is done."""
