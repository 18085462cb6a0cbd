"""`reconciler policy …`: try the rules of the bureau's own."""

from __future__ import annotations

import click

from reconciler.commands.help import Lazy
from reconciler.commands.language import N_
from reconciler.commands.options import language


@click.group(
    "policy",
    cls=Lazy,
    package=__name__,
    names=("test",),
    help=N_(
        "Try the expressions of the policy folder.\n\n"
        "Under “expressions” a bureau demands what nothing else in the YAML can say, and writes beside it which"
        " changes must be allowed and which must be denied."
    ),
)
@language
def command() -> None:
    """The group itself does nothing."""
