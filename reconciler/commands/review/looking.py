"""What `review list` and `review status` share: the bureau now, and what of it is reviewed each by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from reconciler.commands import options
from reconciler.commands.language import N_

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from reconciler.commands.settings import Settings
    from reconciler.desired import Policy
    from reconciler.grid import Register
    from reconciler.plan.history import Deed
    from reconciler.review import Review, ScopeKind
    from reconciler.review.units import Unit

scopes = options.together(
    options.option(
        "--by",
        type=click.Choice(["team", "client"]),
        help=N_("What is reviewed together: the clients of a team, or each client; team if nothing is said."),
    ),
    options.option(
        "--team",
        "teams",
        env="RECONCILER_TEAM",
        multiple=True,
        help=N_("The review of this team; may be repeated."),
    ),
    options.clients,
)


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to review.

    Attributes:
        register: who and what there is.
        date: the day.
        units: what is reviewed each by itself.
        found: a list for each in which somebody has something.
        since_told: whether the backend tells since when.
    """

    register: Register
    date: dt.date
    units: Sequence[Unit]
    found: Sequence[Review]
    since_told: bool


def look(
    settings: Settings,
    by: str | None,
    teams: Sequence[str],
    clients: Sequence[str],
    as_of: dt.date | None,
    *,
    history: bool,
) -> Looked:
    """Fetch the state, and list it.

    Args:
        settings: where everything is.
        by: "team" or "client"; None for what the configuration says.
        teams: the reviews of these.
        clients: the reviews of these, by key or name.
        as_of: the day; None for today.
        history: whether to ask since when everything is held.

    Raises:
        InputError: where a team or a client is unknown, or could be several.
    """
    from reconciler.backends import open_backend
    from reconciler.commands.settings import backend_config
    from reconciler.commands.world import today
    from reconciler.desired import load, resolve
    from reconciler.plan.history import HistoryQuery
    from reconciler.review import ScopeKind
    from reconciler.review.collect import flags_of, reviews
    from reconciler.review.since import Since

    policy = load(settings.policies)
    with open_backend(backend_config(settings)) as backend:
        current = backend.current()
        register = current.register
        units = _units(policy, register, ScopeKind(by or settings.reviews.by), teams, clients)
        deeds: tuple[Deed, ...] | None = None
        if history:
            names = register.clients.names
            asked = None
            if teams or clients:
                asked = tuple(names[int(number)] for unit in units for number in unit.clients)
            deeds = backend.history(HistoryQuery(clients=asked))
    date = as_of or today(register)
    said = resolve(policy, register, date, (None, flags_of(units, len(register.clients.names))))
    found = reviews(said, current, date, units, Since(deeds or (), register.timezone))
    return Looked(register, date, units, found, since_told=deeds is not None)


def _units(
    policy: Policy, register: Register, by: ScopeKind, teams: Sequence[str], clients: Sequence[str]
) -> list[Unit]:
    """Those that are named; all where none is."""
    from reconciler.desired.suggest import did_you_mean
    from reconciler.errors import Finding, InputError, Message
    from reconciler.plan.lookup import find_client
    from reconciler.review import Scope, ScopeKind
    from reconciler.review.units import units

    if not teams and not clients:
        return units(policy, register, by)
    found, wrong = [], list[Finding]()
    known = {one.scope: one for one in units(policy, register, ScopeKind.TEAM)} if teams else {}
    for team in teams:
        unit = known.get(Scope(ScopeKind.TEAM, team))
        if unit is None:
            names = [scope.name for scope in known if scope.kind is ScopeKind.TEAM]
            message = Message("no team “{name}” has clients", name=team)
            wrong.append(Finding("unknown-team", message, hint=did_you_mean(team, names)))
        else:
            found.append(unit)
    places = [find_client(register, policy, text) for text in clients]
    wrong += [one for one in places if isinstance(one, Finding)]
    if wrong:
        raise InputError.of(wrong)
    chosen = {one for one in places if isinstance(one, int)}
    single = units(policy, register, ScopeKind.CLIENT) if chosen else []
    return found + [one for one in single if int(one.clients[0]) in chosen]
