"""Run a plan's operations as jobs, a few at a time, and follow them to their results.

It sends what the plan says and nothing else (law 4); what a backend refuses is reported and never sent
again. One order that fails does not stop the others, but for those that wait for it. What stops the sending: a backend that cannot be reached, a
lease that is lost, a journal that cannot be written. Whoever calls it may stop it with KeyboardInterrupt: then
nothing more is sent, and what is running is followed for a while.

Each order is journalled before it is sent and after each answer. So a run that was cut off at any instant goes
on where it was: what may have been sent is sent again with the same key, what has a job is followed, and the
rest is sent.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from reconciler.apply.orders import idempotency_key
from reconciler.apply.protocol import JobState
from reconciler.apply.results import Ended, Result, Results, finished
from reconciler.errors import BackendError, JournalFailed, LeaseLost, Rejected, Unauthorised, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.apply.protocol import Hold, Job, Jobs, Journal
    from reconciler.errors import Message


@dataclass(frozen=True, slots=True)
class Pace:
    """How apply goes about it.

    Attributes:
        width: how many jobs run at once.
        patience: seconds to wait in one question about a job.
        job_timeout: seconds after which a job that is not done is given up.
        grace: seconds to follow running jobs after an interrupt.
    """

    width: int = 4
    patience: float = 5.0
    job_timeout: float = 600.0
    grace: float = 10.0


class Progress(Protocol):
    """Is told how apply goes on."""

    def __call__(self, result: Result, done: int, total: int) -> None:
        """An order has ended: so many of all orders are done."""


@dataclass(frozen=True, slots=True)
class _Sent:
    """A job on its way: the place of its order, its key, and when it was sent (monotonic seconds)."""

    place: int
    job: str
    since: float


def carry_out(
    begun: Results, jobs: Jobs, journal: Journal, hold: Hold, *, pace: Pace, progress: Progress
) -> Results:
    """Do the orders of a run that are not done.

    Args:
        begun: what is known of each order; see `orders.start`. The plan is approved, and still true.
        jobs: the backend.
        journal: where the run is written down.
        hold: keeps other applies away.
        pace: how many at a time, and how patient.
        progress: is told of each order that has ended.

    Returns:
        A result for every order, sent or not.
    """
    return _Run(begun, jobs, journal, hold, pace=pace, progress=progress).all()


class _Run:
    """One run. Every order has a result from the start, which is true at any instant of an interrupt."""

    def __init__(
        self, begun: Results, jobs: Jobs, journal: Journal, hold: Hold, *, pace: Pace, progress: Progress
    ) -> None:
        self._key, self._results = begun.run, list(begun.results)
        self._jobs, self._journal, self._hold = jobs, journal, hold
        self._pace, self._progress = pace, progress
        self._queue: deque[int] = deque()
        self._sent: deque[_Sent] = deque()
        self._stopped: Message | None = None
        self._writes = True
        for place, result in enumerate(self._results):
            if result.ended.final:
                continue
            if result.job is None:
                self._queue.append(place)
            else:
                self._sent.append(_Sent(place, result.job, time.monotonic()))
        self._ended = len(self._results) - len(self._queue) - len(self._sent)

    def all(self) -> Results:
        """Send and follow until nothing is left, or until stopped by hand."""
        interrupted = False
        try:
            while self._queue or self._sent:
                self._step()
        except KeyboardInterrupt:
            interrupted = True
            self._wind_down()
        return Results(self._key, tuple(self._results), interrupted, self._stopped)

    def _step(self) -> None:
        """Send while there is room, then ask about the job that was sent first."""
        while len(self._sent) < self._pace.width and (place := self._next()) is not None:
            self._queue.remove(place)
            self._send(place)
        if self._sent:
            self._follow(self._pace.patience)

    def _next(self) -> int | None:
        """The first order that waits for nothing any more; those that wait in vain are not sent."""
        going: set[int] = set()
        for place in tuple(self._queue):
            before = self._results[place].order.after
            if not before:
                return place
            going = going or {*self._queue, *(sent.place for sent in self._sent)}
            if not going.isdisjoint(before):
                continue
            undone = [result for result in (self._results[i] for i in before) if not result.clean]
            if not undone:
                return place
            # where an earlier one may still be done when the run goes on, so may this
            self._queue.remove(place)
            going.remove(place)
            ended = Ended.WITHHELD if all(one.ended.final for one in undone) else Ended.NOT_SENT
            self._end(place, replace(self._results[place], ended=ended))
        return None

    def _wind_down(self) -> None:
        """Send nothing more, and follow what is running for a while; a second interrupt ends that too."""
        self._queue.clear()
        deadline = time.monotonic() + self._pace.grace
        with contextlib.suppress(KeyboardInterrupt):
            while self._sent and (left := deadline - time.monotonic()) > 0:
                self._follow(min(left, self._pace.patience))

    def _send(self, place: int) -> None:
        before = replace(self._results[place], problem=None)
        if not (self._kept() and self._written(lambda: self._journal.sending(place))):
            return
        self._results[place] = replace(before, ended=Ended.UNANSWERED)
        try:
            job = self._jobs.submit(before.order, idempotency_key(self._key, place), self._hold.lease)
        except (LeaseLost, Unauthorised) as error:
            # nothing is wrong with the order, and it was not taken in: it is sent when the run goes on
            self._stop(error.message)
            self._end(place, replace(before, ended=Ended.NOT_SENT))
        except BackendError as error:
            self._give_up_on(error)
            ended = Ended.REJECTED if isinstance(error, Rejected) else Ended.UNANSWERED
            self._end(place, replace(before, ended=ended, problem=error.message))
        else:
            self._accepted(place, before, job)

    def _accepted(self, place: int, before: Result, job: Job) -> None:
        self._results[place] = replace(before, ended=Ended.UNFINISHED, job=job.key)
        self._sent.append(_Sent(place, job.key, time.monotonic()))
        self._written(lambda: self._journal.accepted(place, job.key))

    def _follow(self, patience: float) -> None:
        """Ask once about the job that was sent first; where it is done or given up, it has ended."""
        self._kept()
        sent = self._sent[0]
        before = self._results[sent.place]
        try:
            if self._jobs.job(sent.job, patience).state is JobState.DONE:
                items = self._jobs.results(sent.job)
                self._end(sent.place, finished(before.operation, before.order, sent.job, items))
            elif time.monotonic() - sent.since > self._pace.job_timeout:
                self._end(sent.place, before)
            else:
                self._sent.rotate(-1)
                return
        except BackendError as error:
            self._give_up_on(error)
            self._end(sent.place, replace(before, problem=error.message))
        self._sent.remove(sent)

    def _kept(self) -> bool:
        """Whether others are kept away still; where they are not, nothing more is sent."""
        if self._stopped is not None:
            return False
        try:
            self._hold.keep()
        except LeaseLost as error:
            self._stop(error.message)
            return False
        return True

    def _written(self, write: Callable[[], None]) -> bool:
        """Write into the journal; where that fails nothing more is sent, and nothing more is written."""
        if not self._writes:
            return False
        try:
            write()
        except JournalFailed as error:
            self._writes = False
            self._stop(error.message)
        return self._writes

    def _stop(self, why: Message) -> None:
        """Send nothing more; what runs is followed to its end."""
        self._stopped = self._stopped or why
        self._queue.clear()

    def _give_up_on(self, error: BackendError) -> None:
        """A backend that cannot be reached, or does not know us any more, gets nothing more to do."""
        if isinstance(error, Unreachable | Unauthorised):
            self._queue.clear()

    def _end(self, place: int, result: Result) -> None:
        self._results[place] = result
        self._ended += 1
        self._written(lambda: self._journal.ended(place, result))
        self._progress(result, self._ended, len(self._results))
