"""New contents of files where there is no git: written in place, only over what was shown.

Who writes holds a lock meanwhile, so that of two that write at once the other one sees what the first has done. An
editor knows nothing of the lock: what it saved before we look is seen, and only what it saves in the very moment
in which we write is not.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reconciler.errors import Busy, InputError, Message
from reconciler.flow.contents import read_plain
from reconciler.flow.edited import check_edits, overtaken
from reconciler.flow.files import replace_all
from reconciler.flow.state import state_folder
from reconciler.regular import leads_outside, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reconciler.flow.edited import Edited

_PATIENCE = 10.0
"""Seconds to wait for somebody else who is writing."""


def write_in_place(folder: Path, edits: Sequence[Edited]) -> None:
    """Give files other contents, all or none.

    Args:
        folder: of the policies.
        edits: each file, what it was and what it becomes.

    Raises:
        Overtaken: where one is not, byte for byte, what was shown; nothing was written.
        InputError: where a name cannot be used, something stands there that is no file, or it cannot be written.
        Busy: where somebody else is writing all the while.
    """
    check_edits(edits)
    with _locked(folder):
        moved = [edit for edit in edits if _now(folder, edit) != edit.before]
        if moved:
            again = Message("look at what stands there now, and make the change again")
            raise overtaken([shown(folder / edit.path) for edit in moved], again)
        replace_all({folder / edit.path: edit.after for edit in edits if edit.after != edit.before})


def _now(folder: Path, edit: Edited) -> bytes | None:
    """What a file holds; None where it is not there.

    Raises:
        InputError: where it is none, or stands behind a link.
    """
    path = folder / edit.path
    for above in PurePosixPath(edit.path).parents[:-1]:
        if (folder / above).is_symlink() or ((folder / above).exists() and not (folder / above).is_dir()):
            raise InputError(Message("{file} is not a file", file=shown(path)))
    if leads_outside(path.parent, folder):
        raise InputError(Message("{file} is not a file", file=shown(path)))
    return read_plain(path) if path.is_symlink() or path.exists() else None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep others away who write into the same folder, in this process or another one of this user."""
    from filelock import FileLock, Timeout

    name = hashlib.sha256(f"policies {folder.resolve()}".encode()).hexdigest()[:32]
    path = state_folder() / f"{name}.lock"
    try:
        lock = FileLock(path, mode=0o600, fallback_to_soft=False, preserve_lock_file=True)
        lock.acquire(timeout=_PATIENCE)
    except Timeout:
        raise Busy(
            Message("somebody else is writing into {folder}", folder=shown(folder)),
            Message("try again later"),
        ) from None
    except (OSError, NotImplementedError) as error:
        raise InputError(
            Message("the lock {path} cannot be taken: {why}", path=path, why=error),
            Message("RECONCILER_STATE_DIR names another folder for it"),
        ) from error
    try:
        yield
    finally:
        lock.release()
