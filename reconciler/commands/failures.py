"""How a failure is told: the user's in a few lines, a bug of ours as a log file and where it is."""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.errors import InputError, ReconcilerError
from reconciler.formats.text.findings import findings_text

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


def tell(error: ReconcilerError, say: Catalogue) -> None:
    """Tell of the user's kind of failure, on stderr."""
    click.echo(findings_text(error.findings, say), nl=False, err=True)
    counted = isinstance(error, InputError) and error.findings
    message = say.message(error.message) if counted else say("error: {message}", message=error.message)
    click.echo(message, err=True)
    if error.hint:
        click.echo(say("hint: {hint}", hint=error.hint), err=True)


def record(error: BaseException, say: Catalogue) -> None:
    """Write a bug's traceback to a log file that only the user can read, and say where it is.

    The file holds file names, line numbers and the error's class; values stay out, for they may be secret.
    """
    from platformdirs import user_log_path

    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} in {frame.name}\n    {frame.line}\n" for frame in frames]
    text = f"{type(error).__module__}.{type(error).__qualname__}\nPython {sys.version}\n{''.join(lines)}"
    folder = Path(os.environ.get("RECONCILER_LOG_DIR") or user_log_path("reconciler"))
    path = folder / f"bug-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as log:
            log.write(text)
    except OSError:
        click.echo(text, err=True, nl=False)
    click.echo(
        say("This is a bug in reconciler, not in what you did: {kind}", kind=type(error).__name__), err=True
    )
    click.echo(say("What is needed to find it stands in {path}; please send it to us.", path=path), err=True)
