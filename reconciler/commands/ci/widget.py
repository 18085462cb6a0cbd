"""`reconciler ci widget`: the figures of a plan for the box on a merge request of GitLab."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language
from reconciler.errors import Exit


@click.command(
    "widget",
    cls=Command,
    help=N_(
        "Print what a plan file gives, changes and takes away, for GitLab's report “terraform”.\n\n"
        "GitLab shows the figures on the merge request: accesses that are given, that get other programs, and that"
        " are taken away."
    ),
)
@argument("file", type=click.Path(path_type=Path))
@language
def command(file: Path) -> int:
    """Read, count and print."""
    from reconciler.flow.approval import read_file
    from reconciler.formats.json import to_json
    from reconciler.formats.widget import widget

    _content, found = read_file(file)
    click.echo(to_json(widget(found.plan)), nl=False)
    return Exit.OK
