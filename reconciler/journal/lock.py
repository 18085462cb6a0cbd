"""One apply of a bureau at a time on this machine: a lock of the system's, which goes when its process does.

Beside it stands who holds it. Who gets the lock and still finds somebody there knows that they were killed: they
could not say goodbye.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from reconciler.errors import JournalFailed, Message
from reconciler.private import write_private

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import FileLock

_LARGEST = 10_000
"""Bytes of the note beside a lock."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock.

    Attributes:
        run: the key of the run.
        who: user and machine.
        since: RFC 3339 in UTC.
    """

    run: str
    who: str
    since: str


class Taken(Exception):
    """Somebody else holds the lock.

    Args:
        holder: who; None where that cannot be told.
    """

    def __init__(self, holder: Holder | None) -> None:
        super().__init__()
        self.holder = holder


class Lock:
    """The lock of one bureau at one backend.

    Args:
        folder: of the locks.
        name: what is locked.
    """

    def __init__(self, folder: Path, name: str) -> None:
        stem = hashlib.sha256(name.encode()).hexdigest()[:32]
        self._path, self._note = folder / f"{stem}.lock", folder / f"{stem}.json"
        self._lock: FileLock | None = None

    def acquire(self, holder: Holder, patience: float = 0.0) -> Holder | None:
        """Take the lock.

        Args:
            holder: who takes it.
            patience: seconds to wait for it; may be infinite.

        Returns:
            Who was killed while they held it, None where nobody was.

        Raises:
            Taken: where somebody else holds it all the while.
            JournalFailed: where this folder or file system cannot have a lock.
        """
        from filelock import FileLock, Timeout

        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # a lock that outlived its process would be worse than none
            lock = FileLock(self._path, mode=0o600, fallback_to_soft=False, preserve_lock_file=True)
            lock.acquire(timeout=-1 if patience == float("inf") else patience)
        except Timeout:
            raise Taken(self._read()) from None
        except (OSError, NotImplementedError) as error:
            raise JournalFailed(
                Message("the lock {path} cannot be taken: {why}", path=self._path, why=error),
                Message("RECONCILER_STATE_DIR names another folder for it"),
            ) from error
        self._lock = lock
        left = self._read()
        self._write(holder)
        return left

    def release(self) -> None:
        """Give it back; nothing where it is not held."""
        if self._lock is not None:
            with suppress(OSError):
                self._note.unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    def _read(self) -> Holder | None:
        with suppress(OSError, ValueError, TypeError, AttributeError):
            with self._note.open(encoding="utf-8") as file:
                said = json.loads(file.read(_LARGEST))
            return Holder(**{name: str(value) for name, value in said.items()})
        return None

    def _write(self, holder: Holder) -> None:
        """The note, whole or not at all; that it cannot be written is no reason not to go on."""
        with suppress(OSError):
            write_private(self._note, [json.dumps(asdict(holder)).encode()])
