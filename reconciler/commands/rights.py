"""`reconciler rights`: what the operator may hand out where, and who else may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.formats.catalogue import Catalogue


@click.command(
    "rights",
    cls=Command,
    help=N_(
        "Show what you may hand out at which clients, and which other operators there are.\n\n"
        "A system administrator of a client may give and remove access and every program there; an"
        " administrator of certain programs may assign and remove those, where there is access already."
        " With --missing: the fewest rights with which a plan shows nothing as blocked for lack of a right,"
        " and who has them."
    ),
)
@options.where
@options.option("--missing", is_flag=True, help=N_("Show the rights that are lacking for a plan."))
@options.filters
@options.as_of
@options.only
@options.full
@options.output
@options.language
@click.pass_obj
def command(say: Catalogue, /, missing: bool, full: bool, form: str, **flags: Any) -> int:
    """Fetch and print."""
    source = click.get_current_context().get_parameter_source
    if not missing and any(source(name) is ParameterSource.COMMANDLINE for name in _OF_A_PLAN):
        raise click.UsageError(say("what belongs to a plan goes with --missing"))
    click.echo((_missing if missing else _rights)(flags, say, form, full=full), nl=False)
    return Exit.OK


_OF_A_PLAN = ("consultants", "clients", "teams", "tags", "as_of", "only")


def _rights(flags: Mapping[str, Any], say: Catalogue, form: str, *, full: bool) -> str:
    from reconciler.backends import open_backend
    from reconciler.commands.flags import where
    from reconciler.flow.settings import backend_config, read_settings
    from reconciler.formats import show_rights

    with open_backend(backend_config(read_settings(where(flags)))) as backend:
        current = backend.current()
    return show_rights(current, form, say, full=full)


def _missing(flags: Mapping[str, Any], say: Catalogue, form: str, *, full: bool) -> str:
    from reconciler.commands.flags import wanted, where
    from reconciler.flow.settings import ALL
    from reconciler.flow.several import Several
    from reconciler.flow.world import asked_for, open_world
    from reconciler.formats import show_missing_rights
    from reconciler.plan.missing import missing_rights

    wish = wanted(flags)
    if flags["operator"] == ALL:
        several = Several.of(where(flags))
        policy, current = several.policy, several.fetch().current
    else:
        with open_world(where(flags)) as world:
            policy, current = world.policy, world.backend.current()
    asked = asked_for(policy, current.register, wish)
    found = missing_rights(asked.desired, current, asked.date, wish.half)
    return show_missing_rights(found, form, say, full=full)
