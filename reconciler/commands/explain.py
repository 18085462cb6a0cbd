"""`reconciler explain`: why somebody can or cannot open something."""

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
    "explain",
    cls=Command,
    help=N_(
        "Tell why a consultant may open a client, or one program there, or why not.\n\n"
        "By which rules, where they stand, since when and until when; what the bureau has now; what a plan"
        " would do and why not; who else has it. Each is written by its key, its name, or a part of the name"
        " that fits nobody else."
    ),
)
@options.argument("consultant")
@options.argument("client")
@options.argument("program", required=False)
@options.where
@options.as_of
@options.option(
    "--no-blame",
    is_flag=True,
    help=N_("Do not look up in the git history of the YAML when the rules were last changed."),
)
@options.full
@options.output
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    consultant: str,
    client: str,
    program: str | None,
    no_blame: bool,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Look up and print."""
    from reconciler.commands.flags import where
    from reconciler.flow.blame import last_changes
    from reconciler.flow.explaining import explanation
    from reconciler.flow.world import open_world
    from reconciler.formats import show_explanation

    with open_world(where(flags)) as world:
        current = world.backend.current()
    found = explanation(world.policy, current, (consultant, client, program), flags["as_of"])
    covering = [] if no_blame else [one.rule for one in found.coverings]
    edits = last_changes(world.policy, found.rules, covering, found.register.timezone)
    click.echo(show_explanation(found, edits, form, say, full=full), nl=False)
    return Exit.OK
