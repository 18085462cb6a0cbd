"""Files of a revision in git, without checking it out: what a stranger committed is read, never run or followed.

Only plumbing that prints objects is called, so that no hook, filter, textconv or checkout of the repository runs.
A link or a submodule where a file is expected is told of and not followed; sizes are looked at before anything is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reconciler.errors import Finding, InputError, Message, Position
from reconciler.flow.git import ask, ask_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_BYTES = 256 * 2**20
"""Of all files of a revision that are read together."""

MOST_FILES = 10_000

_SECONDS = 120.0
_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a revision.

    Attributes:
        path: from the folder that was asked for, with forward slashes.
        size: in bytes.
        object: its name in git.
    """

    path: str
    size: int
    object: str


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and the folder of a repository in which names are looked up.

    Attributes:
        root: where the working tree of the repository begins.
        name: as the user wrote it.
        commit: the hash that it stands for.
        plain: whether its files are named without it.
    """

    root: Path
    name: str
    commit: str
    plain: bool = False

    def inside(self, folder: Path) -> str:
        """Where a folder stands in the repository, with forward slashes; "" for all of it.

        Raises:
            InputError: where it is not inside.
        """
        place = folder.resolve()
        if not place.is_relative_to(self.root):
            message = Message(
                "{folder} is outside of the git repository {root}", folder=folder, root=self.root
            )
            raise InputError(message, Message("name folders with BASE and HEAD, instead of revisions"))
        inner = place.relative_to(self.root).as_posix()
        return "" if inner == "." else inner

    def files(self, folder: str, wanted: Callable[[PurePosixPath], bool], limit: int) -> dict[str, bytes]:
        """What the wanted files of a folder hold, by path from there.

        Args:
            folder: as `inside` tells it.
            wanted: says of a path from the folder whether it is to be read.
            limit: the most bytes of one file.

        Raises:
            InputError: with everything that cannot be read as a file.
        """
        blobs, findings = self._listed(folder, wanted)
        findings += [self._too_large(folder, blob, limit) for blob in blobs if blob.size > limit]
        if findings:
            raise InputError.of(findings)
        if sum(blob.size for blob in blobs) > MOST_BYTES or len(blobs) > MOST_FILES:
            message = Message(
                "{revision} has more files there, or larger ones, than are read: {n} files",
                revision=self.name,
                n=len(blobs),
            )
            raise InputError(message)
        return dict(zip((blob.path for blob in blobs), self._contents(blobs), strict=True))

    def shown(self, folder: str, path: str) -> str:
        """A file as findings show it: as git writes it, main:policies/access.yaml, or plain."""
        file = PurePosixPath(folder, path).as_posix()
        return file if self.plain else f"{self.name}:{file}"

    def _listed(
        self, folder: str, wanted: Callable[[PurePosixPath], bool]
    ) -> tuple[list[Blob], list[Finding]]:
        where = f"{self.commit}:{folder}"
        listed = ask_bytes(
            self.root, "ls-tree", "-r", "-l", "-z", "--end-of-options", where, seconds=_SECONDS
        )
        if listed is None:  # it has no such folder
            return [], []
        blobs, findings = list[Blob](), list[Finding]()
        for record in listed.decode("utf-8", errors="surrogateescape").split("\0")[:-1]:
            facts, _, path = record.partition("\t")
            mode, _kind, name, size = facts.split()
            if mode == "160000" or wanted(PurePosixPath(path)):
                if mode in _FILES:
                    blobs.append(Blob(path, int(size), name))
                else:
                    findings.append(self._no_file(folder, path, link=mode == "120000"))
        return blobs, findings

    def _no_file(self, folder: str, path: str, *, link: bool) -> Finding:
        place = Position(self.shown(folder, path))
        if link:
            hint = Message("put the file itself into the folder, so that a review sees what it says")
            return Finding(
                "link", Message("this is a link, which is not followed in a revision"), place, hint
            )
        return Finding("submodule", Message("this is a submodule, which is not read"), place)

    def _too_large(self, folder: str, blob: Blob, limit: int) -> Finding:
        file = self.shown(folder, blob.path)
        message = Message(
            "{file} has {size} MB; at most {limit} MB are read",
            file=file,
            size=-(-blob.size // 2**20),
            limit=limit // 2**20,
        )
        return Finding("file-too-large", message, Position(file))

    def _contents(self, blobs: Iterable[Blob]) -> Iterator[bytes]:
        asked = b"".join(f"{blob.object}\n".encode() for blob in blobs)
        told = ask_bytes(self.root, "cat-file", "--batch", given=asked, seconds=_SECONDS)
        at = 0
        for blob in blobs:
            header = f"{blob.object} blob {blob.size}\n".encode()
            end = at + len(header) + blob.size
            if told is None or told[at : at + len(header)] != header or len(told) <= end:
                message = Message("git does not give what {revision} holds", revision=self.name)
                raise InputError(message, Message("fetch it whole, without a filter on what is fetched"))
            yield told[at + len(header) : end]
            at = end + 1


def find_revision(folder: Path, name: str) -> Revision | None:
    """The commit that a name stands for in the repository of a folder; None where it stands for none."""
    root = ask(folder, "rev-parse", "--show-toplevel")
    commit = ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    if root is None or commit is None:
        return None
    return Revision(Path(root.rstrip("\n")).resolve(), name, commit.strip())


def fork_of(one: Revision, other: Revision) -> Revision:
    """The commit at which the ways of two revisions parted.

    Raises:
        InputError: where they have none in common, as far as the history goes that is there.
    """
    commit = ask(one.root, "merge-base", "--end-of-options", one.commit, other.commit)
    if commit is None:
        raise InputError(
            Message("{one} and {other} have no commit in common", one=one.name, other=other.name),
            Message("is the history cut off? In a pipeline, fetch all of it (fetch-depth: 0)"),
        )
    return Revision(one.root, one.name, commit.strip())
