"""Real git repositories for tests, whatever settings the machine has."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str, **given) -> str:
    """What git prints; it fails where git does."""
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{
            f"GIT_{who}_{what}": "x@y.example"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    ran = subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True, **given
    )
    return ran.stdout


def commit(folder: Path, message: str = "change") -> str:
    """Commit all that there is; the hash."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()


def plant_hooks(folder: Path, marker: Path) -> None:
    """Hooks, filters and the like that leave a mark, and fail; a file of the repository asks for the filters."""
    program = folder / ".git/program.sh"
    program.write_text(f"#!/bin/sh\necho \"$0\" >> '{marker}'\nexit 1\n")
    program.chmod(0o755)
    for key in (
        "filter.evil.smudge",
        "filter.evil.clean",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.pager",
    ):
        git(folder, "config", key, str(program))
    for hook in (
        *(
            "pre-commit",
            "commit-msg",
            "prepare-commit-msg",
            "post-commit",
            "post-checkout",
            "post-index-change",
        ),
        *("reference-transaction", "pre-push", "post-rewrite", "post-merge"),
    ):
        path = folder / ".git/hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(program.read_text())
        path.chmod(0o755)
