"""`reconciler drift`: what was changed without the YAML; for a schedule."""

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
    "drift",
    cls=Command,
    help=N_(
        "Tell whether the bureau still is what the YAML says.\n\n"
        "Exits with 0 where it is, and with 2 where anything differs: changes to make, blocked ones among"
        " them, and access that no rule mentions where the YAML wants it reported."
    ),
)
@options.where
@options.filters
@options.as_of
@options.full
@options.output
@options.language
@click.pass_obj
def command(say: Catalogue, /, full: bool, form: str, **flags: Any) -> int:
    """Compare and print."""
    from reconciler.commands.flags import wanted, where
    from reconciler.commands.world import open_world
    from reconciler.formats import show_plan

    with open_world(where(flags)) as world:
        plan = world.plan(wanted(flags))
    click.echo(show_plan(plan, form, say, full=full, drift=True), nl=False)
    return Exit.OK if plan.in_sync and not plan.unmanaged else Exit.CHANGES
