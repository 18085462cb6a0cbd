"""`reconciler policy …`: try the rules of the bureau's own."""

from __future__ import annotations

import click

from reconciler.commands.help import Group
from reconciler.commands.language import N_
from reconciler.commands.options import language
from reconciler.commands.policy.test import command as test


@click.group(
    "policy",
    cls=Group,
    help=N_(
        "Try the expressions of the policy folder.\n\n"
        "Under “expressions” a bureau demands what nothing else in the YAML can say, and writes beside it which"
        " changes must be allowed and which must be denied."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""


command.add_command(test)
