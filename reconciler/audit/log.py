"""The log as a file: lines are appended under a lock and reach the disk before anything goes on.

Beside the log there is its head, in a file of its own somewhere else (`head`). An append goes: the head announces
what is about to be written; the lines are written; the head vouches for them. So whatever instant a crash comes at,
what stands after the head is what was announced, or was put there by something else. Nothing is appended to a log
that is not what its head says: a new head would make a cut-off tail good.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from reconciler.audit.chain import EMPTY, NOTHING, Found, Head, Walked, after, frame_of, lines_of, walk
from reconciler.audit.head import Kept, keep, kept_in
from reconciler.errors import AuditFailed, Message
from reconciler.private import sync_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

PATIENCE = 30.0
"""Seconds to wait for another process that is appending."""

_LONGEST = 64 * 2**20
"""Bytes of a line that are read; no line is that long."""


@dataclass(frozen=True, slots=True)
class _End:
    """Where a log ends.

    Attributes:
        kept: what is vouched for, whole lines all.
        found: what stands after them.
    """

    kept: Kept
    found: Found = NOTHING


@dataclass(frozen=True, slots=True)
class Log:
    """An audit log.

    Attributes:
        path: of the log.
        head_path: of its head, in another folder.
    """

    path: Path
    head_path: Path

    def append(self, entries: Sequence[Mapping[str, Any]]) -> Head:
        """Write entries; when it returns they are on the disk.

        Args:
            entries: in their order.

        Returns:
            The head after them.

        Raises:
            AuditFailed: where they cannot be written, or the log is not what its head says.
        """
        try:
            with self._locked(), _opened(self.path) as file:
                return self._append(file, entries)
        except OSError as error:
            raise self._unwritable(error.strerror or type(error).__name__) from None

    def kept(self) -> Kept | None:
        """What the head vouches for, None where there is none.

        Raises:
            AuditFailed: where it cannot be read, or is no head.
        """
        return kept_in(self.head_path)

    def walk(self, look_for: Collection[str]) -> Walked:
        """Follow the chain of the whole log.

        Raises:
            AuditFailed: where it cannot be read.
        """
        with self.opened() as file:
            return walk(_lines(file), look_for)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """The log, to be read.

        Raises:
            AuditFailed: where it cannot be.
        """
        try:
            # O_NONBLOCK: opening a pipe that nobody writes to must not hang
            handle = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(handle, "rb") as file:
                _regular(handle)
                yield file
        except OSError as error:
            why = error.strerror or type(error).__name__
            message = Message("the audit log {path} cannot be read: {why}", path=self.path, why=why)
            raise AuditFailed(message) from None

    def _append(self, file: BinaryIO, entries: Sequence[Mapping[str, Any]]) -> Head:
        end = self._end(file)
        lines = lines_of(entries, end.kept.head, end.found)
        head, announced = end.kept.head, []
        for line in lines:
            head = after(line, head)
            announced.append(head.digest)
        written = b"".join(lines)
        keep(self.head_path, self.path, Kept(end.kept.head, end.kept.size, end.kept.last, tuple(announced)))
        _write(file.fileno(), written[len(end.found.fragment) :])
        keep(self.head_path, self.path, Kept(head, end.kept.size + len(written), len(lines[-1])))
        return head

    def _end(self, file: BinaryIO) -> _End:
        """The end of the log, held against its head."""
        size = os.fstat(file.fileno()).st_size
        kept = self.kept()
        if kept is None:
            return self._headless(file, size) if size else _End(Kept(EMPTY, 0, 0))
        if size < kept.size:
            raise self._broken(Message("lines at its end are missing"))
        file.seek(kept.size - kept.last)
        if kept.last and after(file.read(kept.last), Head(kept.head.lines - 1)) != kept.head:
            raise self._broken(Message("line {line} is another one", line=kept.head.lines))
        walked = walk(_lines(file), kept.announced, kept.head)
        if walked.breaks or not kept.explains(walked):
            raise self._broken(Message("lines at its end were put there by something else"))
        vouched = size - walked.fragment
        file.seek(vouched)
        found = Found(file.read(walked.fragment))
        return _End(Kept(walked.head, vouched, walked.last or kept.last), found)

    def _headless(self, file: BinaryIO, size: int) -> _End:
        """The end of a log whose head is not here: its last whole line must do."""
        file.seek(max(size - _LONGEST, 0))
        whole, _, fragment = file.read().rpartition(b"\n")
        line = whole[whole.rfind(b"\n") + 1 :] + b"\n"
        frame = frame_of(line)
        if frame is None and whole:
            raise self._broken(Message("its last line is no line of an audit log"))
        if frame is None:
            return _End(Kept(EMPTY, 0, 0), Found(fragment, headless=True))
        head = after(line, Head(frame.number - 1))
        return _End(Kept(head, size - len(fragment), len(line)), Found(fragment, headless=True))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Nobody else appends meanwhile, in whatever process."""
        from filelock import FileLock, Timeout

        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(f"{self.path}.lock", timeout=PATIENCE, mode=0o600)
        try:
            with lock:
                yield
        except Timeout:
            raise self._unwritable("another process holds it") from None

    def _unwritable(self, why: str) -> AuditFailed:
        return AuditFailed(
            Message("the audit log {path} cannot be written: {why}", path=self.path, why=why),
            Message("nothing is applied without it; --audit-log names another place"),
        )

    def _broken(self, why: Message) -> AuditFailed:
        return AuditFailed(
            Message("the audit log {path} is not what its head says: {why}", path=self.path, why=why),
            Message(
                "“reconciler audit verify” tells where; to begin a new log, move this one and its head {head}"
                " away, and keep both",
                head=self.head_path,
            ),
        )


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines from where a file stands; one that is far too long comes in pieces, which are no lines."""
    while line := file.readline(_LONGEST):
        yield line


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """A log to be read and appended to; made for its owner alone where it is not there."""
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o600)
    with os.fdopen(handle, "rb") as file:
        _regular(handle)
        if new:
            sync_folder(path.parent)
        yield file


def _regular(handle: int) -> None:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise OSError(0, "it is not a file")


def _write(handle: int, data: bytes) -> None:
    """Append all of it, and see it onto the disk."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)
