"""`reconciler init`: a folder to start from: the example's YAML and a configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue

CONFIG = """\
# Where the YAML and the backend are; `reconciler plan --help` tells what goes before this file.
policies: policies
backend:
  kind: embedded              # a bureau in a SQLite file; or http, with url: https://…
  database: bureau.db
  token-file: tokens/it-admin.token
"""

IGNORE = "tokens/\n*.db\n*.db-wal\n*.db-shm\n"


@click.command(
    "init",
    cls=Command,
    help=N_(
        "Make a folder to start from.\n\n"
        "Writes a configuration, reconciler.yaml, and the example's YAML into policies/, to be changed into"
        " your own. Nothing that is there is overwritten."
    ),
)
@options.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@options.language
@click.pass_obj
def command(say: Catalogue, /, folder: Path) -> int:
    """Write it."""
    for path in write_template(folder):
        click.echo(say("wrote {path}", path=path))
    click.echo(
        say("Next: reconciler bureau load --example, then reconciler plan; or name your own backend first.")
    )
    return Exit.OK


def write_template(folder: Path) -> list[Path]:
    """Write the files of a new folder; InputError where one of them is there already."""
    from reconciler.errors import InputError, Message
    from reconciler.flow.files import write_new
    from reconciler.resources import resource

    templates = sorted(resource("policies").glob("*.yaml"))
    files = {folder / "policies" / one.name: one.read_text(encoding="utf-8") for one in templates}
    files |= {folder / "reconciler.yaml": CONFIG, folder / ".gitignore": IGNORE}
    there = [path for path in files if path.exists()]
    if there:
        raise InputError(Message("{path} is there already; nothing was written", path=there[0]))
    for path, text in files.items():
        write_new(path, text)
    return sorted(files)
