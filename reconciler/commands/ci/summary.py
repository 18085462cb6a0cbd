"""`reconciler ci summary`: add a report to the summary of a job of GitHub, which is lost whole where it is too large."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands.ci.body import read_text
from reconciler.commands.ci.output import add_to
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue

LARGEST = 1 << 20
"""Bytes that a step may add."""

_VARIABLE = "GITHUB_STEP_SUMMARY"


@click.command(
    "summary",
    cls=Command,
    help=N_(
        "Add a report in Markdown to the summary of the job, the file that GITHUB_STEP_SUMMARY names.\n\n"
        "A summary of more than 1 MiB is lost whole. What does not fit is left out, and it is said that it was."
    ),
)
@argument("file")
@language
@click.pass_obj
def command(say: Catalogue, /, file: str) -> int:
    """Cut what does not fit, and add the rest."""
    text = read_text(file)
    there = os.environ.get(_VARIABLE, "")
    room = LARGEST - (Path(there).stat().st_size if there and Path(there).is_file() else 0)
    add_to(_VARIABLE, fitting(text, room, say))
    return Exit.OK


def fitting(text: str, room: int, say: Catalogue) -> str:
    """A report, or its first lines under a sentence that the rest is missing; "" where not even that fits.

    Args:
        text: the report.
        room: bytes that it may take.
        say: the language.
    """
    text = text if text.endswith("\n") else f"{text}\n"
    if len(text.encode()) <= room:
        return text
    said = say("The report is larger than a summary may be: the end of it is missing here.")
    start = f"> {said}\n\n"
    left = room - len(start.encode())
    whole, lines = 0, []
    for line in text.splitlines(keepends=True):
        whole += len(line.encode())
        if whole > left:
            break
        lines.append(line)
    return f"{start}{''.join(lines)}" if left >= 0 else ""
