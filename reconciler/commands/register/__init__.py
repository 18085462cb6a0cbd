"""`reconciler register …`: the bureau's consultants, clients and programs as files beside the YAML."""

from __future__ import annotations

import click

from reconciler.commands.help import Lazy
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "register",
    cls=Lazy,
    package=__name__,
    names=("pull", "check"),
    help=N_(
        "The bureau's consultants, clients and programs as CSV files beside the YAML.\n\n"
        "With them, what a change of the YAML means is told where no backend may be asked, as for a pull"
        " request from a fork. They hold names, tags and teams: no access, no tokens, no operators."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""
