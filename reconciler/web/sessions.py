"""Who is signed in: sessions in the memory of this process, each behind a cookie that only its browser has.

Of a cookie's value the digest is kept, so that what stands in memory signs nobody in. A session ends when it is not
used for a while, and in any case after a day's work; it also ends with the process.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from reconciler.web.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Callable

Who = TypeVar("Who")

IDLE = 60 * 60.0
"""Seconds without a request after which a session is over."""

WHOLE = 12 * 60 * 60.0
"""Seconds after which it is over in any case."""

MOST = 1_000
"""Sessions at a time; the one that was not used for longest makes room."""


@dataclass(slots=True, eq=False)
class Session(Generic[Who]):
    """Somebody who is signed in.

    Attributes:
        who: who it is, as the site knows them.
        csrf: stands in every form of this session, and in no other.
        begun: seconds of the clock.
        used: likewise, when the last request came.
        lock: held by a request that changes something, so that there is one at a time.
        kept: what the pages remember for this session, by the name of the room that remembers it.
    """

    who: Who
    csrf: str
    begun: float
    used: float
    lock: threading.RLock = field(default_factory=threading.RLock)
    kept: dict[str, Any] = field(default_factory=dict)

    def recent(self, name: str, most: int) -> Recent[Any]:
        """What is remembered under a name: the last so many values of a kind."""
        found: Recent[Any] = self.kept.setdefault(name, Recent(most))
        return found

    def sent_by_us(self, token: str) -> bool:
        """Whether a form carries this session's word."""
        return hmac.compare_digest(self.csrf.encode(), token.encode("utf-8", "surrogatepass"))


class Sessions(Generic[Who]):
    """The sessions of a site; safe to use from many threads.

    Args:
        clock: seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, Session[Who]] = OrderedDict()

    def begin(self, who: Who) -> tuple[str, Session[Who]]:
        """Sign somebody in.

        Returns:
            The value of the cookie, which is not kept, and the session.
        """
        value, now = secrets.token_urlsafe(32), self._clock()
        session = Session(who, secrets.token_urlsafe(24), now, now)
        with self._lock:
            self._kept[_digest(value)] = session
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return value, session

    def find(self, value: str, *, used: bool = True) -> Session[Who] | None:
        """The session behind a cookie, None where there is none or it is over.

        Args:
            value: of the cookie.
            used: whether somebody does something; a page that looks again by itself does not keep a session going.
        """
        key, now = _digest(value), self._clock()
        with self._lock:
            session = self._kept.get(key)
            if session is None:
                return None
            if now - session.used > IDLE or now - session.begun > WHOLE:
                del self._kept[key]
                return None
            if used:
                session.used = now
                self._kept.move_to_end(key)
            return session

    def end(self, value: str) -> None:
        """Sign out."""
        with self._lock:
            self._kept.pop(_digest(value), None)


def _digest(value: str) -> bytes:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).digest()
