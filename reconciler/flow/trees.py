"""Trees of git: what stands in one, and another one with other contents of some files, made of objects alone."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reconciler.errors import Finding, InputError, Message, Position
from reconciler.flow.edited import overtaken
from reconciler.flow.writing import failed, git, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reconciler.flow.edited import Edited
    from reconciler.flow.revision import Revision


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands in a tree: `100644`, `blob`, the object."""

    mode: str
    kind: str
    object: str


def changed_files(
    parent: Revision, folder: Path, edits: Sequence[Edited], branch: str
) -> dict[str, tuple[str, bytes]]:
    """Mode and content of each file that changes, by path from where the repository begins.

    Args:
        parent: the commit that they are changed from.
        folder: of the policies.
        edits: what they were, and what they become.
        branch: as which the commit is known, for messages.

    Raises:
        Overtaken: where one is not what was shown.
        InputError: where something stands there that is no file.
    """
    inner = parent.inside(folder)
    entries = _entries(parent, inner)
    found, moved = dict[str, tuple[str, bytes]](), list[str]()
    for edit in edits:
        shown = PurePosixPath(inner, edit.path).as_posix()
        entry = _file(entries, edit.path, shown)
        stored = None if entry is None else _content(parent, entry)
        after = _as_git_keeps(stored, edit)
        if after is None:
            moved.append(shown)
        elif after != stored:
            found[shown] = ("100644" if entry is None else entry.mode, after)
    if moved:
        raise overtaken(
            moved, Message("look at what stands on {branch} now, and make the change again", branch=branch)
        )
    return found


def written_tree(parent: Revision, changed: Mapping[str, tuple[str, bytes]]) -> str:
    """A tree like that of a commit, with other contents of some files."""
    lines = list[bytes]()
    for path, (mode, content) in changed.items():
        name = told(git(parent.root, "hash-object", "-w", "--no-filters", "--stdin", given=content))
        lines.append(f"{mode} {name}\t".encode() + path.encode("utf-8", errors="surrogateescape") + b"\0")
    with tempfile.TemporaryDirectory(prefix="reconciler-") as own:
        index = {"GIT_INDEX_FILE": f"{own}/index"}
        told(git(parent.root, "read-tree", parent.commit, more=index))
        told(
            git(parent.root, "update-index", "--add", "-z", "--index-info", given=b"".join(lines), more=index)
        )
        return told(git(parent.root, "write-tree", more=index))


def tree_of(parent: Revision) -> str:
    """The tree of a commit."""
    return told(git(parent.root, "rev-parse", "--verify", f"{parent.commit}^{{tree}}"))


def _as_git_keeps(stored: bytes | None, edit: Edited) -> bytes | None:
    """The new content as git keeps it; None where what was shown is not what it has."""
    if edit.before == stored:
        return edit.after
    if edit.before is not None and edit.before.replace(b"\r\n", b"\n") == stored:
        return edit.after.replace(b"\r\n", b"\n")
    return None


def _entries(parent: Revision, inner: str) -> Mapping[str, _Entry]:
    """What stands in a folder of a commit, by path from there; nothing where it has no such folder.

    Raises:
        ReconcilerError: where git does not tell: what nobody has seen must not be taken for nothing.
    """
    only = (f"{inner}/",) if inner else ()
    done = git(
        parent.root, "ls-tree", "-r", "-t", "-z", "--full-tree", "--end-of-options", parent.commit, *only
    )
    if done.code != 0:
        raise failed(done)
    found = dict[str, _Entry]()
    for record in done.out.decode("utf-8", errors="surrogateescape").split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        found[path.removeprefix(f"{inner}/")] = _Entry(*facts.split())
    return found


def _content(parent: Revision, entry: _Entry) -> bytes:
    """What a file holds.

    Raises:
        ReconcilerError: where git does not tell.
    """
    done = git(parent.root, "cat-file", "blob", entry.object)
    if done.code != 0:
        raise failed(done)
    return done.out


def _file(entries: Mapping[str, _Entry], path: str, shown: str) -> _Entry | None:
    """The file of a path; None where nothing stands there.

    Raises:
        InputError: where something else does, there or on the way.
    """
    way = PurePosixPath(path)
    for above in way.parents[:-1]:
        found = entries.get(above.as_posix())
        if found is not None and found.kind != "tree":
            raise _no_file(shown)
    entry = entries.get(path)
    if entry is not None and not (entry.kind == "blob" and entry.mode.startswith("100")):
        raise _no_file(shown)
    return entry


def _no_file(shown: str) -> InputError:
    message = Message("a link, a submodule or a folder stands here, which is not written through")
    return InputError.of([Finding("no-file", message, Position(shown))])
