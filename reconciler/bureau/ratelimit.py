"""So many requests in any so many seconds, for each who asks: a sliding window over the times of its requests."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.bureau.settings import RateLimit

Key = TypeVar("Key", str, int)

MOST = 10_000
"""Of those who ask, so many are remembered before the ones whose windows are empty are forgotten."""


class Allowance(NamedTuple):
    """What is left for somebody.

    Attributes:
        allowed: whether this request is within the limit; one that is not does not count.
        remaining: how many more requests are allowed now.
        reset: whole seconds until another one is allowed where none remains, else until the window is empty.
    """

    allowed: bool
    remaining: int
    reset: int


class Limiter(Generic[Key]):
    """Counts the requests of each operator, or whoever else it is that asks, in this process.

    Args:
        limit: what is allowed.
        clock: seconds, never going back.
    """

    def __init__(self, limit: RateLimit, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._times: dict[Key, deque[float]] = {}

    def ask(self, who: Key) -> Allowance:
        """Count a request, if it is within the limit."""
        with self._lock:
            now = self._clock()
            if len(self._times) >= MOST and who not in self._times:
                self._forget(now)
            times = self._times.setdefault(who, deque())
            while times and times[0] <= now - self.limit.seconds:
                times.popleft()
            allowed = len(times) < self.limit.requests
            if allowed:
                times.append(now)
            remaining = self.limit.requests - len(times)
            until = times[-1 if remaining else 0] + self.limit.seconds - now
            return Allowance(allowed, remaining, max(1, math.ceil(until)))

    def give_back(self, who: Key) -> None:
        """Do not count the last request after all."""
        with self._lock:
            times = self._times.get(who)
            if times:
                times.pop()

    def _forget(self, now: float) -> None:
        past = [
            who for who, times in self._times.items() if not times or times[-1] <= now - self.limit.seconds
        ]
        for who in past:
            del self._times[who]

    def headers(self, allowance: Allowance) -> dict[str, str]:
        """The header fields that tell about it (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"operator";q={self.limit.requests};w={self.limit.seconds}',
            "RateLimit": f'"operator";r={allowance.remaining};t={allowance.reset}',
        }
