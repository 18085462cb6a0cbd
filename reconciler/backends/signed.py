"""A file in the cache folder that nobody else can have written: its name and its signature need the operator's token.

What is kept there is kept for one backend, one operator and one version of this program, readable by its owner
alone, and safe to delete at any time. All of it together stays within bounds: the oldest goes first.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.private import write_private

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from reconciler.backends.config import BackendConfig

MOST = 1 << 30
"""Bytes that all files of the folder may take."""

_OURS = re.compile(r"[0-9a-f]{64}\..+")
_SIGNATURE = 64


@dataclass(frozen=True, slots=True)
class SignedFile:
    """One such file; it may not be there.

    Attributes:
        path: of it.
        secret: signs it.
    """

    path: Path
    secret: bytes = field(repr=False)

    @classmethod
    def of(cls, folder: Path, purpose: str, config: BackendConfig, *question: object) -> SignedFile:
        """The file for a purpose.

        Args:
            folder: where; made when something is written.
            purpose: also the end of the file's name.
            config: the backend, and the token that asks.
            question: whatever else what is kept depends on.
        """
        from importlib.metadata import version

        secret = hashlib.sha256(f"reconciler {purpose}\0{config.token}".encode()).digest()
        asked = repr((version("reconciler"), config.place, *question))
        name = hmac.digest(secret, asked.encode(), "sha256").hex()
        return cls(folder / f"{name}.{purpose}", secret)

    def read(self, most: int = MOST) -> bytes | None:
        """What was written; None where there is nothing, more than so many bytes, or what somebody else wrote."""
        with suppress(OSError):
            # whatever stands there: a pipe would never end
            descriptor = os.open(
                self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            )
            with os.fdopen(descriptor, "rb") as file:
                about = os.fstat(descriptor)
                if stat.S_ISREG(about.st_mode) and about.st_size <= most:
                    signature, content = file.read(_SIGNATURE), file.read(most)
                    if hmac.compare_digest(signature, self._signature([content])):
                        return content
        return None

    def write(self, parts: Iterable[bytes]) -> None:
        """Write it anew, all of it or nothing.

        Raises:
            OSError: where that cannot be done.
        """
        folder, content = self.path.parent, list(parts)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # what a killed process leaves has a name that is pruned too
        write_private(self.path, [self._signature(content), *content], beside=f"{self.path.stem}.")
        _prune(folder)

    def _signature(self, parts: Iterable[bytes]) -> bytes:
        made = hmac.new(self.secret, self.path.name.encode() + b"\0", "sha256")
        for part in parts:
            made.update(part)
        return made.hexdigest().encode()


def _prune(folder: Path) -> None:
    """Remove the oldest files of ours, those that a killed process left among them, until the rest is within bounds."""
    files = []
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name):
            with suppress(OSError):
                about = path.lstat()
                files.append((about.st_mtime_ns, about.st_size, path))
    total = 0
    for _, size, path in sorted(files, reverse=True):
        total += size
        if total > MOST:
            with suppress(OSError):
                path.unlink()
