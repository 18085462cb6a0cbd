"""`reconciler bureau create`: an empty bureau with its programs, or the example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands.bureau.database import database, open_store
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language, option
from reconciler.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.formats.catalogue import Catalogue


@click.command(
    "create",
    cls=Command,
    help=N_(
        "Make an empty bureau in a database.\n\n"
        "Give its programs with --program, those of the bureau package, and with --other-program those that"
        " are never granted or removed by this tool. Fill it with: reconciler bureau load"
    ),
)
@argument("bureau")
@database
@option("--name", help=N_("What people call the bureau; its key if nothing is said."))
@option(
    "--timezone",
    default="Europe/Stockholm",
    show_default=True,
    help=N_("IANA time zone; dates in the YAML are days there."),
)
@option("--program", "programs", multiple=True, help=N_("A program of the bureau package; may be repeated."))
@option(
    "--other-program",
    "others",
    multiple=True,
    help=N_("A program outside the bureau package; may be repeated."),
)
@language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    bureau: str,
    database: Path,
    name: str | None,
    timezone: str,
    programs: tuple[str, ...],
    others: tuple[str, ...],
) -> int:
    """Make it."""
    from reconciler.bureau.registers import create_bureau
    from reconciler.grid.register import Program

    rows = [*(Program(key) for key in programs), *(Program(key, in_package=False) for key in others)]
    with open_store(database, new=True) as store:
        create_bureau(store, bureau, name or bureau, timezone, rows)
    click.echo(say("Made the bureau {bureau} in {path}.", bureau=bureau, path=database))
    return Exit.OK
