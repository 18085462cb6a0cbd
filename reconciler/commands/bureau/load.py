"""`reconciler bureau load`: fill a bureau from a CSV file, or make the example."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands.bureau.database import database, open_store
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language, option
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "load",
    cls=Command,
    help=N_(
        "Fill a bureau from CSV, or make the example bureau.\n\n"
        "A file has the columns consultant,client,program, or user,permission: then each permission is a"
        " client with one program, and with --programs-per-client N permission p is program p mod N at"
        " client p div N. What the bureau does not know yet is made."
    ),
)
@argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@database
@option("--bureau", help=N_("Key of the bureau, such as exempelbyran."))
@option(
    "--programs-per-client",
    type=click.IntRange(1, 64),
    help=N_("Make clients with so many programs out of permissions."),
)
@option(
    "--example", is_flag=True, help=N_("Make the example bureau with its operators, and write their tokens.")
)
@option(
    "--tokens",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("tokens"),
    show_default=True,
    help=N_("Folder for the tokens of the example's operators."),
)
@language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    file: Path | None,
    database: Path,
    bureau: str | None,
    programs_per_client: int | None,
    example: bool,
    tokens: Path,
) -> int:
    """Load it."""
    if example == (file is not None) or bool(file) != bool(bureau):
        raise click.UsageError(say("give a FILE and --bureau, or --example"))
    if file is None:
        _load_example(database, tokens)
        click.echo(
            say(
                "Made the example bureau in {path}; the tokens are in {tokens}.", path=database, tokens=tokens
            )
        )
        return Exit.OK
    from reconciler.bureau.csvload import load_csv

    assert bureau is not None, "checked above"
    with open_store(database) as store:
        loaded = load_csv(store, bureau, file, programs_per_client=programs_per_client)
    click.echo(
        say.count("Loaded {n} row from {path}.", "Loaded {n} rows from {path}.", loaded.rows, path=file)
    )
    return Exit.OK


def _load_example(database: Path, tokens: Path) -> None:
    from reconciler.bureau.example import load_example
    from reconciler.flow.files import write_tokens
    from reconciler.resources import resource

    with open_store(database, new=True) as store:
        write_tokens(tokens, load_example(store, resource("policies/example")))
