"""`reconciler ci comment`: the one comment of a kind on a pull request, written anew with each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands.ci.body import COMMIT, body, bureau, read_text
from reconciler.commands.ci.place import HERE, kind_of_forge, read_event
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import language, option
from reconciler.errors import Exit, InputError, Message
from reconciler.flow.forges import open_forge
from reconciler.formats.safe import short

if TYPE_CHECKING:
    from reconciler.commands.ci.place import Event
    from reconciler.forge.markers import Marker
    from reconciler.forge.seam import Forge
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "comment",
    cls=Command,
    help=N_(
        "Write the comment of a kind on a pull request: a new one, or the one that is there anew.\n\n"
        "Only a comment that the account of the token wrote is written anew. Prints its address. Where a plan or a"
        " diff is of a commit that is the head no more, nothing is written: another run is about to. What became of a"
        " request stands on the issue that asks for it, at GitHub."
    ),
)
@option(
    "--kind",
    type=click.Choice(["plan", "diff", "apply", "drift", "request"]),
    required=True,
    help=N_("What the comment tells of."),
)
@body(required=True)
@option(
    "--number",
    type=click.IntRange(1),
    help=N_(
        "The pull request; the one that the pipeline runs for, or that was merged as the commit. Of a request, the issue."
    ),
)
@option("--commit", type=COMMIT, help=N_("What the comment is about; the head of the pull request."))
@bureau
@HERE
@language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    kind: str,
    text: str,
    number: int | None,
    commit: str | None,
    bureau: str,
    forge: str | None,
    patience: float,
) -> int:
    """Write it."""
    from reconciler.forge.markers import Kind, Marker, is_marked
    from reconciler.forge.sticky import put_comment

    written = read_text(text)
    if is_marked(written):
        raise InputError(Message("{path} has the hidden first line of a comment of ours in it", path=text))
    which = kind_of_forge(forge)
    event = read_event(which)
    marker = Marker(Kind(kind), bureau, commit or _commit(event, kind, number))
    if kind == "request" and which != "github":
        raise InputError(Message("what became of a request is told at GitHub only"))
    with open_forge(which, patience) as there:
        meant = (
            number or (event.issue if kind == "request" else event.number) or _merged(there, marker.commit)
        )
        if not _is_of_now(there, meant, marker):
            told = say("Pull request {number} has moved on: nothing was written.", number=meant)
            click.echo(told, err=True)
            return Exit.OK
        click.echo(short(put_comment(there, meant, marker, written)))
    return Exit.OK


def _commit(event: Event, kind: str, number: int | None) -> str:
    """What the comment is about, as far as the pipeline tells."""
    if event.head and number in {None, event.number}:
        return event.head
    if event.commit and kind in {"apply", "drift", "request"}:
        return event.commit
    raise InputError(
        Message("nothing tells which commit this is about"), hint=Message("say which with --commit")
    )


def _merged(forge: Forge, commit: str) -> int:
    from reconciler.forge.approval import merged_as

    return merged_as(forge, commit).number


def _is_of_now(forge: Forge, number: int, marker: Marker) -> bool:
    """Whether a plan or a diff is of the head; what tells of what was done always is."""
    return marker.kind not in {"plan", "diff"} or forge.pull_request(number).head == marker.commit
