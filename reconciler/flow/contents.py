"""What the files of a policy folder hold in a revision of git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.source import LIMIT

if TYPE_CHECKING:
    from pathlib import Path, PurePosixPath

    from reconciler.flow.revision import Revision


def committed(folder: Path, revision: Revision) -> dict[str, bytes]:
    """The files that `load` would read, by path from the folder; empty where there are none.

    Raises:
        InputError: with everything that cannot be read as a file.
    """
    return revision.files(revision.inside(folder), is_rules, LIMIT)


def is_rules(path: PurePosixPath) -> bool:
    """Whether `load` would read a file, by its path from the folder."""
    return path.suffix == ".yaml" and not any(part.startswith(".") for part in path.parts)
