"""`drift --adopt`: shows how the YAML would adopt a drift, asks, and writes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from reconciler.errors import Exit
from reconciler.flow.adopting import adoption_of, changes_of, difference, wanted_of, wording_of, write_changes
from reconciler.flow.drifting import compare
from reconciler.flow.files import free_file
from reconciler.formats import show_drift
from reconciler.formats.text.drift import refused_text

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.flow.drifting import Found
    from reconciler.formats.catalogue import Catalogue


def adopt_drift(found: Found, folder: Path, reason: str, *, yes: bool, full: bool, say: Catalogue) -> int:
    """Show how the YAML would adopt a drift, ask, and write it.

    Args:
        found: the drift.
        folder: of the YAML.
        reason: said in the rules and above the exceptions that are written; "" for nothing of one's own.
        yes: do not ask.
        full: fold no lists.
        say: the language.

    Returns:
        The exit code.

    Raises:
        InputError: where the files cannot be written, or have changed since they were read; then nothing is.
    """
    day = found.drift.plan.date
    path = free_file(folder, None, day)
    adoption = adoption_of(found, wording_of(day, path, reason, say), wanted_of(found.drift), {})
    changes = changes_of(found.policy, adoption.draft, path)
    for name, (before, after) in changes.items():
        for line in difference(name, before, after):
            click.echo(line)
    left = compare(adoption.draft.policy, found.current, found.backend, found.wish, found.question)
    click.echo(refused_text(adoption.plan, adoption.refused, say, full=full), nl=False)
    if not changes:
        click.echo(say("There is nothing that can be adopted."))
        click.echo(show_drift(left, "text", say, full=full), nl=False)
        return Exit.OK if left.in_sync else Exit.REMAINDER
    if not (yes or asked(say)):
        click.echo(say("Nothing was written."), err=True)
        return Exit.INTERRUPTED
    write_changes(changes, path)
    for name in changes:
        click.echo(say("wrote {path}", path=name))
    click.echo(say("With that, this is what is left:"))
    click.echo(show_drift(left, "text", say, full=full), nl=False)
    return Exit.OK if left.in_sync else Exit.REMAINDER


def asked(say: Catalogue) -> bool:
    """Ask on a terminal; there is no other way to say yes but `--yes`."""
    if not sys.stdin.isatty():
        raise click.UsageError(say("there is no terminal to ask on: use --yes"))
    word = say("yes")
    question = say("Write this into the YAML? Only “{word}” does", word=word)
    answer: str = click.prompt(question, default="", show_default=False, err=True)
    return answer.strip().lower() == word
