"""`reconciler ci approved`: the digest that was approved by merging a pull request."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.commands.ci.body import BRANCH, COMMIT, Matching, bureau
from reconciler.commands.ci.place import HERE, kind_of_forge, read_event
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.options import language, option
from reconciler.errors import Exit, InputError, Message
from reconciler.flow.forges import open_forge

if TYPE_CHECKING:
    from reconciler.forge.seam import Forge, PullRequest


@click.command(
    "approved",
    cls=Command,
    help=N_(
        "Print the digest that was approved by merging a pull request: apply --expect takes it.\n\n"
        "It stands in our comment with the plan. That counts where nobody else has edited it, it is about exactly"
        " the commit that was merged, was there before the merge, and shows everything. Else nothing is printed,"
        " and the exit code is 1."
    ),
)
@option(
    "--number", type=click.IntRange(1), help=N_("The pull request; the one that was merged as the commit.")
)
@option("--commit", type=COMMIT, help=N_("What it was merged as; the commit that the pipeline runs on."))
@option(
    "--base", type=BRANCH, help=N_("The branch that it must be merged into; the main one of the repository.")
)
@option(
    "--by",
    type=Matching(r"[A-Za-z0-9._-]{1,100}(?:\[bot\])?", "ACCOUNT", "github-actions[bot]"),
    help=N_("The account whose comment counts; that of the token if nothing is said."),
)
@option(
    "--reviewed",
    is_flag=True,
    help=N_(
        "Also demand that a person who may write, and is not its author, has approved it when the plan was there."
    ),
)
@bureau
@HERE
@language
def command(
    number: int | None,
    commit: str | None,
    base: str | None,
    by: str | None,
    reviewed: bool,
    bureau: str,
    forge: str | None,
    patience: float,
) -> int:
    """Ask, judge and print."""
    from reconciler.forge.approval import Asked, approved_digest

    if number and commit:
        raise click.UsageError(gettext("--number and --commit both name a pull request: give one of them"))
    which = kind_of_forge(forge)
    with open_forge(which, patience) as there:
        pull_request = _pull_request(there, number, commit or read_event(which).commit)
        asked = Asked(bureau, base or there.main_branch(), by or there.me(), reviewed)
        click.echo(approved_digest(there, pull_request, asked))
    return Exit.OK


def _pull_request(forge: Forge, number: int | None, commit: str) -> PullRequest:
    from reconciler.forge.approval import merged_as
    from reconciler.forge.markers import COMMIT as WRITTEN

    if number:
        return forge.pull_request(number)
    if not WRITTEN.fullmatch(commit):
        raise InputError(
            Message("nothing tells which commit this is about"), hint=Message("say which with --commit")
        )
    return merged_as(forge, commit)
