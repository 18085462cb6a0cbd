"""The thread that does the jobs: one chunk of each bureau's oldest job in turn, until none is left.

What it does is in the database alone, so it may be stopped or killed at any instant, and another one goes on.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from reconciler.bureau.chunks import advance, unfinished

if TYPE_CHECKING:
    from reconciler.bureau.store import Store

logger = logging.getLogger(__name__)

_IDLE = 0.5
"""Seconds between two looks for jobs that another process took in, and before a failed chunk is tried again."""

_BREATH = 0.0005
"""Seconds between two chunks, in which those who wait to write get their turn: a lock is not fair by itself."""


class Worker:
    """Does the jobs of a database in the background.

    Args:
        store: the database.
        chunk: how many pairs are done in one transaction.
    """

    def __init__(self, store: Store, chunk: int) -> None:
        self._store = store
        self._chunk = chunk
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether the server is on its way down; nobody should wait for a job any longer."""
        return self._stop.is_set()

    def start(self) -> None:
        """Start; jobs left over from before are gone on with."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._work, name="bureau-jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the chunk at hand."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """There is a new job."""
        self._wake.set()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            if not self._round():
                self._wake.wait(_IDLE)

    def _round(self) -> bool:
        """One chunk for each bureau; whether there was anything to do that could be done."""
        worked = False
        for number in self._unfinished():
            if self._stop.is_set():
                return False
            worked |= self._advance(number)
            self._stop.wait(_BREATH)
        return worked

    def _unfinished(self) -> list[int]:
        try:
            with self._store.read() as db:
                return unfinished(db)
        except Exception:  # a full disk or a locked file today must not end the jobs of tomorrow
            logger.exception("cannot look for jobs")
            return []

    def _advance(self, number: int) -> bool:
        try:
            with self._store.write() as db:
                advance(db, number, self._chunk)
        except Exception:  # the chunk was rolled back as a whole: log it, and try it again later
            logger.exception("a chunk of job %d failed", number)
            return False
        return True
