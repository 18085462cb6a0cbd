"""New contents of files as a commit on a branch, without a checkout: nobody's working tree, index or HEAD is touched.

Only plumbing is called: an index of its own in a folder for the time being, objects, and at last the branch, which is
moved only if it is where it was when it was looked at. No hook and no filter runs, nothing is fetched. Whoever loses
has written objects that nothing leads to, and git throws those away in time.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reconciler.errors import Finding, InputError, Message, Overtaken, Position, ReconcilerError
from reconciler.flow.branches import HEADS, check_name, is_checked_out, tip_of
from reconciler.flow.edited import check_edits, overtaken
from reconciler.flow.git import ask, ask_bytes, run
from reconciler.flow.revision import find_revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from reconciler.flow.edited import Edited
    from reconciler.flow.git import Done
    from reconciler.flow.revision import Revision

_SECONDS = 60.0
"""How long a step may take; somebody may have to unlock the key that signs."""

_PLAIN = (
    *("-c", "core.splitIndex=false"),  # would leave a part of the index in the repository
    *("-c", "core.untrackedCache=false"),
    *("-c", "core.sparseCheckout=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "user.useConfigOnly=true"),  # no name made up from that of the machine
)

_TRIES = 20
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Onto:
    """Where a commit goes.

    Attributes:
        branch: its name.
        base: the commit that it is made from where it is not there yet.
        tip: the commit that it was at when it was looked at; None where it was not there.
    """

    branch: str
    base: str
    tip: str | None = None


def author(folder: Path) -> str:
    """Who commits here, as git's own settings say: "Anna <anna@x.example>".

    Raises:
        ReconcilerError: where they do not say.
    """
    done = _git(folder, "var", "GIT_AUTHOR_IDENT")
    told = done.out.decode("utf-8", errors="replace") if done.code == 0 else ""
    if _git(folder, "var", "GIT_COMMITTER_IDENT").code != 0 or not told:
        raise ReconcilerError(
            Message("git does not know who you are, and a commit names its author"),
            Message(
                "tell it with: git config --global user.name “…”, git config --global user.email you@bureau.example"
            ),
        )
    return told[: told.rfind(">") + 1]


def commit(folder: Path, edits: Sequence[Edited], onto: Onto, message: str) -> str:
    """Commit new contents of files to a branch.

    Args:
        folder: of the policies.
        edits: each file, what it was and what it becomes. As git keeps a file counts; one that git gave other ends
            of lines in the working tree is committed with those of git.
        onto: the branch.
        message: of the commit.

    Returns:
        The commit that the branch is at now.

    Raises:
        Overtaken: where the branch, or a file, is not what it was when it was shown; nothing was written.
        InputError: where a name cannot be used, or something stands there that is no file.
        ReconcilerError: where nobody is named as the author, or git cannot sign or write.
    """
    check_edits(edits)
    check_name(folder, onto.branch)
    author(folder)
    parent = find_revision(folder, onto.tip or onto.base)
    if parent is None:
        raise InputError(Message("“{name}” is no commit here", name=onto.tip or onto.base))
    _look_at(onto, tip_of(parent.root, onto.branch))
    if is_checked_out(parent.root, onto.branch):
        raise InputError(
            Message("the branch {branch} is checked out, and its files would not follow", branch=onto.branch),
            Message("check out another one: git switch -"),
        )
    tree = _written(parent, _changed(parent, folder, edits, onto.branch))
    if tree == _tree_of(parent):
        raise InputError(Message("nothing would change"))
    made = _committed(parent, tree, message)
    _move(parent.root, onto, made)
    return made


# -- what was there -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands in a tree: `100644`, `blob`, the object."""

    mode: str
    kind: str
    object: str


def _changed(
    parent: Revision, folder: Path, edits: Sequence[Edited], branch: str
) -> dict[str, tuple[str, bytes]]:
    """By path from where the repository begins, mode and content of each file that changes."""
    inner = parent.inside(folder)
    entries = _entries(parent, inner)
    found, moved = dict[str, tuple[str, bytes]](), list[str]()
    for edit in edits:
        shown = PurePosixPath(inner, edit.path).as_posix()
        entry = _file(entries, edit.path, shown)
        stored = None if entry is None else ask_bytes(parent.root, "cat-file", "blob", entry.object)
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


def _as_git_keeps(stored: bytes | None, edit: Edited) -> bytes | None:
    """The new content as git keeps it; None where what was shown is not what it has."""
    if edit.before == stored:
        return edit.after
    if edit.before is not None and edit.before.replace(b"\r\n", b"\n") == stored:
        return edit.after.replace(b"\r\n", b"\n")
    return None


