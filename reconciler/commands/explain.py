"""`reconciler explain`: why somebody can or cannot open something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.errors import Exit

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.desired import Policy
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register
    from reconciler.plan import Current
    from reconciler.plan.explain import Asked, Explanation


@click.command(
    "explain",
    cls=Command,
    help=N_(
        "Tell why a consultant may open a client, or one program there, or why not.\n\n"
        "By which rules, where they stand, since when and until when; what the bureau has now; what a plan"
        " would do and why not; who else has it. Each is written by its key, its name, or a part of the name"
        " that fits nobody else."
    ),
)
@options.argument("consultant")
@options.argument("client")
@options.argument("program", required=False)
@options.where
@options.as_of
@options.option(
    "--no-blame",
    is_flag=True,
    help=N_("Do not look up in the git history of the YAML when the rules were last changed."),
)
@options.full
@options.output
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    consultant: str,
    client: str,
    program: str | None,
    no_blame: bool,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Look up and print."""
    from reconciler.commands.blame import last_changes
    from reconciler.commands.flags import where
    from reconciler.commands.world import open_world
    from reconciler.formats import show_explanation

    with open_world(where(flags)) as world:
        current = world.backend.current()
    found = explanation(world.policy, current, (consultant, client, program), flags["as_of"])
    covering = [] if no_blame else [one.rule for one in found.coverings]
    edits = last_changes(world.policy, found.rules, covering, found.register.timezone)
    click.echo(show_explanation(found, edits, form, say, full=full), nl=False)
    return Exit.OK


def explanation(
    policy: Policy, current: Current, names: tuple[str, str, str | None], as_of: dt.date | None
) -> Explanation:
    """From names to an answer; the core from end to end.

    Raises:
        InputError: where a name is unknown or could be several.
    """
    import numpy as np

    from reconciler.commands.world import today
    from reconciler.desired import resolve
    from reconciler.desired.excepted import excepted
    from reconciler.plan.explain import explain

    register, date = current.register, as_of or today(current.register)
    asked = _asked(register, policy, names)
    people = np.zeros(register.shape.consultants, dtype=np.bool_)
    companies = np.zeros(register.shape.clients, dtype=np.bool_)
    people[asked.consultant] = companies[asked.client] = True
    part = people, companies
    desired = resolve(policy, register, date, part)
    return explain(desired, current, date, asked, excepted(policy, register, part))


def _asked(register: Register, policy: Policy, names: tuple[str, str, str | None]) -> Asked:
    from reconciler.errors import Finding, InputError
    from reconciler.plan.explain import Asked
    from reconciler.plan.lookup import find_client, find_consultant, find_program

    found = [find_consultant(register, policy, names[0]), find_client(register, policy, names[1])]
    found += [find_program(register, names[2])] if names[2] is not None else []
    wrong = [one for one in found if isinstance(one, Finding)]
    if wrong:
        raise InputError.of(wrong)
    return Asked(*(one for one in found if isinstance(one, int)))
