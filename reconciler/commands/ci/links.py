"""`reconciler ci links`: a link on the page of a job of GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands.ci.body import ADDRESS
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language, option
from reconciler.errors import Exit
from reconciler.flow.forges import one_line

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "links",
    cls=Command,
    help=N_(
        "Print a link for GitLab's report “annotations”, which shows it on the page of the job.\n\n"
        "Such as to the page with the whole plan, which is among the artifacts."
    ),
)
@argument("url", type=ADDRESS)
@option("--label", help=N_("What the link is called, in one line."))
@language
@click.pass_obj
def command(say: Catalogue, /, url: str, label: str | None) -> int:
    """Print it."""
    from reconciler.formats.json import to_json

    link = {"label": one_line(label if label is not None else say("The whole plan")), "url": url}
    click.echo(to_json({"reconciler": [{"external_link": link}]}), nl=False)
    return Exit.OK
