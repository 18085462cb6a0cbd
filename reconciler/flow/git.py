"""What git says about the folder that a file stands in; None where there is no git, or no repository.

The repository is somebody else's: git is run with fixed arguments, without a shell, with a time limit, and
with what a repository's settings could make it start or fetch switched off. It is only ever read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 5.0
"""How long one question may take."""

_QUIET = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "blame.ignoreRevsFile="),
    *("-c", "protocol.allow=never"),
)


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
    git = shutil.which("git")
    if git is None:
        return None
    # a hook runs with variables that lead to its own repository
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    quiet = {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 - the program is git, the arguments are fixed, names stand after --
            [git, *_QUIET, *arguments],
            cwd=folder,
            env=kept | quiet,
            input=given,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


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
