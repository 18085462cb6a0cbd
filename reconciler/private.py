"""Files that only their owner can read, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_private(
    path: Path, parts: Iterable[bytes], *, beside: str | None = None, lasting: bool = False
) -> None:
    """Write a file anew; one that is there is replaced.

    Args:
        path: where; its folder is there.
        parts: what, one after the other.
        beside: how the name of the file begins that a process leaves there which is killed meanwhile; a hidden one
            of the same name where it does not matter.
        lasting: see the content onto the disk before the old one goes.

    Raises:
        OSError: where that cannot be done; nothing is left behind.
    """
    # mkstemp makes it readable by its owner alone
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}." if beside is None else beside)
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        made.replace(path)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder outlast a power cut, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
