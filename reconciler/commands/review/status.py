"""`reconciler review status`: who has not reviewed what since when, and what has changed since it was signed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.commands.review.looking import scopes
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


class Days(click.ParamType["int"]):
    """Days, written as 90 or 90d."""

    name = "DAYS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """From text; fails as click does."""
        if isinstance(value, int):
            return value
        found = re.fullmatch("([1-9][0-9]{0,3})d?", value)
        if not found:
            from gettext import gettext

            self.fail(
                gettext("{value!r} is not a number of days such as 90.").format(value=value), param, ctx
            )
        return int(found[1])


@click.command(
    "status",
    cls=Command,
    help=N_(
        "Tell whose review is due, and what has changed since it was signed.\n\n"
        "Exits with 2 where a review was never signed or is too old, where somebody has got something since, or"
        " where something is still there that was to go."
    ),
)
@options.where
@scopes
@options.option(
    "--within",
    type=Days(),
    help=N_("A review is due again after so many days; what reconciler.yaml says, or a year."),
)
@options.option(
    "--as-of",
    type=options.Day(),
    help=N_("As if it were this day; today in the bureau's time zone if nothing is said."),
)
@options.full
@options.output
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    by: str | None,
    teams: tuple[str, ...],
    clients: tuple[str, ...],
    within: int | None,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Look up, compare and print."""
    from reconciler.commands.flags import where
    from reconciler.flow.reviewing import look, sign_offs
    from reconciler.flow.settings import read_settings
    from reconciler.formats import show_standings
    from reconciler.review.status import State, standings

    settings = read_settings(where(flags))
    looked = look(settings, by, teams, clients, flags["as_of"], history=False)
    days = within or settings.reviews.every
    signed, unsigned = sign_offs(settings.reviews.folder, looked.register.bureau)
    for path in unsigned:
        click.echo(say("{path} is not signed, and counts nothing", path=path), err=True)
    found = standings(looked.units, looked.found, signed, looked.date, days)
    put(show_standings(found, looked.register, form, say, today=looked.date, within=days, full=full))
    return Exit.OK if all(one.state is State.DONE for one in found) else Exit.CHANGES
