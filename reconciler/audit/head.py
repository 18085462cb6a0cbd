"""The head of a log, kept apart from it: what the log must end with, and what was about to follow."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.audit.chain import EMPTY, Head, read_head
from reconciler.errors import AuditFailed, Message
from reconciler.private import sync_folder, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.audit.chain import Walked

_LARGEST = 256 * 2**20
"""Bytes of a head that are read; the largest announces the operations of the largest plan."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept apart from a log.

    Attributes:
        head: the last line that is vouched for.
        size: bytes of the log up to and with it.
        last: how many of them are the last line.
        announced: hashes of the lines that were about to be written after it; none where nothing was.
    """

    head: Head
    size: int
    last: int
    announced: tuple[str, ...] = ()

    def explains(self, walked: Walked) -> bool:
        """Whether what stands after the head is what was announced, or a beginning of it.

        Args:
            walked: from the head, or from the first line; it looked for what was announced.
        """
        more = walked.head.lines - self.head.lines
        there = [walked.places.get(digest) for digest in self.announced[:more]]
        as_announced = there == list(range(self.head.lines + 1, self.head.lines + more + 1))
        return as_announced and not (walked.fragment and more >= len(self.announced))


def kept_in(path: Path) -> Kept | None:
    """What is kept in a file, None where it is not there.

    Raises:
        AuditFailed: where it cannot be read, or is no head.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > _LARGEST:
                raise _unusable(path, "it is too large")
            text = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from None
    try:
        return _kept(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _unusable(path, "it does not hold one") from None


def keep(path: Path, log: Path, kept: Kept) -> None:
    """Write it, whole or not at all, and see it onto the disk.

    Args:
        path: where; its folder is made for its owner alone.
        log: what it is the head of, for people who find it.
        kept: what.

    Raises:
        OSError: where it cannot be written.
    """
    said = {
        "log": str(log.absolute()),
        "head": str(kept.head),
        "size": kept.size,
        "last": kept.last,
        "announced": kept.announced,
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(path, [json.dumps(said, indent=2).encode("ascii"), b"\n"], lasting=True)
    sync_folder(path.parent)


def _kept(said: Any) -> Kept:
    """From JSON; raises one of several errors where it is no head."""
    size, last, announced = said["size"], said["last"], tuple(said["announced"])
    head = EMPTY if said["head"] == str(EMPTY) else read_head(said["head"])
    whole = isinstance(size, int) and isinstance(last, int) and 0 <= last <= size
    if head is None or not whole or not all(isinstance(digest, str) for digest in announced):
        raise ValueError(said)
    return Kept(head, size, last, announced)


def _unusable(path: Path, why: str) -> AuditFailed:
    return AuditFailed(
        Message("the head of the audit log, {path}, cannot be read: {why}", path=path, why=why)
    )
