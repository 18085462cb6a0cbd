"""Keep a lease by renewing it in time; without one nothing is kept, and nothing is asked of the backend."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reconciler.errors import BackendError, LeaseLost, Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.apply.protocol import Lease, Leases


class Renewed:
    """A lease that is renewed when half of its time is over; a `Hold`.

    A renewal that gets no answer is tried again, until the lease has run out by our own clock: from then on
    somebody else may have it.

    Args:
        leases: the backend.
        lease: just taken; None where the backend does without.
        clock: seconds, never going back.
    """

    def __init__(
        self, leases: Leases, lease: Lease | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._leases, self._lease, self._clock = leases, lease, clock
        self._due = self._end = 0.0
        self._runs_from(clock())

    @property
    def lease(self) -> str | None:
        """The key of the lease to send under, None where there is none."""
        return None if self._lease is None else self._lease.key

    def keep(self) -> None:
        """Renew the lease if half of its time is over; LeaseLost where it is lost."""
        now = self._clock()
        if self._lease is None or now < self._due:
            return
        try:
            self._lease = self._leases.renew_lease(self._lease.key)
        except LeaseLost:
            raise
        except BackendError as error:
            if now >= self._end:
                raise LeaseLost(
                    Message("the lease has run out, and cannot be renewed: {why}", why=error.message)
                ) from error
            self._due = now + self._lease.seconds / 16
        else:
            self._runs_from(now)  # counted from before it was asked for

    def _runs_from(self, now: float) -> None:
        if self._lease is not None:
            self._due, self._end = now + self._lease.seconds / 2, now + self._lease.seconds
