"""The last few values of a kind, by key: what a session or a site remembers, and for how long."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """Values by key; the one that was not put in for longest makes room. Safe to use from many threads.

    Args:
        most: how many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        """The value of a key; None where there is none, or none any more."""
        with self._lock:
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Put a value in, as the newest; the one of that key goes."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)

    def drop(self, key: Hashable) -> None:
        """Take the value of a key away, if there is one."""
        with self._lock:
            self._values.pop(key, None)

    def items(self) -> list[tuple[Hashable, Value]]:
        """All of them, the oldest first."""
        with self._lock:
            return list(self._values.items())
