"""Which files of a policy folder are not as they are committed: a commit must not take them along.

What counts are the bytes of the files that `load` reads, whatever git is told to ignore; no filter is run to find out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.flow.contents import committed, present

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


def _same(was: bytes | None, now: bytes | None) -> bool:
    """Whether a file is as committed; git may have given it other ends of lines in the working tree."""
    return was == now or (None not in {was, now} and was == (now or b"").replace(b"\r\n", b"\n"))
