"""The register as a policy sees it: with renamed keys, and with the teams that it adds or changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.side import NOBODY, Noun, Side
from reconciler.desired.suggest import did_you_mean
from reconciler.desired.values import Renames
from reconciler.errors import Finding, Message, Severity

if TYPE_CHECKING:
    from reconciler.desired.policy import Entry, Policy
    from reconciler.grid import Names, Register
    from reconciler.grid.arrays import Flags, Ids


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Both sides.

    Attributes:
        consultants: who can be selected.
        clients: where.
        teams: the names of all teams, sorted: what each-team goes through.
        renames: which names stand for others.
    """

    consultants: Side
    clients: Side
    teams: tuple[str, ...]
    renames: Renames
    _twins: tuple[Ids | None, Ids | None] = (None, None)

    @property
    def guarded(self) -> World:
        """The same as denials and guardrails see it: old and new key mean the same while the register has both.

        Otherwise nobody would be kept from anything under the key that the rules no longer name.
        """
        people, companies = self._twins
        return replace(
            self,
            consultants=replace(self.consultants, same=people),
            clients=replace(self.clients, same=companies),
        )


def world_of(policy: Policy, register: Register, findings: list[Finding]) -> World:
    """The register with what the policy changes in it; errors and warnings go to `findings`."""
    people, companies = register.consultants, register.clients
    in_use = people.active
    who, waiting = _renames(policy.sections["renames.consultants"], people.names, in_use, findings)
    connected = np.ones(len(companies.names), dtype=np.bool_)
    where, idle = _renames(policy.sections["renames.clients"], companies.names, connected, findings)
    registered = {*people.teams, *people.leads, *companies.teams}
    teams = _team_renames(policy.sections["teams"], registered, findings)
    known = (registered - set(teams.values())) | set(teams)
    renames = Renames(who, where, teams, _rule_renames(policy), waiting, idle)
    world = World(
        Side(
            Noun.CONSULTANT,
            _Keys(people.names, who),
            len(people.names),
            people.tags,
            _moved(people.teams, teams, known),
            _moved(people.leads, teams, known),
        ),
        Side(
            Noun.CLIENT,
            _Keys(companies.names, where),
            len(companies.names),
            companies.tags,
            _moved(companies.teams, teams, known),
            {},
        ),
        tuple(sorted(known)),
        renames,
        (
            _twins(policy.sections["renames.consultants"], people.names),
            _twins(policy.sections["renames.clients"], companies.names),
        ),
    )
    return _with_policy_teams(world, policy.sections["teams"], findings)


class _Keys(Mapping[str, int]):
    """The id of each key.

    Args:
        names: those of the register.
        renames: new names, which are not among them, to old ones, which are.
    """

    def __init__(self, names: Names, renames: Mapping[str, str]) -> None:
        self._names, self._renames = names, renames

    def __getitem__(self, key: str) -> int:
        return self._names.id(self._renames.get(key, key))

    def __iter__(self) -> Iterator[str]:
        yield from self._names
        yield from self._renames

    def __len__(self) -> int:
        return len(self._names) + len(self._renames)


def _moved(teams: Mapping[str, Ids], renames: Mapping[str, str], known: set[str]) -> dict[str, Ids]:
    """For each known team its ids, under its new name."""
    return {name: teams.get(renames.get(name, name), NOBODY) for name in sorted(known)}


def _renames(
    entries: Mapping[str, Entry], names: Names, in_use: Flags, findings: list[Finding]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """New key to old where the register has only the old; and old keys that still wait beside the new."""
    pending: dict[str, str] = {}
    waiting: list[str] = []
    for new, entry in entries.items():
        old = str(entry.value)
        number = names.find(old)
        if new not in names and number is not None:
            pending[new] = old
            message = Message("the register still calls {new} {old}", new=new, old=old)
            findings.append(_warning(entry, "rename-pending", message))
        elif new not in names:
            message = Message("the register has neither {new} nor {old}", new=new, old=old)
            hint = did_you_mean(old, names.all)
            findings.append(entry.key_finding("rename-unknown", message, hint))
        elif number is not None and in_use[number]:
            waiting.append(old)
            message = Message(
                "the register has both {new} and {old}; for now nothing but denials touches {old}",
                new=new,
                old=old,
            )
            hint = Message("delete this line once everything has moved")
            findings.append(_warning(entry, "rename-waiting", message, hint))
    return pending, tuple(waiting)


def _twins(entries: Mapping[str, Entry], names: Names) -> Ids | None:
    """By id the other key of the same person or company, else itself; None where nobody has two."""
    pairs = [(names.find(new), names.find(str(entry.value))) for new, entry in entries.items()]
    same = np.arange(len(names), dtype=np.int64)
    for new, old in pairs:
        if new is not None and old is not None:
            same[new], same[old] = old, new
    return same if (same != np.arange(len(names))).any() else None


def _warning(entry: Entry, code: str, message: Message, hint: Message | None = None) -> Finding:
    return replace(entry.key_finding(code, message, hint), severity=Severity.WARNING)


def _team_renames(
    entries: Mapping[str, Entry], registered: set[str], findings: list[Finding]
) -> dict[str, str]:
    renames: dict[str, str] = {}
    for name, entry in entries.items():
        old = entry.value.get("previously")
        if old is None or old not in registered:
            continue
        if name in registered:
            message = Message("the register has both the team “{new}” and “{old}”", new=name, old=old)
            findings.append(_warning(entry, "rename-waiting", message))
        else:
            renames[name] = old
            message = Message("the register still calls the team “{new}” “{old}”", new=name, old=old)
            findings.append(_warning(entry, "rename-pending", message))
    return renames


def _rule_renames(policy: Policy) -> dict[str, str]:
    rules = {**policy.denials, **policy.assignments}
    return {name: entry.value["previously"] for name, entry in rules.items() if "previously" in entry.value}


def _with_policy_teams(world: World, entries: Mapping[str, Entry], findings: list[Finding]) -> World:
    """What the policy writes of a team replaces what the register says; selectors in it see the register's."""
    members, leads = dict(world.consultants.teams), dict(world.consultants.leads)
    clients = dict(world.clients.teams)
    for name, entry in entries.items():
        if "lead" in entry.value:
            leads[name] = world.consultants.select_all(entry, "lead", findings)
        if "members" in entry.value:
            members[name] = world.consultants.select_all(entry, "members", findings)
        everybody = (leads.get(name, NOBODY), members.get(name, NOBODY))
        members[name] = np.unique(np.concatenate(everybody))
        clients.setdefault(name, NOBODY)
        if "clients" in entry.value:
            clients[name] = world.clients.select_all(entry, "clients", findings)
    return replace(
        world,
        consultants=replace(world.consultants, teams=members, leads=leads),
        clients=replace(world.clients, teams=clients),
        teams=tuple(sorted(members)),
    )
