"""One branch of ours to the remote that the repository is shared through; never more, never over what others have there.

It is the user's own git that goes out, with the settings and the sign-in that it has; it cannot ask at a terminal.
No address but that of a remote that is configured is ever used, and none that is not encrypted or on this machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.errors import Message, Overtaken, ReconcilerError
from reconciler.flow.branches import HEADS, check_name
from reconciler.flow.git import ask, run
from reconciler.flow.tokens import Missing

if TYPE_CHECKING:
    from reconciler.flow.branches import Base
    from reconciler.flow.git import Done

SECONDS = 120.0
"""How long a push may take."""

_SCP = re.compile(r"(?:[^@/:]+@)?(\[[^\]/]+\]|[^/:\[\]]+):(?!:)(.*)", re.DOTALL)
"""user@host:path, as ssh has it."""

_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
"""What names a program that is run: ext::sh -c …"""

_SIGNED_IN = re.compile(r"//[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is shared.

    Attributes:
        name: in the settings of git.
        shown: its address for people, without who signs in.
        host: lower case; "" for a folder of this machine.
        path: of the repository there, such as "byran/access"; "" for a folder.
    """

    name: str
    shown: str
    host: str
    path: str


def find_remote(base: Base) -> Remote | Missing:
    """The remote that git itself would push the branch to that is checked out, or why there is none.

    Args:
        base: what is checked out.
    """
    names = (ask(base.root, "remote") or "").split("\n")[:-1]
    if not names:
        return Missing(
            Message("the git repository has no remote that it could be pushed to"),
            Message("add one with: git remote add origin ADDRESS"),
        )
    settings = [f"branch.{base.branch}.pushRemote", "remote.pushDefault", f"branch.{base.branch}.remote"]
    said = ((ask(base.root, "config", "--get", one) or "").rstrip("\n") for one in settings)
    name = next((one for one in (*said, names[0] if len(names) == 1 else "origin") if one in names), None)
    if name is None:
        return Missing(
            Message("the git repository has several remotes, and nothing says which one it is pushed to"),
            Message("say it with: git config remote.pushDefault NAME"),
        )
    addresses = (ask(base.root, "remote", "get-url", "--push", "--all", "--", name) or "").split("\n")[:-1]
    remote = _remote(name, addresses[0]) if len(addresses) == 1 else None
    if remote is None:
        return Missing(
            Message("the remote {name} has no address that is pushed to from here", name=name),
            Message("one address is needed, which begins with https:// or ssh://, or is that of a folder"),
        )
    return remote


def _remote(name: str, address: str) -> Remote | None:
    """A remote by its address; None where that is of another kind."""
    scheme, separator, _ = address.partition("://")
    if separator:
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        if scheme == "file":
            return Remote(name, address, "", "")
        shown = _SIGNED_IN.sub("//", address)
        return Remote(name, shown, host, _path(parts.path)) if scheme in {"https", "ssh"} and host else None
    if _HELPER.match(address):
        return None
    found = _SCP.fullmatch(address)
    if found is None or len(found[1]) == 1:  # a folder; of one letter also a drive
        return Remote(name, address, "", "") if address else None
    host = found[1].strip("[]").lower()
    return Remote(name, f"{found[1]}:{found[2]}", host, _path(found[2]))


def _path(path: str) -> str:
    return path.strip("/").removesuffix(".git")


def pushed(base: Base, remote: Remote, branch: str) -> str | None:
    """The commit that a branch of the remote was at when git last looked; None where it knows of none."""
    name = f"refs/remotes/{remote.name}/{branch}"
    told = ask(base.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return None if told is None else told.strip()


def target_of(base: Base, remote: Remote) -> str | None:
    """What the branch that is checked out is called at a remote; None where no branch is checked out."""
    if base.branch is None:
        return None
    there = (ask(base.root, "config", "--get", f"branch.{base.branch}.remote") or "").rstrip("\n")
    merged = (ask(base.root, "config", "--get", f"branch.{base.branch}.merge") or "").rstrip("\n")
    ours = there == remote.name and merged.startswith(HEADS)
    return merged.removeprefix(HEADS) if ours else base.branch


def unshared(base: Base, remote: Remote) -> int | None:
    """How many commits of what is checked out the remote did not have when git last looked: a proposal takes them along.

    None where nobody knows, as where the branch is not there.
    """
    target = target_of(base, remote)
    known = None if target is None else pushed(base, remote, target)
    if known is None:
        return None
    told = ask(base.root, "rev-list", "--count", f"{known}..{base.commit}")
    return None if told is None else int(told)


def push(base: Base, remote: Remote, branch: str, commit: str) -> None:
    """Put a branch of ours onto a remote, or take the one that is there further.

    Args:
        base: what is checked out.
        remote: where.
        branch: its name.
        commit: the commit that it is at; as it was shown, whatever the branch is at meanwhile.

    Raises:
        Overtaken: where the branch has other commits there; they stay.
        ReconcilerError: where git cannot push, or may not.
    """
    check_name(base.root, branch)
    if not re.fullmatch(r"[0-9a-f]{40,64}", commit):
        raise ReconcilerError(Message("“{name}” is no commit here", name=commit))
    done = run(
        base.root,
        *("-c", "push.negotiate=false", "-c", "push.useForceIfIncludes=false"),
        *(
            "push",
            "--porcelain",
            "--no-verify",
            "--no-follow-tags",
            "--recurse-submodules=no",
            "--no-progress",
        ),
        *("--", remote.name, f"{commit}:{HEADS}{branch}"),
        seconds=SECONDS,
        more={"GIT_ALLOW_PROTOCOL": "https:ssh:file"},
    )
    if done is None:
        raise ReconcilerError(Message("git cannot be run here"))
    if done.code != 0:
        raise _not_pushed(done, remote, branch)


def _not_pushed(done: Done, remote: Remote, branch: str) -> ReconcilerError:
    """Why a push did not end well, in what git says for programs and in what the server says for people."""
    if done.code is None:
        return ReconcilerError(
            Message("the push to {remote} took too long, and was stopped", remote=remote.shown), _sign_in()
        )
    status = next((line for line in _lines(done.out) if line.startswith("!\t")), "")
    reason = status.rpartition("\t")[2]
    if reason.startswith("[rejected]"):
        return Overtaken(
            Message(
                "{remote} has other commits on {branch}; they stay, and nothing was pushed",
                remote=remote.shown,
                branch=branch,
            ),
            Message("propose the change on a branch of another name"),
        )
    if reason:
        said = [
            line.removeprefix("remote: ") for line in done.complaint.splitlines() if line[:8] == "remote: "
        ]
        why = " ".join([reason, *(line.strip() for line in said)])
        return ReconcilerError(
            Message("{remote} does not take the branch: {why}", remote=remote.shown, why=_without_names(why))
        )
    return ReconcilerError(
        Message("git cannot push to {remote}: {why}", remote=remote.shown, why=_without_names(done.why())),
        _sign_in(),
    )


def _lines(out: bytes) -> list[str]:
    return out.decode("utf-8", errors="replace").splitlines()


def _without_names(text: str) -> str:
    """What git or a server said, without what stands in an address before the host."""
    return _SIGNED_IN.sub("//", text)[:500]


def _sign_in() -> Message:
    return Message(
        "can you push at a terminal without being asked? here nobody is, so git must know how to sign in"
    )
