"""`reconciler audit show`: who gave whom what, when, on whose approval and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any, BinaryIO

    from reconciler.audit.select import Asked
    from reconciler.formats.catalogue import Catalogue


@click.command(
    "show",
    cls=Command,
    help=N_(
        "Tell what the audit log knows: who gave or took what, where, when, on whose approval and why.\n\n"
        "Consultants, clients, programs and operators are written by their keys. The log is verified first; what"
        " is wrong with it is told, and the exit code is 1, but what stands in it is shown all the same."
    ),
)
@options.config
@options.audit_log
@options.option("--since", type=options.Day(), help=N_("From this day on, in the bureau's time zone."))
@options.option("--until", type=options.Day(), help=N_("Up to this day, which is included."))
@options.option(
    "--operator",
    "operators",
    env="RECONCILER_OPERATOR",
    multiple=True,
    help=N_("Done with the rights of this operator; may be repeated."),
)
@options.option(
    "--run",
    "runs",
    env="RECONCILER_RUN",
    multiple=True,
    help=N_("This run, or how its key begins; may be repeated."),
)
@options.consultants
@options.clients
@options.programs
@options.option(
    "--outcome",
    "outcomes",
    env="RECONCILER_OUTCOME",
    multiple=True,
    type=click.Choice(["done", "refused", "failed", "not-done", "unknown", "unexpected"]),
    help=N_("What became of it; may be repeated."),
)
@options.full
@options.output_tables
@options.language
@click.pass_obj
def command(
    say: Catalogue, /, config: Path | None, audit_log: Path | None, full: bool, form: str, **flags: Any
) -> int:
    """Verify, select and print."""
    from reconciler.audit.select import Asked, Became, select
    from reconciler.audit.verify import verify
    from reconciler.commands.audit.verify import findings
    from reconciler.flow.auditing import find_log
    from reconciler.formats import show_audit, show_findings

    log = find_log(config, audit_log)
    verdict = verify(log, None)
    click.echo(show_findings(findings(verdict, log.path), "text", say), nl=False, err=True)
    asked = Asked(
        since=flags["since"],
        until=flags["until"],
        runs=flags["runs"],
        became=frozenset(map(Became, flags["outcomes"])),
        **{name: frozenset(flags[name]) for name in ("operators", "consultants", "clients", "programs")},
    )
    with log.opened() as file:
        entries = _entries(file, asked, say)
        put(show_audit(select(entries, asked), form, say, full=full))
    return Exit.OK if verdict.sound else Exit.ERROR


def _entries(file: BinaryIO, asked: Asked, say: Catalogue) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The entries of a log; how many lines have none is told at its end."""
    from reconciler.audit.read import entries_in

    unread = 0
    for line, entry in entries_in(file, [asked.consultants, asked.clients]):
        if entry is None:
            unread += 1
        else:
            yield line, entry
    if unread:
        text = say.count("{n} line cannot be read.", "{n} lines cannot be read.", unread)
        click.echo(text, err=True)
