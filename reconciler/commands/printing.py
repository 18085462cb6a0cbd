"""Where an answer goes: to stdout, or with --to into a file; what is no text never onto a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands.help import Option
from reconciler.commands.language import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reconciler.errors import ReconcilerError
    from reconciler.formats.catalogue import Catalogue

_TO = "reconciler.to"
"""Under which name a context knows the file of --to."""

_NO_TEXT = frozenset({"xlsx"})
"""Formats that a terminal cannot show."""


def _remember(context: click.Context, _: click.Parameter, value: Path | None) -> None:
    context.meta[_TO] = value


def to(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option --to; the command prints with `put`."""
    return click.option(
        "--to",
        cls=Option,
        envvar="RECONCILER_TO",
        show_envvar=True,
        type=click.Path(path_type=Path),
        expose_value=False,
        is_eager=True,  # before --format, which asks where it goes
        callback=_remember,
        help=N_(
            "Write it to this file, readable by you alone, and not to the terminal; one that is there is replaced."
        ),
    )(function)


def not_onto_a_terminal(context: click.Context, _: click.Parameter, form: str) -> str:
    """Refuse a format that is no text where it would be printed onto a terminal; for the option --format."""
    if form in _NO_TEXT and context.meta.get(_TO) is None and sys.stdout.isatty():
        say: Catalogue = context.obj
        raise click.UsageError(
            say("{format} is not for a terminal: name a file, --to FILE.{format}", format=form)
        )
    return form


def put(answer: str | bytes | Iterable[str] | Iterable[bytes]) -> None:
    """Print an answer, or what there is of it so far piece by piece; with --to all of it into the file.

    Raises:
        InputError: where the file cannot be written.
    """
    pieces = [answer] if isinstance(answer, str | bytes) else answer
    path: Path | None = click.get_current_context().meta.get(_TO)
    if path is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    from reconciler.flow.files import write_secret

    parts = (piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    write_secret(path, b"".join(parts))


def put_error(error: ReconcilerError, form: str | None, say: Catalogue) -> None:
    """Print an error as an answer, in the formats whose readers would take silence for success."""
    from reconciler.formats import REMARKS, show_error

    if form in {*REMARKS, "junit"}:
        put(show_error(error, form, say))
