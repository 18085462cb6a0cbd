"""`reconciler who`: who has what, where, and by which rule; for the auditor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from reconciler.commands import options
from reconciler.commands.help import Command
from reconciler.commands.language import N_
from reconciler.commands.printing import put
from reconciler.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reconciler.desired import Policy
    from reconciler.errors import Finding
    from reconciler.flow.world import Wanted
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Flags
    from reconciler.plan import Current
    from reconciler.plan.focus import Focus
    from reconciler.plan.holders import Holders


@click.command(
    "who",
    cls=Command,
    help=N_(
        "Tell who has what, where, and by which rule.\n\n"
        "That is what the bureau has now, beside what the rules say; the bureau does not remember what was."
        " With --desired it is what the rules say that should be, also on another day with --as-of."
        " A consultant, a client and a program may be written by key, by name, or by a part of the name that"
        " fits one alone."
    ),
)
@options.where
@options.filters
@options.programs
@options.option("--desired", is_flag=True, help=N_("What the rules say that should be, not what is."))
@options.option(
    "--as-of",
    type=options.Day(),
    help=N_("Read the rules for this day; today in the bureau's time zone if nothing is said."),
)
@options.option(
    "--blame",
    is_flag=True,
    help=N_("Look up in the git history of the YAML when the rules were last changed, and by whom."),
)
@options.full
@options.output_tables
@options.language
@click.pass_obj
def command(
    say: Catalogue,
    /,
    programs: tuple[str, ...],
    desired: bool,
    blame: bool,
    full: bool,
    form: str,
    **flags: Any,
) -> int:
    """Look up and print."""
    from reconciler.commands.flags import wanted, where
    from reconciler.flow.blame import last_changes
    from reconciler.flow.world import open_world
    from reconciler.formats import show_holders

    with open_world(where(flags)) as world:
        current = world.backend.current()
    found = answer(world.policy, current, wanted(flags), programs, should=desired)
    named = {rule for group in found.groups for rule in group.rules} if blame else set()
    edits = last_changes(world.policy, found.rules, named, found.register.timezone)
    put(show_holders(found, edits, form, say, full=full))
    return Exit.OK


def answer(
    policy: Policy, current: Current, wanted: Wanted, programs: Sequence[str], *, should: bool
) -> Holders:
    """From names to an answer; the core from end to end.

    Args:
        policy: what the YAML says.
        current: what the backend says.
        wanted: whom, what and for which day.
        programs: these alone, by key or name; all where there is none.
        should: what the rules say that should be, not what is.

    Raises:
        InputError: where a name is unknown or could be several.
    """
    from reconciler.desired import resolve
    from reconciler.flow.world import today
    from reconciler.plan.holders import holders

    register = current.register
    wrong: list[Finding] = []
    mask, focus = _programs(register, programs, wrong), _focus(policy, register, wanted, wrong)
    date = wanted.as_of or today(register)
    said = resolve(policy, register, date, (focus.consultants, focus.clients))
    return holders(said, current, date, focus, programs=mask, wanted=should)


def _programs(register: Register, texts: Sequence[str], wrong: list[Finding]) -> int | None:
    """The mask of programs, None for all; what is wrong is left to `_focus` to tell, together with the rest."""
    from reconciler.grid.arrays import mask_of
    from reconciler.plan.lookup import find_program

    if not texts:
        return None
    out = _sorted_out(texts, None, lambda text: find_program(register, text))
    wrong += out.wrong
    return mask_of(out.ids)


def _focus(policy: Policy, register: Register, wanted: Wanted, wrong: list[Finding]) -> Focus:
    """Whom and what to look at; raises with all that is wrong."""
    from reconciler.desired import pick
    from reconciler.errors import InputError
    from reconciler.plan.focus import Focus
    from reconciler.plan.lookup import find_client, find_consultant

    people, companies = register.consultants.names, register.clients.names
    who = _sorted_out(wanted.consultants, people, lambda text: find_consultant(register, policy, text))
    which = _sorted_out(wanted.clients, companies, lambda text: find_client(register, policy, text))
    if found := [*who.wrong, *which.wrong, *wrong]:
        raise InputError.of(found)
    teams, tags = [f"@{team}" for team in wanted.teams], [f"tag:{tag}" for tag in wanted.tags]
    picked = pick(policy, register, [*who.selectors, *teams], [*which.selectors, *tags])
    return Focus(_with(who.ids, picked[0], len(people)), _with(which.ids, picked[1], len(companies)))


@dataclass
class _SortedOut:
    """What filters are: names of somebody, selectors, or neither."""

    ids: list[int] = field(default_factory=list)
    selectors: list[str] = field(default_factory=list)
    wrong: list[Finding] = field(default_factory=list)


def _sorted_out(
    texts: Sequence[str], names: Names | None, find: Callable[[str], int | Finding]
) -> _SortedOut:
    """Divide filters; without names none of them is a selector."""
    from reconciler.desired import is_selector

    out = _SortedOut()
    for text in texts:
        if names is not None and text not in names and is_selector(text, names):
            out.selectors.append(text)
        else:
            found = find(text)
            if isinstance(found, int):
                out.ids.append(found)
            else:
                out.wrong.append(found)
    return out


def _with(ids: Sequence[int], picked: Flags | None, size: int) -> Flags | None:
    """What was picked, and these; None where there is neither."""
    import numpy as np

    if not ids:
        return picked
    flags = np.zeros(size, dtype=np.bool_) if picked is None else picked.copy()
    flags[list(ids)] = True
    return flags
