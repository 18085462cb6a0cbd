"""What apply needs from a backend, and the values that pass between the two; names, not ids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.apply.results import Result
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
        after: places of earlier orders of the run that must have done all that they ask before this is sent; it
            is what the run keeps to, and not part of what is sent.
    """

    kind: OperationKind
    consultants: tuple[str, ...]
    clients: tuple[str, ...]
    programs: tuple[str, ...]
    revision: str
    run: str
    other_programs_too: bool = False
    after: tuple[int, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Lease:
    """The bureau's word that nobody else applies to it meanwhile.

    Attributes:
        key: names it; chosen by who asks for it.
        holder: who has it and where, for people.
        granted: since when, as the backend writes it (RFC 3339).
        seconds: it runs out so long after it was given or renewed.
    """

    key: str
    holder: str
    granted: str
    seconds: int


class Leases(Protocol):
    """The part of a backend that keeps two applies apart."""

    def take_lease(self, key: str, holder: str, seconds: int) -> Lease | None:
        """Take the bureau's lease; the same key again renews it. None where the backend does without leases.

        Raises:
            LeaseHeld: where somebody else has it.
        """

    def renew_lease(self, key: str) -> Lease:
        """Let a lease run from now on again.

        Raises:
            LeaseLost: where it was released, or another one was given since.
        """

    def release_lease(self, key: str) -> None:
        """End a lease; again changes nothing."""

    def lease(self) -> Lease | None:
        """The lease in force, None where there is none."""


class Jobs(Protocol):
    """The part of a backend that apply uses."""

    def current(self) -> Current:
        """Fetch the current state, all of one revision."""

    def revision(self) -> str:
        """The revision that the state is at now."""

    def submit(self, order: Order, idempotency_key: str, lease: str | None = None) -> Job:
        """Start an operation. The same key again starts nothing and tells of the same job.

        Args:
            order: the operation.
            idempotency_key: names it, once and for all.
            lease: the key of the lease that it is sent under, None where there is none.

        Raises:
            LeaseLost: where that lease is in force no longer; nothing was started.
        """

    def job(self, key: str, patience: float) -> Job:
        """How far a job is; waits up to so many seconds for it to be done."""

    def results(self, key: str) -> Iterator[Item]:
        """What became of the items of a job that is done."""


class Hold(Protocol):
    """What keeps other applies away while a run goes on."""

    @property
    def lease(self) -> str | None:
        """The key of the lease to send under, None where there is none."""

    def keep(self) -> None:
        """Renew what must be renewed by now; costs nothing most of the time.

        Raises:
            LeaseLost: where it keeps nobody away any more.
        """


class Journal(Protocol):
    """Where a run writes down what it is about to do, and every answer, before it goes on.

    Every method has written it to the disk when it returns, and may raise JournalFailed. A place is that of the
    order in the run.
    """

    def sending(self, place: int) -> None:
        """An order is about to be sent."""

    def accepted(self, place: int, job: str) -> None:
        """The backend has taken it in, as this job."""

    def ended(self, place: int, result: Result) -> None:
        """This became of it, as far as is known."""
