"""`reconciler ci pull-request`: propose a branch that was pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands.ci.body import BRANCH, body, labels, read_text
from reconciler.commands.ci.place import HERE, kind_of_forge
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import language, option
from reconciler.errors import Exit
from reconciler.flow.forges import one_line, open_forge
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(
    "pull-request",
    cls=Command,
    help=N_(
        "Open a pull request for a branch that has been pushed, or give the open one another title and text.\n\n"
        "Only one that the account of the token opened is touched. Prints its address."
    ),
)
@option("--branch", type=BRANCH, required=True, help=N_("The branch that is proposed."))
@option("--base", type=BRANCH, help=N_("The branch that it is for; the main one of the repository."))
@option("--title", required=True, help=N_("The title of the pull request, in one line."))
@body(required=True)
@labels()
@HERE
@language
def command(
    branch: str,
    base: str | None,
    title: str,
    text: str,
    labels: Sequence[str],
    forge: str | None,
    patience: float,
) -> int:
    """Open it or write it anew."""
    from reconciler.forge.sticky import Proposed, put_pull_request

    said = read_text(text)
    with open_forge(kind_of_forge(forge), patience) as there:
        proposed = Proposed(branch, base or there.main_branch(), one_line(title), said, tuple(labels))
        click.echo(short(put_pull_request(there, proposed)))
    return Exit.OK
