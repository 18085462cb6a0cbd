"""Regular files, read up to a limit: what a policy folder or a register names may be anything, or without an end."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotRegular(Exception):
    """It is a folder, a pipe, a device."""


class TooLarge(Exception):
    """It is larger than is read.

    Attributes:
        megabytes: how large, as far as is known.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.megabytes = -(-size // 2**20)


def read_regular(path: Path, limit: int) -> bytes:
    """All bytes of a file.

    Args:
        path: of the file.
        limit: the most bytes that it may have.

    Raises:
        NotRegular: where it is no file.
        TooLarge: where it has more.
        OSError: where it cannot be read.
    """
    # O_NONBLOCK: opening a pipe that nobody writes to must not hang
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as opened:
        status = os.fstat(opened.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise NotRegular
        if status.st_size > limit:
            raise TooLarge(status.st_size)
        raw = opened.read(limit + 1)
    if len(raw) > limit:
        raise TooLarge(len(raw))
    return raw


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a path is a link that leads out of a folder."""
    return not path.resolve().is_relative_to(folder.resolve())


def shown(path: Path) -> str:
    """A path as findings show it: relative to the working folder where it is below it."""
    inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return (path.relative_to(Path.cwd()) if inside else path).as_posix()
