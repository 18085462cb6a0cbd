"""`reconciler review sign`: keep what was decided of a list, as a file beside the YAML; needs neither bureau nor token."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.desired import Policy
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
    from reconciler.commands.settings import Where, read_settings
    from reconciler.desired import load
    from reconciler.formats import show_signed, sign_off_text

    settings = read_settings(Where(config=flags["config"], policies=flags["policies"]))
    policy = load(settings.policies)
    signed = _signed(_read(file), by, policy, file)
    path = _free(settings.reviews.folder, signed)
    _keep(path, sign_off_text(signed, say))
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


def _signed(listed: SignOff, by: str | None, policy: Policy, file: Path) -> SignOff:
    """The same, signed today.

    Raises:
        InputError: where it cannot be signed as it is.
    """
    from reconciler.errors import InputError, Message

    if listed.at is not None:
        raise InputError(Message("{file} is signed already", file=file))
    open_rows = [number for number, made in enumerate(listed.made, 1) if made.decision is None]
    if open_rows:
        message = Message.count(
            "{file}: {n} row is not decided yet, the first is row {row}",
            "{file}: {n} rows are not decided yet, the first is row {row}",
            len(open_rows),
            file=file,
            row=open_rows[0],
        )
        raise InputError(message, Message("write keep or remove into each"))
    who = (by or listed.by).strip()
    if not who:
        raise InputError(
            Message("{file} does not say who signs it", file=file),
            Message("write a name into “signed-by”, or give --by NAME"),
        )
    if policy.bureau is not None and policy.bureau.value != listed.review.bureau:
        raise InputError(
            Message(
                "{file} is of the bureau “{other}”, and the YAML is of “{own}”",
                file=file,
                other=listed.review.bureau,
                own=policy.bureau.value,
            )
        )
    return replace(listed, by=who, at=dt.datetime.now().astimezone().date())


def _keep(path: Path, text: str) -> None:
    """Write a sign-off, if it can be read again.

    Raises:
        InputError: where it cannot, as where a key holds what no YAML of ours may.
    """
    from reconciler.commands.files import write_new
    from reconciler.errors import InputError
    from reconciler.review.file import read_review

    write_new(path, text)
    try:
        read_review(path)
    except InputError:
        path.unlink()
        raise


def _free(folder: Path, signed: SignOff) -> Path:
    """A name that no file has yet: day, what it is of, and a number where there is one of that already."""
    scope = signed.review.scope
    name = re.sub(r"[^\w.-]", "-", scope.name)[:60]
    if name != scope.name:
        name += f"-{hashlib.sha256(scope.name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    start = f"{signed.review.date}-{scope.kind.value}-{name}"
    names = (f"{start}.yaml", *(f"{start}-{number}.yaml" for number in range(2, 1_000)))
    return next(folder / one for one in names if not (folder / one).exists())
