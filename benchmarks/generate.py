"""An orderly bureau of any size: its YAML, and its database with a stated difference from what the YAML says.

Teams have portfolios: every client belongs to one team, and all members of the team work there, with bundles
that follow the client's tags. For 2.4 million triples there are 2,000 consultants, 100,000 clients and 0.8
million pairs; for others both sides grow with the square root, pairs and triples in proportion. 200 rules
with selectors say it, three for all teams, the others for one team each, some of them denials.

The database holds what the rules say but for the difference: whole portfolios of a team miss a program
or have one too many, and some cells are noise, here and there.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.bureau.masks import column
from reconciler.bureau.operators import Right, RightName, add_operator
from reconciler.bureau.registers import (
    bump,
    client_numbers,
    consultant_numbers,
    create_bureau,
    find_bureau,
    insert_clients,
    insert_consultants,
)
from reconciler.bureau.store import Store
from reconciler.desired import load, resolve
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.grid.arrays import Flags, Keys, Masks

DATE = dt.date(2026, 11, 24)
"""The day that everything is planned for."""

BUREAU = "scale"
RULES = 200
DENIALS = 5
PROGRAMS = ("annual-accounts", "bookkeeping", "invoicing", "payments", "payroll", "receipts")
_PROGRAMS = [Program(name) for name in PROGRAMS]
TAGS = {"payroll": 0.5, "receipts": 0.5, "audit": 0.05}
"""Which part of the clients has each tag."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a bureau is.

    Attributes:
        triples: about so many programs of pairs.
        changed: about so many cells differ.
        noise: so many of them are here and there.
    """

    triples: int
    changed: int
    noise: int

    @property
    def consultants(self) -> int:
        """2,000 for 2.4 million triples."""
        return max(20, round(2_000 * math.sqrt(self.triples / 2.4e6)))

    @property
    def clients(self) -> int:
        """100,000 for 2.4 million triples."""
        return 50 * self.consultants

    @property
    def teams(self) -> int:
        """As many as make three triples a pair."""
        return max(1, round(self.consultants * self.clients * 3 / self.triples))


def generate(folder: Path, size: Size) -> None:
    """Make `policies`, `bureau.db` and `me.token` of a system administrator in a folder, unless they are there."""
    if (folder / "me.token").exists():
        return
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    (folder / "policies" / "access.yaml").write_text(rules_of(size), encoding="utf-8")
    (folder / "bureau.db").unlink(missing_ok=True)
    random = np.random.default_rng(size.triples)
    people, companies, register = registered(size, random)
    desired = resolve(load(folder / "policies"), register, DATE).access
    with Store.open(folder / "bureau.db") as store:
        create_bureau(store, BUREAU, BUREAU, register.timezone, _PROGRAMS)
        with store.write() as db:
            number = find_bureau(db, BUREAU).number
            insert_consultants(db, number, people)
            insert_clients(db, number, companies)
            bump(db, number, register=True)
        _insert(store, register, _changed(desired, register, size, random))
        token = add_operator(store, BUREAU, "me", "Me", [Right(RightName.SYSTEM_ADMINISTRATOR)])
    (folder / "me.token").touch(mode=0o600)
    (folder / "me.token").write_text(token)


def registered(size: Size, random: np.random.Generator) -> tuple[list[Consultant], list[Client], Register]:
    """Who and what there is in a bureau: as rows, and as a register."""
    people, companies = _consultants(size), _clients(size, random)
    register = Register(
        BUREAU,
        BUREAU,
        "Europe/Stockholm",
        Consultants.build(people),
        Clients.build(companies),
        Programs.build(_PROGRAMS),
    )
    return people, companies, register


def disturb(folder: Path, clients: int, seed: int) -> None:
    """Change a program of one pair at each of so many clients, behind everybody's back."""
    random = np.random.default_rng(seed)
    with Store.open(folder / "bureau.db") as store, store.write() as db:
        bureau = find_bureau(db, BUREAU).number
        (there,) = db.execute("SELECT max(number) FROM client WHERE bureau = ?", (bureau,)).fetchone()
        chosen = random.choice(there, clients, replace=False) + 1
        query = """
            UPDATE pair SET mask = (mask | 1) - (mask & 1), revision = :revision, foreign_revision = :revision
            WHERE bureau = :bureau AND client = :client AND consultant =
                (SELECT min(consultant) FROM pair WHERE bureau = :bureau AND client = :client AND held)"""
        values = {"bureau": bureau, "revision": bump(db, bureau, register=False)}
        db.executemany(query, (values | {"client": client} for client in chosen.tolist()))


