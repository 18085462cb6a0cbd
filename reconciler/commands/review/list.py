"""`reconciler review list`: who has what, since when and by which rule, for somebody to go through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.commands.review.looking import scopes
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.flow.reviewing import Looked
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "list",
    cls=Command,
    help=N_(
        "List who has what, since when and by which rule, for a team lead or a client.\n\n"
        "What no rule gives comes first, then what ends first. With --format yaml or xlsx, and one team or client"
        " named, the list is to be filled in: keep or remove for each row. Then: reconciler review sign FILE"
    ),
)
@options.where
@scopes
@options.option(
    "--as-of",
    type=options.Day(),
    help=N_("Read the rules for this day; today in the bureau's time zone if nothing is said."),
)
@options.full
@options.output_review
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    by: str | None,
    teams: tuple[str, ...],
    clients: tuple[str, ...],
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Look up and print."""
    from reconciler.commands.flags import where
    from reconciler.flow.reviewing import look
    from reconciler.flow.settings import read_settings

    if form == "yaml" and len(teams) + len(clients) != 1:
        raise click.UsageError(
            say("a list to be signed is of one team or client: name it with --team or --client")
        )
    looked = look(read_settings(where(flags)), by, teams, clients, flags["as_of"], history=True)
    put(_shown(looked, form, say, full=full))
    return Exit.OK


def _shown(looked: Looked, form: str, say: Catalogue, *, full: bool) -> str | bytes:
    from reconciler.formats import show_reviews

    return show_reviews(
        looked.found, looked.register, form, say, date=looked.date, since_told=looked.since_told, full=full
    )
