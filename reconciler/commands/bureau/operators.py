"""`reconciler bureau operators …`: who may hand out what; their tokens go into files, never to the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.commands.bureau.database import bureau, database, open_store
from reconciler.commands.help import Group
from reconciler.commands.language import N_
from reconciler.commands.options import argument, language, option
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.bureau.operators import OperatorRow, Right
    from reconciler.formats.catalogue import Catalogue

_RIGHTS = (
    option(
        "--system-administrator",
        "system",
        multiple=True,
        metavar="CLIENTS",
        help=N_("System administrator at these clients: all, or numbers with commas; may be repeated."),
    ),
    option(
        "--program-administrator",
        "programs",
        multiple=True,
        metavar="PROGRAMS=CLIENTS",
        help=N_(
            "Administrator of programs at clients, such as payroll=all or payroll,payments=1042,1043; may be repeated."
        ),
    ),
)
_TOKEN_FILE = option(
    "--write-token",
    "token_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help=N_("File to write the new token into; it must not be there yet."),
)


@click.group(
    "operators",
    cls=Group,
    help=N_("Who may hand out what: list, add, change rights, replace or revoke tokens."),
)
@language
def command() -> None:
    """The group itself does nothing."""


@command.command("list", help=N_("List the operators and their rights."))
@bureau
@database
@language
@click.pass_obj
def list_(say: Catalogue, /, bureau: str, database: Path) -> int:
    """List them."""
    from reconciler.bureau.operators import list_operators

    with open_store(database) as store:
        rows = list_operators(store, bureau)
    for row in rows:
        click.echo("\n".join(_lines(row, say)))
    return Exit.OK


@command.command("add", help=N_("Add an operator; it has the rights that are given here, and no others."))
@argument("operator")
@bureau
@database
@option("--name", help=N_("What people call the operator; its key if nothing is said."))
@option(
    "--consultant",
    env="RECONCILER_OPERATOR_CONSULTANT",
    help=N_("The consultant that the operator is, if it is one."),
)
@option("--sees-operators", is_flag=True, help=N_("It may see the other operators and their rights."))
@_RIGHTS[0]
@_RIGHTS[1]
@_TOKEN_FILE
@language
@click.pass_obj
def add(
    say: Catalogue,
    /,
    operator: str,
    bureau: str,
    database: Path,
    name: str | None,
    consultant: str | None,
    sees_operators: bool,
    system: tuple[str, ...],
    programs: tuple[str, ...],
    token_file: Path,
) -> int:
    """Add one."""
    from reconciler.bureau.operators import add_operator
    from reconciler.flow.files import write_new

    rights = _rights(system, programs, say)
    with open_store(database) as store:
        token = add_operator(
            store,
            bureau,
            operator,
            name or operator,
            rights,
            consultant=consultant,
            sees_operators=sees_operators,
        )
    write_new(token_file, f"{token}\n", secret=True)
    click.echo(say("Added {operator}; the token is in {path}.", operator=operator, path=token_file))
    return Exit.OK


@command.command("rights", help=N_("Replace an operator's rights by those that are given here."))
@argument("operator")
@bureau
@database
@_RIGHTS[0]
@_RIGHTS[1]
@language
@click.pass_obj
def rights(
    say: Catalogue,
    /,
    operator: str,
    bureau: str,
    database: Path,
    system: tuple[str, ...],
    programs: tuple[str, ...],
) -> int:
    """Replace them."""
    from reconciler.bureau.operators import set_rights

    with open_store(database) as store:
        set_rights(store, bureau, operator, _rights(system, programs, say))
    return Exit.OK


@command.command(
    "token",
    help=N_(
        "Replace an operator's token; the old one opens nothing any more.\n\n"
        "With --read-only it is a second token of the same operator: it can look at everything that the first one can,"
        " and the bureau refuses whatever would change something. It is for pull requests and drift checks."
    ),
)
@argument("operator")
@bureau
@database
@option("--read-only", is_flag=True, help=N_("The token that can look and change nothing."))
@_TOKEN_FILE
@language
@click.pass_obj
def token(
    say: Catalogue, /, operator: str, bureau: str, database: Path, read_only: bool, token_file: Path
) -> int:
    """Replace it."""
    from reconciler.bureau.operators import replace_token
    from reconciler.flow.files import write_new

    with open_store(database) as store:
        new = replace_token(store, bureau, operator, read_only=read_only)
    write_new(token_file, f"{new}\n", secret=True)
    click.echo(say("The new token of {operator} is in {path}.", operator=operator, path=token_file))
    return Exit.OK


@command.command("revoke", help=N_("Revoke an operator's tokens; the operator stays, and can do nothing."))
@argument("operator")
@bureau
@database
@language
@click.pass_obj
def revoke(say: Catalogue, /, operator: str, bureau: str, database: Path) -> int:
    """Revoke them."""
    from reconciler.bureau.operators import revoke_tokens

    with open_store(database) as store:
        revoke_tokens(store, bureau, operator)
    click.echo(say("Revoked the tokens of {operator}.", operator=operator))
    return Exit.OK


def _rights(system: tuple[str, ...], programs: tuple[str, ...], say: Catalogue) -> list[Right]:
    from reconciler.bureau.operators import Right, RightName

    rights = [Right(RightName.SYSTEM_ADMINISTRATOR, clients=_clients(text)) for text in system]
    for text in programs:
        which, equals, where = text.partition("=")
        if not (which and equals and where):
            raise click.UsageError(say("--program-administrator is PROGRAMS=CLIENTS, such as payroll=all"))
        rights.append(Right(RightName.PROGRAM_ADMINISTRATOR, tuple(which.split(",")), _clients(where)))
    return rights


def _clients(text: str) -> tuple[str, ...] | None:
    return None if text == "all" else tuple(text.split(","))


def _lines(row: OperatorRow, say: Catalogue) -> list[str]:
    lines = [say("{name} ({key})", name=row.name, key=row.id)]
    for right in row.rights:
        what = (
            say("program administrator of {programs}", programs=say.listing(list(right.programs)))
            if right.programs
            else say("system administrator")
        )
        where = say("all clients") if right.clients is None else say.listing(list(right.clients))
        lines.append(say("    {right} at {clients}", right=what, clients=where))
    return lines
