"""Access reviews: the bureau now and what of it is reviewed each by itself; a list signed and kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from reconciler.desired import Policy
    from reconciler.flow.settings import Settings
    from reconciler.grid import Register
    from reconciler.plan import Current
    from reconciler.plan.history import Deed, HistoryQuery
    from reconciler.review import Review, ScopeKind, SignOff
    from reconciler.review.units import Unit


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
    from reconciler.desired import load
    from reconciler.flow.settings import backend_config

    policy = load(settings.policies)
    with open_backend(backend_config(settings)) as backend:
        wanted = Wanted(by or settings.reviews.by, tuple(teams), tuple(clients), as_of)
        return look_at(policy, backend.current(), wanted, backend.history if history else None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reviews.

    Attributes:
        by: "team" or "client", where neither is named.
        teams: the reviews of these.
        clients: the reviews of these, by key or name.
        as_of: the day; None for today.
    """

    by: str
    teams: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    as_of: dt.date | None = None


def look_at(
    policy: Policy,
    current: Current,
    wanted: Wanted,
    history: Callable[[HistoryQuery], tuple[Deed, ...] | None] | None,
) -> Looked:
    """List a state.

    Args:
        policy: what the YAML says.
        current: what the bureau has.
        wanted: which reviews.
        history: asks the bureau since when everything is held; None not to ask.

    Raises:
        InputError: as `look`.
    """
    from reconciler.desired import resolve
    from reconciler.flow.world import today
    from reconciler.plan.history import HistoryQuery
    from reconciler.review import ScopeKind
    from reconciler.review.collect import flags_of, reviews
    from reconciler.review.since import Since

    register = current.register
    units = _units(policy, register, ScopeKind(wanted.by), wanted.teams, wanted.clients)
    deeds: tuple[Deed, ...] | None = None
    if history is not None:
        names = register.clients.names
        asked = None
        if wanted.teams or wanted.clients:
            asked = tuple(names[int(number)] for unit in units for number in unit.clients)
        deeds = history(HistoryQuery(clients=asked))
    date = wanted.as_of or today(register)
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


def signed_by(listed: SignOff, by: str | None, policy: Policy, file: Path) -> SignOff:
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


def sign_offs(folder: Path, bureau: str) -> tuple[list[SignOff], list[Path]]:
    """What was signed of a bureau, and the files that are no whole sign-off and count nothing.

    Raises:
        InputError: where one of them cannot be read.
    """
    from reconciler.review.file import read_review

    signed: list[SignOff] = []
    unsigned: list[Path] = []
    for path in sorted(folder.glob("*.yaml")):
        one = read_review(path)
        if one.review.bureau != bureau:
            continue
        if one.at is None or not one.by or any(made.decision is None for made in one.made):
            unsigned.append(path)
        else:
            signed.append(one)
    return signed, unsigned


def keep_sign_off(path: Path, text: str) -> None:
    """Write a sign-off, if it can be read again.

    Raises:
        InputError: where it cannot, as where a key holds what no YAML of ours may.
    """
    from reconciler.errors import InputError
    from reconciler.flow.files import write_new
    from reconciler.review.file import read_review

    write_new(path, text)
    try:
        read_review(path)
    except InputError:
        path.unlink()
        raise


def free_name(folder: Path, signed: SignOff) -> Path:
    """A name that no file has yet: day, what it is of, and a number where there is one of that already."""
    scope = signed.review.scope
    name = re.sub(r"[^\w.-]", "-", scope.name)[:60]
    if name != scope.name:
        name += f"-{hashlib.sha256(scope.name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    start = f"{signed.review.date}-{scope.kind.value}-{name}"
    names = (f"{start}.yaml", *(f"{start}-{number}.yaml" for number in range(2, 1_000)))
    return next(folder / one for one in names if not (folder / one).exists())
