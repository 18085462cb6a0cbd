"""The bureau as pages see it: asked again when it may have changed, and not waited for where it does not answer."""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.backends import Backend
    from reconciler.plan import Current

PAUSE = 1.0
"""Seconds for which what the bureau said is taken for what it says."""

RIGHTS = 30.0
"""Seconds after which the rights of the operators are asked for again: they have no revision."""

AGAIN = 5.0
"""Seconds for which a bureau that did not answer is not asked again."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What the bureau said last.

    Attributes:
        current: its state; None where it never told one.
        failed: why it does not answer now; None where it does.
        at: when it told its state, by this machine's clock.
    """

    current: Current | None
    failed: ReconcilerError | None = None
    at: dt.datetime | None = None

    def state(self) -> Current:
        """Its state, of now or of when it was last heard.

        Raises:
            ReconcilerError: where there is none.
        """
        if self.current is None:
            assert self.failed is not None
            raise self.failed
        return self.current

    def now(self) -> Current:
        """Its state of now.

        Raises:
            ReconcilerError: why it does not answer.
        """
        if self.failed is not None:
            raise self.failed
        return self.state()


class Bureau:
    """A bureau; safe to use from many threads, of which one at a time asks it.

    Args:
        backend: open, and closed by who opened it. Its client is not made for several threads.
        clock: seconds, never going back.
    """

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.monotonic) -> None:
        self.backend = backend
        self.lock = threading.RLock()
        self._clock = clock
        self._heard = Heard(None)
        self._next = self._rights = 0.0

    def heard(self) -> Heard:
        """What it says; what it said last where somebody else is just asking it."""
        known = self._heard
        if self._clock() < self._next:
            return known
        if not self.lock.acquire(blocking=known.current is None):
            return known
        try:
            if self._clock() >= self._next:
                self._ask()
            return self._heard
        finally:
            self.lock.release()

    def ask(self) -> Heard:
        """What it says at this moment."""
        with self.lock:
            self._ask()
            return self._heard

    def forget(self) -> None:
        """Ask again next time: something was done there."""
        self._next = 0.0

    def _ask(self) -> None:
        try:
            current = self._look(self._heard.current)
        except ReconcilerError as error:
            self._heard = replace(self._heard, failed=error)
            self._next = self._clock() + AGAIN
            return
        self._heard = Heard(current, None, dt.datetime.now(dt.UTC))
        self._next = self._clock() + PAUSE

    def _look(self, known: Current | None) -> Current:
        """Its state, as little of it fetched as has changed."""
        if known is None or not self.backend.unchanged(known.mark):
            self._rights = self._clock() + RIGHTS
            return self.backend.current()
        if self._clock() < self._rights:
            return self._later(known)
        operator, others = self.backend.operators(known.register)
        self._rights = self._clock() + RIGHTS
        return self._later(replace(known, operator=operator, others=others))

    def _later(self, known: Current) -> Current:
        """The same state, told now: by its clock as much later as by ours."""
        at = self._heard.at
        if known.told is None or at is None:
            return known
        return replace(known, told=known.told + (dt.datetime.now(dt.UTC) - at))
