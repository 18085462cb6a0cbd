"""What the files of a policy folder hold, now or in a revision of git, read once.

What is shown of them and the policy that they are come of the same bytes, so that an edit can say what it was made from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.desired.folder import load_contents, yaml_files
from reconciler.desired.source import LIMIT
from reconciler.errors import Finding, InputError, Message
from reconciler.flow.edited import Edited
from reconciler.regular import NotRegular, TooLarge, read_regular, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from reconciler.desired import Policy
    from reconciler.flow.revision import Revision


@dataclass(frozen=True, slots=True)
class Contents:
    """Files of a policy folder.

    Attributes:
        folder: where it stands in the working tree.
        files: what those hold that `load` reads, by path from there.
    """

    folder: Path
    files: Mapping[str, bytes]

    @classmethod
    def now(cls, folder: Path) -> Contents:
        """As they stand in the folder.

        Raises:
            InputError: where one of them cannot be read, or is a link.
        """
        return cls(folder, present(folder))

    @classmethod
    def of(cls, folder: Path, revision: Revision) -> Contents:
        """As they are committed.

        Raises:
            InputError: with everything that cannot be read as a file.
        """
        return cls(folder, committed(folder, revision))

    def name(self, path: str) -> str:
        """A file as findings call it.

        Args:
            path: from the folder.
        """
        return shown(self.folder / path)

    def policy(self) -> Policy:
        """What they say.

        Raises:
            InputError: with everything that is wrong with it.
        """
        if not self.files:
            message = Message("there is no *.yaml file in {folder}", folder=shown(self.folder))
            raise InputError.of([Finding("no-files", message)])
        return load_contents({self.name(path): raw for path, raw in self.files.items()})

    def edits(self, texts: Mapping[str, str]) -> tuple[Edited, ...]:
        """From new texts to what is saved.

        Args:
            texts: by the name of a file, as findings call it; one that is not there is a new one.
        """
        paths = {self.name(path): path for path in self.files}
        found = {paths.get(name) or self._path(name): text.encode() for name, text in texts.items()}
        return tuple(Edited(path, self.files.get(path), after) for path, after in sorted(found.items()))

    def _path(self, name: str) -> str:
        """The path of a new file from the folder; one that leads elsewhere is refused where it is saved."""
        place = Path(name).absolute()
        inside = place.is_relative_to(self.folder.absolute())
        return place.relative_to(self.folder.absolute()).as_posix() if inside else name


def committed(folder: Path, revision: Revision) -> dict[str, bytes]:
    """The files that `load` would read, by path from the folder; empty where there are none.

    Raises:
        InputError: with everything that cannot be read as a file.
    """
    return revision.files(revision.inside(folder), is_rules, LIMIT)


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


def is_rules(path: PurePosixPath) -> bool:
    """Whether `load` would read a file, by its path from the folder."""
    return path.suffix == ".yaml" and not any(part.startswith(".") for part in path.parts)
