"""`reconciler demo`: the main job from end to end on the example bureau, by the commands that anybody would type."""

from __future__ import annotations

import contextlib
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.errors import Message
    from reconciler.formats.catalogue import Catalogue

DAY = "2026-11-24"
"""The demo is planned for this day, so that it is the same on any day."""

MARK = ".reconciler-demo"
"""A folder with this file in it was made by the demo, and may be made anew."""


@click.command(
    "demo",
    cls=Command,
    help=N_(
        "Show the whole flow on an example bureau.\n\n"
        "Makes FOLDER with the example's YAML and the bureau itself in a SQLite file, plans, applies, shows"
        " the notification and the result item by item, and plans again to see what is left and why."
    ),
)
@options.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-bureau"))
@options.language
@click.pass_obj
def command(say: Catalogue, /, folder: Path) -> int:
    """Run it."""
    from reconciler.errors import Message

    _clear(folder)
    steps: tuple[tuple[Message, str], ...] = (
        (Message("A folder to start from: a configuration, and the rules in YAML."), "init"),
        (Message("The bureau itself, with its backend in a SQLite file."), "bureau load --example"),
        (Message("Who are we, and what may we hand out?"), "rights"),
        (
            Message("Plan, do it as far as our rights go, and see what became of every item."),
            f"apply --yes --as-of {DAY}",
        ),
        (Message("Plan again: what is left, and why?"), f"plan --as-of {DAY}"),
    )
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    with contextlib.chdir(folder):
        for number, (text, line) in enumerate(steps, 1):
            click.echo("\n" + say("Step {n}: {what}", n=number, what=text))
            _step(say, line)
    click.echo()
    click.echo(
        say("All of it is in {folder}: change policies/access.yaml there, and plan again.", folder=folder)
    )
    return Exit.OK


def _step(say: Catalogue, line: str) -> None:
    """Run one command line as anybody would, and show it."""
    from reconciler.commands.cli import run

    click.secho(f"$ reconciler {line}\n", bold=True)
    code = run([*shlex.split(line), "--lang", say.language])
    if code:
        click.echo(say("(exit code {code})", code=code))


def _clear(folder: Path) -> None:
    """Remove what an earlier demo made, and nothing else."""
    import shutil

    from reconciler.errors import InputError, Message

    if not folder.exists():
        return
    if not (folder / MARK).exists():
        raise InputError(Message("{folder} is there already, and was not made by the demo", folder=folder))
    shutil.rmtree(folder)
