"""Where Markdown will stand: --fits and --whole-report, for the commands that print a plan."""

from __future__ import annotations

import re
from dataclasses import replace
from gettext import gettext
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands.help import Option
from reconciler.commands.language import N_
from reconciler.formats.fits import FITS, Comment

if TYPE_CHECKING:
    from collections.abc import Callable

_FITS = "reconciler.fits"
_REPORT = "reconciler.whole-report"
"""Under which names a context knows the two."""

_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]-_a-z~]{1,2000}", re.IGNORECASE | re.ASCII)
"""Nothing that would end a link in Markdown; whatever else is in an address is written as %20 and the like."""


def _remember_place(context: click.Context, _: click.Parameter, value: str | None) -> None:
    context.meta[_FITS] = value


def _remember_report(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value and not _ADDRESS.fullmatch(value):
        text = gettext("{value!r} is not an address such as https://ci.example/runs/1.").format(value=value)
        raise click.BadParameter(text, context, parameter)
    context.meta[_REPORT] = value or ""


def for_comments(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options; the command asks for them with `comment`."""
    report = click.option(
        "--whole-report",
        cls=Option,
        envvar="RECONCILER_WHOLE_REPORT",
        show_envvar=True,
        metavar="URL",
        expose_value=False,
        callback=_remember_report,
        help=N_("Where all of it can be read, for markdown: the comment links there."),
    )
    fits = click.option(
        "--fits",
        cls=Option,
        envvar="RECONCILER_FITS",
        show_envvar=True,
        type=click.Choice(tuple(FITS)),
        expose_value=False,
        callback=_remember_place,
        help=N_(
            "What markdown must fit into: a comment there, or the summary of a job. What is too long is cut, says"
            " so, and has no digest to approve."
        ),
    )
    return fits(report(function))


def comment() -> Comment:
    """Where Markdown will stand, as the command line says."""
    meta = click.get_current_context().meta
    return replace(FITS.get(meta.get(_FITS) or "", Comment()), report=meta.get(_REPORT, ""))
