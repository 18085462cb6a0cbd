"""`reconciler bureau …`: a bureau of your own in a SQLite file: make it, fill it, serve it."""

from __future__ import annotations

import click

from reconciler.commands.help import Lazy
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "bureau",
    cls=Lazy,
    package=__name__,
    names=("create", "load", "operators", "serve"),
    help=N_(
        "A bureau of your own in a SQLite file: make it, fill it, serve it.\n\n"
        "It does what a bureau's web application does, by an API: consultants, clients, programs, operators"
        " with rights, jobs and notifications. Good for trying things out, for tests, and as a backend."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""
