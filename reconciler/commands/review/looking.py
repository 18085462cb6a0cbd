"""What `review list` and `review status` are asked alike: which reviews."""

from __future__ import annotations

import click

from reconciler.commands import options
from reconciler.commands.language import N_

scopes = options.together(
    options.option(
        "--by",
        type=click.Choice(["team", "client"]),
        help=N_("What is reviewed together: the clients of a team, or each client; team if nothing is said."),
    ),
    options.option(
        "--team",
        "teams",
        env="RECONCILER_TEAM",
        multiple=True,
        help=N_("The review of this team; may be repeated."),
    ),
    options.clients,
)
