"""`reconciler review sign`: keep what was decided of a list, as a file beside the YAML; needs neither bureau nor token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue
    from reconciler.review import SignOff

_LARGEST = 50_000_000
"""Bytes of a workbook that is read."""


@click.command(
    "sign",
    cls=Command,
    help=N_(
        "Sign a list in which everything is decided, and tell what has to change in the YAML.\n\n"
        "FILE is what “review list” wrote as yaml or xlsx, filled in. What was signed is kept in the folder reviews,"
        " as a file of its own that is committed with the YAML. It needs neither the bureau nor a token."
    ),
)
@options.argument("file", type=click.Path(path_type=Path))
@options.option("--by", help=N_("Who signs it, where the file does not say: mostly an e-mail address."))
@options.config
@options.policies
@options.formats("text", "json")
@options.language
@click.pass_obj
def command(say: Catalogue, /, file: Path, by: str | None, form: str, **flags: Any) -> int:
    """Read, keep and tell."""
    from reconciler.desired import load
    from reconciler.flow.reviewing import free_name, keep_sign_off, signed_by
    from reconciler.flow.settings import Where, read_settings
    from reconciler.formats import show_signed, sign_off_text

    settings = read_settings(Where(config=flags["config"], policies=flags["policies"]))
    policy = load(settings.policies)
    signed = signed_by(_read(file), by, policy, file)
    path = free_name(settings.reviews.folder, signed)
    keep_sign_off(path, sign_off_text(signed, say))
    rules = {name: entry.position for name, entry in policy.assignments.items()}
    put(show_signed(signed, rules, path, form, say))
    return Exit.OK


def _read(file: Path) -> SignOff:
    """The list, from either kind of file."""
    from reconciler.errors import InputError, Message
    from reconciler.review.file import read_review

    if file.suffix.lower() != ".xlsx":
        return read_review(file)
    from reconciler.formats.tables.review import read_workbook

    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(Message("{path} cannot be read: {why}", path=file, why=error.strerror)) from None
    if len(content) > _LARGEST:
        raise InputError(Message("{file} is too large to be read", file=file))
    return read_workbook(content, file)
