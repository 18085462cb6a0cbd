"""`reconciler import`: what the bureau has, as rules; into a new folder, or what is missing into one that is there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit, InputError, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reconciler.adopt import Adopted, Left
    from reconciler.desired import Policy
    from reconciler.flow.world import Wanted
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Access, Register


@click.command(
    "import",
    cls=Command,
    help=N_(
        "Write the YAML for what the bureau has now.\n\n"
        "Finds rules by teams and tags where they fit exactly, then groups of consultants and clients; what"
        " fits no rule ends in a list of its own. A plan right afterwards has nothing to do. With --into, only"
        " what no rule gives is added to a folder that is there, in a file of its own: so is drift adopted."
    ),
)
@options.where
@options.filters
@options.as_of
@options.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help=N_("Policy folder to which what is missing is added; nothing that stands there changes."),
)
@options.option(
    "--file", help=N_("Name of the file that --into writes; adopted-DAY.yaml if nothing is said.")
)
@options.option("--reason", help=N_("Reason that is put on every rule that is written."))
@options.language
@click.pass_obj
def command(say: Catalogue, /, into: Path | None, file: str | None, reason: str | None, **flags: Any) -> int:
    """Find rules and write them."""
    from reconciler.adopt.check import check
    from reconciler.adopt.files import Writer
    from reconciler.commands.flags import wanted
    from reconciler.flow.files import free_file, write_all_new

    if file is not None and into is None:
        raise click.UsageError(say("--file goes with --into only."))
    folder, policy = _folder(into, flags)
    register, access = _fetch(flags)
    asked = wanted(flags)
    day = _day(asked, register)
    adopted = _adopt(policy, register, access, asked, day, new=into is None)
    writer = Writer(adopted, say.message, day.isoformat(), reason or "")
    if into is None:
        texts = {folder / name: text for name, text in writer.folder().items()}
    else:
        text = writer.addition()
        texts = {free_file(folder, file, day): text} if text else {}
    check(adopted, policy, {path.name: text for path, text in texts.items()}, day)
    write_all_new(texts)
    for path in texts:
        click.echo(say("wrote {path}", path=path))
    for line in _summary(adopted, say):
        click.echo(line)
    return Exit.REMAINDER if _remains(adopted.left) else Exit.OK


def _folder(into: Path | None, flags: dict[str, Any]) -> tuple[Path, Policy]:
    """Where to write, and what is said there already."""
    from reconciler.commands.flags import where
    from reconciler.desired import load
    from reconciler.desired.policy import EMPTY
    from reconciler.flow.settings import read_settings

    if into is not None:
        return into, load(into)
    folder = read_settings(where(flags)).policies
    there = sorted(path for path in folder.rglob("*.yaml") if not path.name.startswith("."))
    if there:
        raise InputError(
            Message("{path} is there already; nothing was written", path=there[0]),
            Message(
                "add what is missing with --into {folder}, or name a new folder with --policies",
                folder=folder,
            ),
        )
    return folder, EMPTY


def _fetch(flags: dict[str, Any]) -> tuple[Register, Access]:
    from reconciler.backends import open_backend
    from reconciler.commands.flags import where
    from reconciler.flow.settings import backend_config, read_settings

    with open_backend(backend_config(read_settings(where(flags)))) as backend:
        current = backend.current()
    return current.register, current.access


def _day(asked: Wanted, register: Register) -> dt.date:
    from reconciler.flow.world import today

    return asked.as_of or today(register)


def _adopt(
    policy: Policy, register: Register, access: Access, asked: Wanted, day: dt.date, *, new: bool
) -> Adopted:
    from reconciler.adopt import adopt
    from reconciler.desired import pick

    who = [*asked.consultants, *(f"@{team}" for team in asked.teams)]
    which = [*asked.clients, *(f"tag:{tag}" for tag in asked.tags)]
    return adopt(policy, register, access, day, pick(policy, register, who, which), bundles_too=new)


def _summary(adopted: Adopted, say: Catalogue) -> Iterator[str]:
    from collections import Counter

    from reconciler.adopt.found import Kind

    kinds = Counter(rule.kind for rule in adopted.rules.values())
    if not kinds:
        yield say("There is nothing to write: every access is given by a rule, or left out.")
    else:
        yield say.count("{n} rule", "{n} rules", sum(kinds.values()))
        yield say("  by teams, tags or everybody: {number}", number=kinds[Kind.SELECTORS])
        yield say("  by groups of consultants and clients: {number}", number=kinds[Kind.BLOCK])
        yield say("  unsorted: {number}", number=kinds[Kind.UNSORTED])
    yield from _left(adopted, say)


def _left(adopted: Adopted, say: Catalogue) -> Iterator[str]:
    """What was left out, and why."""
    import numpy as np

    left = adopted.left
    people = np.unique(left.gone.consultants)
    if len(people):
        names = adopted.wish.register.consultants.names.pick(people[:5])
        text = say.count(
            "Left out: {n} consultant who has left the bureau and still has access: {names}",
            "Left out: {n} consultants who have left the bureau and still have access: {names}",
            len(people),
            names=", ".join(names) + (" …" if len(people) > len(names) else ""),
        )
        yield text
    for rows, one, many in (
        (
            left.denied,
            "Left out: what a denial forbids, at {n} pair of consultant and client",
            "Left out: what a denial forbids, at {n} pairs of consultant and client",
        ),
        (
            left.ended,
            "Left out: what a rule gave that has ended, at {n} pair of consultant and client",
            "Left out: what a rule gave that has ended, at {n} pairs of consultant and client",
        ),
        (
            left.unwritable,
            "Left out: names that cannot be written in a rule, at {n} pair of consultant and client",
            "Left out: names that cannot be written in a rule, at {n} pairs of consultant and client",
        ),
    ):
        if len(rows):
            yield say.count(one, many, len(rows))
    if left.outside:
        yield say("Programs outside the bureau package are never written: {number}", number=left.outside)


def _remains(left: Left) -> bool:
    return any(len(rows) for rows in (left.gone, left.denied, left.ended, left.unwritable))
