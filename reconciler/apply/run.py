"""Run a plan's operations as jobs, a few at a time, and follow them to their results.

It sends what the plan says and nothing else (law 4); what a backend refuses is reported and never sent
again. One order that fails does not stop the others; a backend that cannot be reached does. Whoever calls
it may stop it with KeyboardInterrupt: then nothing more is sent, and what is running is followed for a while.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from reconciler.apply.orders import orders
from reconciler.apply.protocol import JobState
from reconciler.apply.results import Ended, Result, Results, finished
from reconciler.errors import BackendError, Unauthorised, Unreachable

if TYPE_CHECKING:
    from reconciler.apply.protocol import Jobs, Order
    from reconciler.plan import Plan


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


def run(plan: Plan, jobs: Jobs, run_key: str, pace: Pace, progress: Progress) -> Results:
    """Do what a plan says.

    Args:
        plan: approved, and still true.
        jobs: the backend.
        run_key: names this run; the idempotency keys are made from it, so that nothing is done twice.
        pace: how many at a time, and how patient.
        progress: is told of each order that has ended.

    Returns:
        A result for every order of the plan, sent or not.
    """
    return _Run(list(orders(plan, run_key)), jobs, run_key, pace, progress).all()


class _Run:
    """One run. Every order has a result from the start, which is true at any instant of an interrupt."""

    def __init__(
        self, todo: list[tuple[int, Order]], jobs: Jobs, key: str, pace: Pace, progress: Progress
    ) -> None:
        self._jobs, self._key, self._pace, self._progress = jobs, key, pace, progress
        self._results = [Result(operation, order, Ended.NOT_SENT) for operation, order in todo]
        self._queue = deque(range(len(todo)))
        self._sent: deque[_Sent] = deque()
        self._ended = 0

    def all(self) -> Results:
        """Send and follow until nothing is left, or until stopped by hand."""
        interrupted = False
        try:
            while self._queue or self._sent:
                self._step()
        except KeyboardInterrupt:
            interrupted = True
            self._wind_down()
        return Results(self._key, tuple(self._results), interrupted)

    def _step(self) -> None:
        """Send while there is room, then ask about the job that was sent first."""
        while self._queue and len(self._sent) < self._pace.width:
            self._send(self._queue.popleft())
        if self._sent:
            self._follow(self._pace.patience)

    def _wind_down(self) -> None:
        """Send nothing more, and follow what is running for a while; a second interrupt ends that too."""
        self._queue.clear()
        deadline = time.monotonic() + self._pace.grace
        with contextlib.suppress(KeyboardInterrupt):
            while self._sent and (left := deadline - time.monotonic()) > 0:
                self._follow(min(left, self._pace.patience))

    def _send(self, place: int) -> None:
        before = self._results[place]
        self._results[place] = replace(before, ended=Ended.UNANSWERED)
        try:
            job = self._jobs.submit(before.order, f"{self._key}-{place}")
        except BackendError as error:
            self._give_up_on(error)
            ended = Ended.UNANSWERED if isinstance(error, Unreachable) else Ended.REJECTED
            self._end(place, replace(before, ended=ended, problem=error.message))
        else:
            self._results[place] = replace(before, ended=Ended.UNFINISHED, job=job.key)
            self._sent.append(_Sent(place, job.key, time.monotonic()))

    def _follow(self, patience: float) -> None:
        """Ask once about the job that was sent first; where it is done or given up, it has ended."""
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

    def _give_up_on(self, error: BackendError) -> None:
        """A backend that cannot be reached, or does not know us any more, gets nothing more to do."""
        if isinstance(error, Unreachable | Unauthorised):
            self._queue.clear()

    def _end(self, place: int, result: Result) -> None:
        self._results[place] = result
        self._ended += 1
        self._progress(result, self._ended, len(self._results))
