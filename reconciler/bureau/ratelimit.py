"""So many requests in any so many seconds, for each operator: a sliding window over the times of its requests."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.bureau.settings import RateLimit


class Allowance(NamedTuple):
    """What is left for an operator.

    Attributes:
        allowed: whether this request is within the limit; one that is not does not count.
        remaining: how many more requests are allowed now.
        reset: whole seconds until another one is allowed where none remains, else until the window is empty.
    """

    allowed: bool
    remaining: int
    reset: int


class Limiter:
    """Counts the requests of each operator, in this process.

    Args:
        limit: what is allowed.
        clock: seconds, never going back.
    """

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._times: dict[int, deque[float]] = {}

    def ask(self, operator: int) -> Allowance:
        """Count a request of an operator, if it is within the limit."""
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(operator, deque())
            while times and times[0] <= now - self.limit.seconds:
                times.popleft()
            allowed = len(times) < self.limit.requests
            if allowed:
                times.append(now)
            remaining = self.limit.requests - len(times)
            until = times[-1 if remaining else 0] + self.limit.seconds - now
            return Allowance(allowed, remaining, max(1, math.ceil(until)))

    def headers(self, allowance: Allowance) -> dict[str, str]:
        """The header fields that tell about it (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"operator";q={self.limit.requests};w={self.limit.seconds}',
            "RateLimit": f'"operator";r={allowance.remaining};t={allowance.reset}',
        }