def _consultants(size: Size) -> list[Consultant]:
    """The first of each team leads it."""
    rows = []
    for i in range(size.consultants):
        team = (f"t{i % size.teams:03}",)
        leads = team if i < size.teams else ()
        rows.append(Consultant(f"c{i:05}@bureau.example", f"Consultant {i}", teams=team, leads=leads))
    return rows


def _clients(size: Size, random: np.random.Generator) -> list[Client]:
    has = {tag: (random.random(size.clients) < part).tolist() for tag, part in TAGS.items()}
    return [
        Client(
            f"{1_000_000 + i}",
            f"Company {i} AB",
            tags=tuple(tag for tag in TAGS if has[tag][i]),
            team=f"t{i % size.teams:03}",
        )
        for i in range(size.clients)
    ]


def rules_of(size: Size) -> str:
    """The YAML of a bureau."""
    teams = size.teams
    lines = [
        f"bureau: {BUREAU}",
        f"manage: {{unlisted: remove, taken-over: {BUREAU}}}",
        "bundles: {standard: [bookkeeping, invoicing]}",
        "access:",
        "  own-team: {who: each-team, clients: team:self, programs: [+standard]}",
        "  payroll: {who: each-team, clients: team:self & tag:payroll, programs: [payroll]}",
        "  receipts: {who: each-team, clients: team:self & tag:receipts, programs: [receipts]}",
    ]
    own = RULES - DENIALS - 3
    for i in range(own):
        team = i % teams
        # two thirds are about the team's own clients, the others lend a lead to the next team
        where = (team + (i % 3 == 0)) % teams
        lines.append(
            f"  audit-{i:03}: {{who: team:t{team:03}.lead, clients: team:t{where:03} & tag:audit,"
            " programs: [annual-accounts, payments]}"
        )
    lines.append("never:")
    for i in range(DENIALS):
        team = (i * 7) % teams
        lines.append(
            f"  apart-{i}: {{who: team:t{team:03}.lead, clients: team:t{team:03} & tag:payroll & tag:audit,"
            " programs: [payroll], reason: four eyes}"
        )
    return "\n".join(lines) + "\n"


def _changed(desired: Access, register: Register, size: Size, random: np.random.Generator) -> Access:
    """What the database holds: the desired state, changed."""
    programs, masks = register.programs.names, desired.masks.copy()
    takes, gives = np.uint64(1 << programs.id("invoicing")), np.uint64(1 << programs.id("payments"))
    noise = size.noise
    team_of = np.empty(len(register.clients.names), dtype=np.int64)
    for number, ids in enumerate(register.clients.teams.values()):
        team_of[ids] = number
    _portfolios(masks, team_of[desired.clients], (takes, gives), size.changed - noise)
    at = random.choice(len(masks), noise, replace=False)
    masks[at[: noise // 2]] &= ~np.uint64(1 << programs.id("bookkeeping"))
    masks[at[noise // 2 :]] |= np.uint64(1 << programs.id("annual-accounts"))
    return Access(desired.shape, desired.keys, masks)


def _portfolios(masks: Masks, teams: Keys, change: tuple[np.uint64, np.uint64], cells: int) -> None:
    """Change one team after the other, until so many cells differ: every other one lacks, every other has too much."""
    takes, gives = change
    for team in range(int(teams.max(initial=-1)) + 1):
        at = np.flatnonzero(teams == team)
        able: Flags = (masks[at] & takes != 0) if team % 2 else (masks[at] & gives == 0)
        at = at[able][: max(cells, 0)]
        masks[at] ^= takes if team % 2 else gives
        cells -= len(at)
        if cells <= 0:
            return


def _insert(store: Store, register: Register, access: Access) -> None:
    """Write pairs in the order of their keys, which is fastest."""
    with store.write() as db:
        bureau = find_bureau(db, BUREAU).number
        people, companies = consultant_numbers(db, bureau), client_numbers(db, bureau)
        consultants = np.array([people[name] for name in register.consultants.names], dtype=np.int64)
        clients = np.array([companies[name] for name in register.clients.names], dtype=np.int64)
        revision = bump(db, bureau, register=False)
        query = "INSERT INTO pair VALUES (?, ?, ?, 1, ?, ?, NULL, 0)"
        step = 500_000
        for start in range(0, len(access), step):
            part = access.part(start, start + step)
            rows = zip(
                clients[part.clients].tolist(),
                consultants[part.consultants].tolist(),
                column(part.masks),
                strict=True,
            )
            db.executemany(query, ((bureau, *row, revision) for row in rows))
        db.execute("UPDATE bureau SET pairs = ? WHERE number = ?", (len(access), bureau))