def _entries(parent: Revision, inner: str) -> Mapping[str, _Entry]:
    """What stands in a folder of a commit, by path from there."""
    listed = ask_bytes(
        parent.root,
        "ls-tree",
        "-r",
        "-t",
        "-z",
        "--end-of-options",
        f"{parent.commit}:{inner}",
        seconds=_SECONDS,
    )
    found = dict[str, _Entry]()
    for record in (listed or b"").decode("utf-8", errors="surrogateescape").split("\0")[:-1]:
        facts, _, path = record.partition("\t")
        found[path] = _Entry(*facts.split())
    return found


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


# -- what is written ------------------------------------------------------------------------------------------------


def _written(parent: Revision, changed: Mapping[str, tuple[str, bytes]]) -> str:
    """A tree like that of a commit, with other contents of some files."""
    lines = list[bytes]()
    for path, (mode, content) in changed.items():
        name = _told(_git(parent.root, "hash-object", "-w", "--no-filters", "--stdin", given=content))
        lines.append(f"{mode} {name}\t".encode() + path.encode("utf-8", errors="surrogateescape") + b"\0")
    with tempfile.TemporaryDirectory(prefix="reconciler-") as own:
        index = {"GIT_INDEX_FILE": f"{own}/index"}
        _told(_git(parent.root, "read-tree", parent.commit, more=index))
        _told(
            _git(
                parent.root, "update-index", "--add", "-z", "--index-info", given=b"".join(lines), more=index
            )
        )
        return _told(_git(parent.root, "write-tree", more=index))


def _tree_of(parent: Revision) -> str:
    return _told(_git(parent.root, "rev-parse", "--verify", f"{parent.commit}^{{tree}}"))


def _committed(parent: Revision, tree: str, message: str) -> str:
    """A commit of a tree, signed where git's settings say so."""
    signed = (ask(parent.root, "config", "--type=bool", "--get", "commit.gpgSign") or "").strip() == "true"
    sign = ("-S",) if signed else ()
    text = (message.replace("\0", "").rstrip("\n") + "\n").encode("utf-8", errors="replace")
    done = _git(parent.root, "commit-tree", tree, "-p", parent.commit, *sign, "-F", "-", given=text)
    if signed and done.code != 0:
        raise ReconcilerError(
            Message("the commit cannot be signed: {why}", why=_why(done)),
            Message(
                "commit.gpgSign is on, so nothing was committed; can you sign with “git commit -S” here?"
            ),
        )
    return _told(done)


def _move(root: Path, onto: Onto, made: str) -> None:
    """Let the branch be at another commit, if it is where it was.

    Raises:
        Overtaken: where it is not.
    """
    was, tries = onto.tip or "0" * len(made), _TRIES
    while True:
        done = _git(root, "update-ref", "-m", "commit: by reconciler", f"{HEADS}{onto.branch}", made, was)
        if done.code == 0:
            return
        _look_at(onto, tip_of(root, onto.branch))
        tries -= 1
        if ".lock'" not in done.complaint or not tries:
            raise _failed(done)
        time.sleep(_PAUSE)  # somebody else is just moving it


def _look_at(onto: Onto, now: str | None) -> None:
    """Make sure that the branch is where it was.

    Raises:
        Overtaken: where it is not.
    """
    if now == onto.tip:
        return
    if now is None:
        what = Message("the branch {branch} is gone; nothing was written", branch=onto.branch)
    elif onto.tip is None:
        what = Message("there is a branch {branch} by now; nothing was written", branch=onto.branch)
    else:
        what = Message("the branch {branch} has moved meanwhile; nothing was written", branch=onto.branch)
    raise Overtaken(what, Message("look at what stands there now, and make the change again"))


# -- git ------------------------------------------------------------------------------------------------------------


def _git(folder: Path, *arguments: str, given: bytes = b"", more: Mapping[str, str] | None = None) -> Done:
    """Run git with what writing needs.

    Raises:
        ReconcilerError: where there is none.
    """
    done = run(folder, *_PLAIN, *arguments, given=given, seconds=_SECONDS, more=more)
    if done is None:
        raise ReconcilerError(Message("git cannot be run here"))
    return done


def _told(done: Done) -> str:
    """What git says in one line.

    Raises:
        ReconcilerError: where it failed.
    """
    if done.code != 0:
        raise _failed(done)
    return done.out.decode("ascii").strip()


def _failed(done: Done) -> ReconcilerError:
    return ReconcilerError(Message("git cannot write the commit: {why}", why=_why(done)))


def _why(done: Done) -> str | Message:
    return Message("it took too long") if done.code is None else done.why()
