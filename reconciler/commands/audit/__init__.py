"""`reconciler audit …`: ask the audit log, and find out whether it is what was written."""

from __future__ import annotations

import click

from reconciler.commands.help import Lazy
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "audit",
    cls=Lazy,
    package=__name__,
    names=("show", "verify"),
    help=N_(
        "Ask the audit log who gave whom what, and find out whether it is what was written.\n\n"
        "Every apply writes down who did what, when, on whose approval, by which rules, and what became of it."
        " Each line holds the hash of the one before it, and the head of the log is kept apart: what is"
        " changed, removed or cut off afterwards shows."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""
