"""`reconciler rights`: what the operator may hand out where, and who else may."""

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
    "rights",
    cls=Command,
    help=N_(
        "Show what you may hand out at which clients, and which other operators there are.\n\n"
        "A system administrator of a client may give and remove access and every program there; an"
        " administrator of certain programs may assign and remove those, where there is access already."
    ),
)
@options.where
@options.full
@options.output
@options.language
@click.pass_obj
def command(say: Catalogue, /, full: bool, form: str, **flags: Any) -> int:
    """Fetch and print."""
    from reconciler.backends import open_backend
    from reconciler.commands.flags import where
    from reconciler.commands.settings import backend_config, read_settings
    from reconciler.formats import show_rights

    with open_backend(backend_config(read_settings(where(flags)))) as backend:
        current = backend.current()
    click.echo(show_rights(current, form, say, full=full), nl=False)
    return Exit.OK
