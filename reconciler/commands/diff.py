"""`reconciler diff`: what a change of the YAML means in access; needs no token and no backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.comments import comment
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "diff",
    cls=Command,
    help=N_(
        "Show what a change of the YAML means: who gains what where, who loses it, and by which rule.\n\n"
        "BASE and HEAD are git revisions or folders of YAML; without HEAD, the files that are there now. No backend"
        " is asked and no token is needed: consultants and clients come from the register (see “register pull”)."
        " What guardrails would hold back is shown as blocked; rights are no question here."
    ),
)
@options.argument("base")
@options.argument("head", required=False)
@options.config
@options.policies
@options.register
@options.filters
@options.as_of
@options.ahead
@options.only
@options.option(
    "--merge-base",
    is_flag=True,
    help=N_("Compare with where HEAD parted from BASE, not with BASE as it is now."),
)
@options.option(
    "--detailed-exitcode", is_flag=True, help=N_("Exit with 2 where there are changes, for pipelines.")
)
@options.full
@options.output_plan
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    base: str,
    head: str | None,
    merge_base: bool,
    detailed_exitcode: bool,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Compare and print."""
    from reconciler.commands.flags import wanted
    from reconciler.flow.comparing import find_sides, make_diff
    from reconciler.flow.settings import Where, read_settings
    from reconciler.formats import show_diff

    place = Where(flags["config"], flags["policies"], register=flags["register"])
    trusted = flags["register"] is not None
    sides = find_sides(read_settings(place), base, head, fork=merge_base, trusted=trusted)
    diff = make_diff(sides, wanted(flags))
    put(show_diff(diff, form, say, full=full, comment=comment()))
    return Exit.CHANGES if detailed_exitcode and diff.changes_access else Exit.OK
