"""The link that lets a browser in: it works once, and not for long.

Whoever has it acts with the operator's token, so it is worth as much as the token for as long as it works. Of a link
that was given the digest is kept, as of a session.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LASTS = 10 * 60.0
"""Seconds for which a link works."""

MOST = 20
"""Links at a time; the oldest makes room."""


class Links:
    """Links that were given and not used; safe to use from many threads.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._given: dict[bytes, float] = {}

    def give(self) -> str:
        """The key of a new link, which is not kept."""
        key = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._given) >= MOST:
                del self._given[next(iter(self._given))]
            self._given[_digest(key)] = self._clock() + LASTS
        return key

    def works(self, key: str) -> bool:
        """Whether a link would let somebody in now; asking uses nothing up."""
        with self._lock:
            return self._clock() < self._given.get(_digest(key), 0.0)

    def use(self, key: str) -> bool:
        """Whether a link lets somebody in; it does so once."""
        with self._lock:
            return self._clock() < self._given.pop(_digest(key), 0.0)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
