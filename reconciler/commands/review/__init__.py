"""`reconciler review …`: somebody who answers for it looks at who has what, and signs."""

from __future__ import annotations

import click

from reconciler.commands.help import Lazy
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "review",
    cls=Lazy,
    package=__name__,
    names=("list", "sign", "status"),
    help=N_(
        "Review access: list who has what, sign what was decided, and tell whose review is due.\n\n"
        "A list is of a team's clients, for its lead, or of a client. What was signed is kept as a file beside the"
        " YAML, bound to exactly what the list showed."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""
