"""`reconciler ci output`: hand a value on to later steps and jobs, whatever it holds."""

from __future__ import annotations

import os
import secrets
from gettext import gettext
from pathlib import Path

import click

from reconciler.commands.ci.body import Matching, read_text
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language, option
from reconciler.errors import Exit, InputError, Message, ReconcilerError
from reconciler.flow.files import writing

LONGEST = 1 << 20
"""Bytes of a value: GitHub keeps no more of the outputs of a job."""

_OUTPUT = "GITHUB_OUTPUT"


@click.command(
    "output",
    cls=Command,
    help=N_(
        "Hand a value on under a name, through the file that GITHUB_OUTPUT names.\n\n"
        "The value may hold anything, lines that look like other outputs among it. For GitLab, --dotenv names the"
        " file that the job hands on as a dotenv report; a value there has one line."
    ),
)
@argument("name", type=Matching(r"[A-Za-z_][A-Za-z0-9_-]{0,99}", "NAME", "digest"))
@argument("value", required=False)
@option("--file", metavar="FILE", help=N_("Read the value from a file; - for standard input."))
@option("--dotenv", type=click.Path(path_type=Path), help=N_("Add it to this file instead, as NAME=VALUE."))
@language
def command(name: str, value: str | None, file: str | None, dotenv: Path | None) -> int:
    """Write it."""
    if (value is None) == (file is None):
        raise click.UsageError(gettext("a value is given either as such or with --file"))
    text = value if value is not None else read_text(file or "-").removesuffix("\n")
    if len(text.encode()) > LONGEST:
        raise InputError(Message("the value of {name} is larger than {most} bytes", name=name, most=LONGEST))
    if dotenv:
        _append(dotenv, _line(name, text))
    else:
        add_to(_OUTPUT, between(name, text))
    return Exit.OK


def between(name: str, text: str) -> str:
    """A value of any content as an output, between two lines that nobody can foresee."""
    mark = f"end_{secrets.token_hex(16)}"
    while mark in text:  # pragma: no cover - as likely as guessing a key
        mark = f"end_{secrets.token_hex(16)}"
    return f"{name}<<{mark}\n{text}\n{mark}\n"


def _line(name: str, text: str) -> str:
    """A value as a line of a dotenv file, which GitLab reads up to the end of the line and without quotes."""
    if "-" in name or len(text.splitlines()) > 1 or text != text.strip() or "\0" in text:
        raise InputError(
            Message("{name} cannot stand in a dotenv file with this value", name=name),
            hint=Message("names there have no hyphen, and values have one line"),
        )
    return f"{name}={text}\n"


def add_to(variable: str, text: str) -> None:
    """Add a text to the file that a variable of the pipeline names.

    Raises:
        ReconcilerError: where the variable is not set, or the file cannot be written.
    """
    path = os.environ.get(variable, "")
    if not path:
        raise ReconcilerError(
            Message("the variable {name} is not set", name=variable),
            hint=Message("a pipeline of the forge has it by itself"),
        )
    _append(Path(path), text)


def _append(path: Path, text: str) -> None:
    with writing(path), path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)
