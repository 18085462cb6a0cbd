"""One apply of a bureau at a time: a lock on this machine, and a lease of the bureau for all others.

The lock goes with its process. So who gets it and finds the note of another run knows that its process was killed,
and ends its lease rather than wait for it to run out.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import BackendError, Busy, LeaseHeld, Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.apply import Hold, Lease
    from reconciler.backends import Backend
    from reconciler.flow.telling import Tell
    from reconciler.journal import Holder, Lock

SECONDS = 120
"""For which a lease is taken; it is renewed when half of it is over."""

_LEFT = 15.0
"""Seconds to wait in any case for the jobs that a killed apply of this machine left running."""

_PAUSE = 0.5
"""Seconds between two looks whether the lease is free."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn is wanted.

    Attributes:
        run: the key of the run; its lease has the same.
        who: user and machine.
        wait: seconds to wait for others; may be infinite.
    """

    run: str
    who: str
    wait: float = 0.0


@contextmanager
def locked(backend: Backend, place: str, turn: Turn, tell: Tell) -> Iterator[Hold]:
    """Keep other applies of the bureau away, on this machine and everywhere else.

    Args:
        backend: open.
        place: the backend and the bureau, for what the lock is on.
        turn: whose it is to be.
        tell: told of what there is to know meanwhile.

    Raises:
        Busy: where another apply is at it for longer than it is to be waited for; nothing was done.
        JournalFailed: where there can be no lock in the state folder.
    """
    from reconciler.flow.state import state_folder
    from reconciler.journal import Lock

    deadline = time.monotonic() + turn.wait
    lock = Lock(state_folder() / "locks", place)
    try:
        left = _alone(lock, turn, tell)
        with _leased(backend, turn, left, deadline, tell) as hold:
            yield hold
    finally:
        lock.release()


def who() -> str:
    """User and machine, for people."""
    import getpass
    import socket

    user = ""
    with suppress(OSError, KeyError, ImportError):  # nobody has a name in some containers
        user = getpass.getuser()
    return f"{user}@{socket.gethostname()}"[:200]


def _alone(lock: Lock, turn: Turn, tell: Tell) -> Holder | None:
    """Take the lock of this machine; who was killed while they held it."""
    from datetime import UTC, datetime

    from reconciler.journal import Holder, Taken

    me = Holder(turn.run, turn.who, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    try:
        return lock.acquire(me)
    except Taken as taken:
        busy = _busy_here(taken.holder)
    if not turn.wait:
        raise busy
    _tell_waiting(busy, tell)
    try:
        return lock.acquire(me, turn.wait)
    except Taken as taken:
        raise _busy_here(taken.holder) from None


@contextmanager
def _leased(backend: Backend, turn: Turn, left: Holder | None, deadline: float, tell: Tell) -> Iterator[Hold]:
    from reconciler.apply import Renewed

    lease = _lease(backend, turn, left, deadline, tell)
    if lease is None:
        why = Message("this backend has no leases: only applies on this machine are kept apart")
        tell(Message("note: {message}", message=why))
    try:
        yield Renewed(backend, lease)
    finally:
        if lease is not None:
            with suppress(BackendError):  # then it runs out by itself
                backend.release_lease(lease.key)


def _lease(backend: Backend, turn: Turn, left: Holder | None, deadline: float, tell: Tell) -> Lease | None:
    """Take the lease, as soon as there is one to be had; None where the backend does without leases."""
    dead, told = "" if left is None else left.run, False
    while True:
        try:
            return backend.take_lease(turn.run, f"{turn.who} {turn.run}"[:255], SECONDS)
        except LeaseHeld as error:
            held = backend.lease()
            busy = _busy_there(held, error)
        except BackendError:
            # it may have been given to us all the same: nobody shall have to wait until it runs out
            with suppress(BackendError):
                backend.release_lease(turn.run)
            raise
        if dead and held is not None and held.key == dead:
            backend.release_lease(dead)
            dead, deadline = "", max(deadline, time.monotonic() + _LEFT)
            continue
        rest = deadline - time.monotonic()
        if rest <= 0:
            raise busy
        if not told and turn.wait:
            _tell_waiting(busy, tell)
            told = True
        time.sleep(min(_PAUSE, rest))


def _tell_waiting(busy: Busy, tell: Tell) -> None:
    tell(Message("waiting: {message}", message=busy.message))


def _busy_here(holder: Holder | None) -> Busy:
    if holder is None:
        return Busy(Message("another apply of this bureau is at it on this machine"), _how())
    return Busy(
        Message(
            "another apply of this bureau is at it: run {run} of {who} since {since}",
            run=holder.run,
            who=holder.who,
            since=_time(holder.since),
        ),
        _how(),
    )


def _busy_there(lease: Lease | None, error: LeaseHeld) -> Busy:
    if lease is None:  # it has just ended, or the backend does not tell
        return Busy(error.message, _how())
    return Busy(
        Message(
            "another apply of this bureau is at it: {holder} since {since}",
            holder=lease.holder,
            since=_time(lease.granted),
        ),
        _how(),
    )


def _how() -> Message:
    return Message("wait for it with --wait, or try again later; nothing was done")


def _time(text: str) -> str:
    """RFC 3339 in UTC, to the second, as people read it."""
    return f"{text[:10]} {text[11:19]} UTC"
