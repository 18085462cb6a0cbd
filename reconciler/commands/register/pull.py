"""`reconciler register pull`: write the register from the backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register


@click.command(
    "pull",
    cls=Command,
    help=N_(
        "Write the register from the backend, one line an entry; what is as it was is left alone.\n\n"
        "Four files: bureau.csv, programs.csv, consultants.csv and clients.csv. They hold personal data: keep"
        " them where the bureau's people alone can read them."
    ),
)
@options.where
@options.register
@options.language
@click.pass_obj
def command(say: Catalogue, /, **flags: Any) -> int:
    """Fetch and write."""
    from reconciler.commands.flags import where
    from reconciler.flow.files import replace_all
    from reconciler.flow.settings import read_settings
    from reconciler.register import write_register

    settings = read_settings(where(flags))
    register = fetch(flags)
    written = write_register(register)
    files = {settings.register / name: text for name, text in written.texts.items()}
    changed = {path: text for path, text in files.items() if _holds(path) != text}
    replace_all(changed)
    for path in changed:
        click.echo(say("wrote {path}", path=path))
    click.echo(_figures(register, say))
    if written.left_out:
        click.echo(_left_out(written.left_out, say), err=True)
        return Exit.REMAINDER
    return Exit.OK


def fetch(flags: dict[str, Any]) -> Register:
    """The register of the backend."""
    from reconciler.backends import open_backend
    from reconciler.commands.flags import where
    from reconciler.flow.settings import backend_config, read_settings

    with open_backend(backend_config(read_settings(where(flags)))) as backend:
        return backend.current().register


def _holds(path: Path) -> str | None:
    """What a file holds; None where that cannot be told, and so it is written."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _figures(register: Register, say: Catalogue) -> str:
    shape = register.shape
    return say(
        "The register has {consultants}, {clients} and {programs}.",
        consultants=say.count("{n} consultant", "{n} consultants", shape.consultants),
        clients=say.count("{n} client", "{n} clients", shape.clients),
        programs=say.count("{n} program", "{n} programs", shape.programs),
    )


def _left_out(names: tuple[str, ...], say: Catalogue) -> str:
    shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
    return say.count(
        "Left out: {n} key, tag or team that cannot be written there: {names}",
        "Left out: {n} keys, tags or teams that cannot be written there: {names}",
        len(names),
        names=shown,
    )
