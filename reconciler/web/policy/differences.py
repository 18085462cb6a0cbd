"""Changed files as a page shows them: bounded, whatever was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.formats.lines import changed_lines
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.flow.edited import Edited
    from reconciler.formats.lines import Hunk

MOST_LINES = 1_000
"""Of all files together that are shown."""

MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class FileDifference:
    """What became of a file.

    Attributes:
        path: from the policy folder.
        new: whether it was not there.
        hunks: what differs.
        hidden: how many lines more there are.
    """

    path: str
    new: bool
    hunks: tuple[Hunk, ...]
    hidden: int


def differences(edits: Iterable[Edited]) -> list[FileDifference]:
    """What becomes of files, the first lines of it."""
    room, found = MOST_LINES, []
    for one in list(edits)[:MOST_FILES]:
        hunks: list[Hunk] = []
        hidden = 0
        for hunk in changed_lines(one.before or b"", one.after):
            kept = hunk[:room]
            room -= len(kept)
            hidden += len(hunk) - len(kept)
            if kept:
                hunks.append(kept)
        found.append(FileDifference(short(one.path), one.before is None, tuple(hunks), hidden))
    return found
