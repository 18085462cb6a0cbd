"""`reconciler review …`: somebody who answers for it looks at who has what, and signs."""

from __future__ import annotations

import click

from reconciler.commands.help import Group
from reconciler.commands.language import N_
from reconciler.commands.options import language
from reconciler.commands.review.list import command as list_
from reconciler.commands.review.sign import command as sign
from reconciler.commands.review.status import command as status


@click.group(
    "review",
    cls=Group,
    help=N_(
        "Review access: list who has what, sign what was decided, and tell whose review is due.\n\n"
        "A list is of a team's clients, for its lead, or of a client. What was signed is kept as a file beside the"
        " YAML, bound to exactly what the list showed."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""


for _one in (list_, sign, status):
    command.add_command(_one)
