"""What git says about the folder that a file stands in; None where there is no git, or no repository.

The repository is somebody else's: git is run with fixed arguments, without a shell, with a time limit, and
with what a repository's settings could make it start or fetch switched off. `ask` only ever reads; what writes
(`writing.py`, `pushing.py`) goes through `run`, with the same switched off and what it needs switched on again.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 5.0
"""How long one question may take."""

_QUIET = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "blame.ignoreRevsFile="),
)

_OWN = frozenset(
    {
        *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
        *("GIT_SSH_COMMAND", "GIT_SSH", "GIT_SSH_VARIANT"),
    }
)
"""Variables that are settings of the user's, not of a repository."""


def ask(folder: Path, *arguments: str) -> str | None:
    """What git prints, None where it is not there, fails or takes too long.

    Args:
        folder: where it is asked.
        arguments: fixed ones; names stand after "--" or "--end-of-options".
    """
    told = ask_bytes(folder, *arguments)
    return None if told is None else told.decode("utf-8", errors="replace")


def ask_bytes(folder: Path, *arguments: str, given: bytes = b"", seconds: float = SECONDS) -> bytes | None:
    """As `ask`, in bytes.

    Args:
        folder: where it is asked.
        arguments: as for `ask`.
        given: what git reads.
        seconds: how long it may take.
    """
    done = run(folder, *arguments, given=given, seconds=seconds)
    return done.out if done is not None and done.code == 0 else None


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a call of git.

    Attributes:
        code: its exit code; None where it took too long, and was stopped with all that it had started.
        out: what it printed.
        complaint: what it said to that, as it said it.
    """

    code: int | None
    out: bytes
    complaint: str

    def why(self) -> str:
        """Its complaint in short: the first line that says what is wrong."""
        lines = [line.strip() for line in self.complaint.splitlines() if line.strip()]
        telling = [line for line in lines if line.startswith(("fatal: ", "error: "))]
        return (telling or lines or [""])[0].removeprefix("fatal: ").removeprefix("error: ")


def run(
    folder: Path,
    *arguments: str,
    given: bytes = b"",
    seconds: float = SECONDS,
    more: Mapping[str, str] | None = None,
) -> Done | None:
    """Run git; None where there is none that can be run.

    Args:
        folder: where.
        arguments: fixed ones; names stand after "--" or "--end-of-options", or are given.
        given: what git reads.
        seconds: how long it may take.
        more: variables that git gets beside the usual ones.
    """
    git = shutil.which("git")
    if git is None:
        return None
    # a hook runs with variables that lead to its own repository
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _OWN}
    quiet = {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",  # no setting allows what it does not name
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
    try:
        # in a session of its own it has no terminal to ask at, and can be stopped with all that it started
        process = subprocess.Popen(  # noqa: S603 - the program is git, the arguments are fixed, names stand after --
            [git, *_QUIET, *arguments],
            cwd=folder,
            env=kept | quiet | dict(more or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError:
        return None
    with process:
        try:
            out, complaint = process.communicate(given, timeout=seconds)
        except subprocess.TimeoutExpired:
            _stop(process)
            return Done(None, b"", "")
        except BaseException:
            _stop(process)
            raise
    return Done(process.returncode, out, complaint.decode("utf-8", errors="replace"))


def commit_of(folder: Path) -> tuple[str | None, bool | None]:
    """The commit that a folder is checked out at, and whether anything in it differs from that commit.

    Returns:
        None for either where it is not known, as where there is no repository.
    """
    commit = ask(folder, "rev-parse", "--verify", "HEAD^{commit}")
    if commit is None:
        return None, None
    differs = ask(folder, "status", "--porcelain", "--untracked-files=normal", "--", ".")
    return commit.strip(), None if differs is None else bool(differs)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a process and all that it started."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
