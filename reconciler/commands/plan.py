"""`reconciler plan`: what would change, what is blocked and why; changes nothing."""

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
    "plan",
    cls=Command,
    help=N_(
        "Show what would change, and change nothing.\n\n"
        "The plan is what the YAML says less what the bureau has now. Changes that your rights do not cover"
        " are shown as blocked, with the right that is missing and who could do it."
    ),
)
@options.where
@options.filters
@options.as_of
@options.ahead
@options.only
@options.allow
@options.option(
    "--detailed-exitcode", is_flag=True, help=N_("Exit with 2 where there are changes, for pipelines.")
)
@options.full
@options.output
@options.language
@click.pass_obj
def command(say: Catalogue, /, detailed_exitcode: bool, full: bool, form: str, **flags: Any) -> int:
    """Plan and print."""
    from reconciler.commands.flags import wanted, where
    from reconciler.commands.world import open_world
    from reconciler.formats import show_plan

    with open_world(where(flags)) as world:
        plan = world.plan(wanted(flags))
    click.echo(show_plan(plan, form, say, full=full), nl=False)
    return Exit.CHANGES if detailed_exitcode and not plan.in_sync else Exit.OK
