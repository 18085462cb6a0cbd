"""Which files of a policy folder are not as they are committed: a commit must not take them along.

What counts are the bytes of the files that `load` reads, whatever git is told to ignore; no filter is run to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.desired.folder import yaml_files
from reconciler.desired.source import LIMIT
from reconciler.errors import InputError, Message
from reconciler.flow.contents import committed
from reconciler.regular import NotRegular, TooLarge, read_regular, shown

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.flow.revision import Revision


class Kind(StrEnum):
    """What became of a file since it was committed."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Unsaved:
    """A file that is not as it is committed.

    Attributes:
        path: from the policy folder, with forward slashes.
        kind: what became of it.
    """

    path: str
    kind: Kind


def unsaved(folder: Path, revision: Revision) -> tuple[Unsaved, ...]:
    """The files of a folder that are not as in a revision, by name.

    Raises:
        InputError: where one of them cannot be read.
    """
    was, now = committed(folder, revision), present(folder)
    return tuple(
        Unsaved(path, Kind.NEW if path not in was else Kind.GONE if path not in now else Kind.CHANGED)
        for path in sorted({*was, *now})
        if not _same(was.get(path), now.get(path))
    )


def present(folder: Path) -> dict[str, bytes]:
    """What the files of a folder hold that `load` reads, by path from there.

    Raises:
        InputError: where one of them cannot be read, or leads elsewhere.
    """
    return {path.relative_to(folder).as_posix(): read_plain(path) for path in yaml_files(folder)}


def read_plain(path: Path) -> bytes:
    """The bytes of a file that is no link.

    Raises:
        InputError: where it is something else, too large, or cannot be read.
    """
    file = shown(path)
    if path.is_symlink():
        raise InputError(Message("{file} is not a file", file=file))
    try:
        return read_regular(path, LIMIT)
    except NotRegular:
        raise InputError(Message("{file} is not a file", file=file)) from None
    except TooLarge as error:
        raise InputError(
            Message(
                "{file} has {size} MB; at most {limit} MB are read",
                file=file,
                size=error.megabytes,
                limit=LIMIT // 2**20,
            )
        ) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise InputError(Message("{file} cannot be read: {why}", file=file, why=why)) from None


def _same(was: bytes | None, now: bytes | None) -> bool:
    """Whether a file is as committed; git may have given it other ends of lines in the working tree."""
    return was == now or (None not in {was, now} and was == (now or b"").replace(b"\r\n", b"\n"))
