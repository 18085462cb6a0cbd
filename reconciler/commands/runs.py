"""`reconciler runs`: which runs there were on this machine, and what each did; needs no backend and no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.help import Command, Group
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue


@click.group(
    "runs",
    cls=Group,
    invoke_without_command=True,
    help=N_(
        "List the runs of apply on this machine, the newest first.\n\n"
        "They stand in a journal in the state folder, with every operation before it was sent and after each"
        " answer: what apply --resume goes on from. Needs neither the bureau nor a token."
    ),
)
@options.full
@options.output
@options.language
@click.pass_context
def command(ctx: click.Context, /, full: bool, form: str) -> int:
    """List them, where no other command is given."""
    if ctx.invoked_subcommand is not None:
        return Exit.OK
    from reconciler.flow.running import known_journal
    from reconciler.formats import show_runs

    say: Catalogue = ctx.obj
    with known_journal() as journal:
        runs = journal.runs() if journal else []
    click.echo(show_runs(runs, form, say, full=full), nl=False)
    return Exit.OK


@command.command("show", cls=Command, help=N_("Show what each operation of a run did."))
@options.argument("run")
@options.full
@options.output
@options.language
@click.pass_obj
def show(say: Catalogue, /, run: str, full: bool, form: str) -> int:
    """Show one."""
    from reconciler.errors import InputError, Message
    from reconciler.flow.approval import register_of
    from reconciler.flow.running import known_journal
    from reconciler.formats import show_run

    with known_journal() as journal:
        found = journal.find(run) if journal else None
        if journal is None or found is None:
            raise InputError(
                Message("there is no run “{run}” in the journal", run=run),
                Message("“reconciler runs” lists them"),
            )
        register, results = register_of(journal.plan(run)), journal.results(run)
    click.echo(show_run(found, results, register, form, say, full=full), nl=False)
    return Exit.OK


@command.command(
    "prune", cls=Command, help=N_("Forget all runs but the newest; those that are not finished stay.")
)
@options.option(
    "--keep", type=click.IntRange(0), required=True, help=N_("How many of the newest runs are kept.")
)
@options.language
@click.pass_obj
def prune(say: Catalogue, /, keep: int) -> int:
    """Forget old ones."""
    from reconciler.flow.running import known_journal

    with known_journal() as journal:
        gone = journal.prune(keep) if journal else 0
    click.echo(say.count("{n} run forgotten.", "{n} runs forgotten.", gone))
    return Exit.OK
