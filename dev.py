#!/usr/bin/env python3
"""The one way to set this project up and to run its tasks; needs nothing but Python 3.11 or newer.

    python3 dev.py demo [--lang sv]   set up, then the main job on an example bureau
    python3 dev.py test [ARG ...]     set up, then the tests (arguments go to pytest)
    python3 dev.py check              set up, then all that CI checks: format, lint, types, imports, tests
    python3 dev.py run ARG ...        set up, then `reconciler ARG ...`
    python3 dev.py bench NAME ...     set up, then `python -m benchmarks.NAME ...`
    python3 dev.py fix                format and mend what ruff can mend
    python3 dev.py messages           bring the message catalogue up to date with the code
    python3 dev.py lock               write requirements.lock and reconciler.lock anew from pyproject.toml

Set-up makes a virtual environment in .venv from requirements.lock, whose hashes are checked, and is
skipped when nothing changed. It touches nothing outside this folder, so an externally managed Python
is no obstacle.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
LOCK = ROOT / "requirements.lock"
RUNTIME = ROOT / "reconciler.lock"
PROJECT = ROOT / "pyproject.toml"
CATALOGUE = "reconciler/formats/locale"
KEYWORDS = ("Message", "count:1,2", "say", "N_")
"""What the code calls with a message, beside the names that Babel knows by itself."""


def run(*command: str | Path) -> None:
    """Run a command in the project folder; end with its exit code where it fails."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def tool(name: str, *arguments: str) -> None:
    """Run a module of the environment."""
    run(BIN / "python", "-m", name, *arguments)


def make_environment() -> None:
    """Create .venv, with pip in it where this Python can."""
    venv = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(venv, cwd=ROOT, capture_output=True, check=False).returncode:
        run(*venv, "--without-pip")


def pip() -> list[str | Path]:
    """The command that installs into .venv.

    Debian and Ubuntu split ensurepip off into python3-venv; the system's own pip can fill in for it.
    """
    inside: list[str | Path] = [BIN / "python", "-m", "pip"]
    outside: list[str | Path] = [sys.executable, "-m", "pip", "--python", BIN / "python"]
    for command in (inside, outside):
        if not subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
            return command
    sys.exit("This Python has neither venv nor pip. On Debian or Ubuntu: apt install python3-venv")


def set_up() -> None:
    """Make .venv as the lock file and pyproject.toml say, unless it is already so."""
    version = sys.version.encode() + str(ROOT).encode()
    parts = [hashlib.sha256(part).hexdigest() for part in (version, LOCK.read_bytes(), PROJECT.read_bytes())]
    stamp, wanted = VENV / "stamp", " ".join(parts)
    there = stamp.read_text() if stamp.exists() else ""
    if there == wanted:
        return
    print("Setting up .venv (once, under a minute) …", file=sys.stderr)
    if there.split(" ")[0] != parts[0]:
        make_environment()
    quiet = ["--quiet", "--disable-pip-version-check"]
    run(*pip(), "install", *quiet, "--require-hashes", "--only-binary", ":all:", "-r", LOCK)
    run(*pip(), "install", *quiet, "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp.write_text(wanted)


def check() -> None:
    """Exactly what CI checks, the tests last."""
    tool("ruff", "format", "--check", ".")
    tool("ruff", "check", ".")
    tool("mypy")
    run(BIN / "lint-imports")
    tool("pytest", "-n", "auto")


def messages() -> None:
    """Extract the messages, merge them into the Swedish catalogue, compile it; twice is as good as once."""
    keywords = [part for word in KEYWORDS for part in ("-k", word)]
    header = ["--project=reconciler", "--no-location", "--sort-output", "--omit-header"]
    common = ["-d", CATALOGUE, "-D", "reconciler"]
    merge = ["--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date"]
    with tempfile.TemporaryDirectory() as folder:
        pot = f"{folder}/reconciler.pot"
        run(
            BIN / "pybabel",
            "-q",
            "extract",
            "-F",
            "pyproject.toml",
            *keywords,
            *header,
            "-o",
            pot,
            "reconciler",
            "schemas",
        )
        run(BIN / "pybabel", "-q", "update", "-i", pot, *common, *merge)
    run(BIN / "pybabel", "-q", "compile", *common)


def lock() -> None:
    """Resolve the dependencies for every supported Python and platform; of those, what a pipeline installs."""
    how = ["--universal", "--generate-hashes", "--python-version", "3.11"]
    how += ["--custom-compile-command", "python3 dev.py lock", "pyproject.toml"]
    run(BIN / "uv", "pip", "compile", "-q", *how, "--group", "dev", "--upgrade", "-o", LOCK.name)
    run(BIN / "uv", "pip", "compile", "-q", *how, "--group", "build", "-c", LOCK.name, "-o", RUNTIME.name)


def main(arguments: list[str]) -> None:
    """Set up, then do the one task that is named."""
    task, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    tasks = {
        "demo": lambda: tool("reconciler", "demo", *rest),
        "run": lambda: tool("reconciler", *rest),
        "test": lambda: tool("pytest", *rest) if rest else tool("pytest", "-n", "auto"),
        "bench": lambda: tool(f"benchmarks.{rest[0]}", *rest[1:]),
        "check": check,
        "fix": lambda: (tool("ruff", "check", "--fix", "."), tool("ruff", "format", ".")),
        "messages": messages,
        "lock": lock,
    }
    if task not in tasks:
        sys.exit(__doc__)
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python meets first
        sys.exit("reconciler needs Python 3.11 or newer")
    set_up()
    tasks[task]()


if __name__ == "__main__":
    main(sys.argv[1:])
