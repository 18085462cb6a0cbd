"""`reconciler register check`: is the register still what the backend says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "check",
    cls=Command,
    help=N_(
        "Tell whether the register still is what the backend says; exit with 2 where it is not.\n\n"
        "“reconciler register pull” brings it up to date."
    ),
)
@options.where
@options.register
@options.full
@options.output
@options.language
@click.pass_obj
def command(say: Catalogue, /, full: bool, form: str, **flags: Any) -> int:
    """Compare and print."""
    from reconciler.commands.flags import where
    from reconciler.commands.register.pull import fetch
    from reconciler.flow.settings import read_settings
    from reconciler.formats import show_register_moved
    from reconciler.register import moved, read_register, register_of, write_register

    settings = read_settings(where(flags))
    there = read_register(settings.register)
    texts = write_register(fetch(flags)).texts
    # by way of the files, so that what cannot be written in them is no difference
    now = register_of({name: text.encode() for name, text in texts.items()}, settings.register.as_posix())
    found = moved(there, now)
    click.echo(show_register_moved(found, form, say, full=full), nl=False)
    return Exit.OK if found.none else Exit.CHANGES
