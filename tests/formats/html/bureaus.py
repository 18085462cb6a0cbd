"""Orderly bureaus of any size, with what makes a page worth looking at: grants, removals and blocked changes."""

from __future__ import annotations

import numpy as np

from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from tests.support.worlds import World, current, desired, operator

FIRST = [
    "Anna",
    "Bertil",
    "Cecilia",
    "David",
    "Eva",
    "Fia",
    "Gun",
    "Hugo",
    "Ingrid",
    "Jonas",
    "Karin",
    "Lars",
]
LAST = ["Lind", "Ek", "Berg", "Holm", "Strand", "Alm", "Dahl", "Gren", "Sjö", "Åkesson", "Öberg", "Ängström"]
FIRMS = ["Bageri", "Måleri", "Bygg", "Åkeri", "Rör", "Snickeri", "Fastigheter", "Handel", "Konsult", "Motor"]
TAGS = ["payroll", "receipts", "audit", "season"]
PROGRAMS = {
    "annual-accounts": ("Annual accounts", "Årsredovisning"),
    "bookkeeping": ("Bookkeeping", "Bokföring"),
    "invoicing": ("Invoicing", "Fakturering"),
    "payroll": ("Payroll", "Lön"),
    "receipts": ("Receipts", "Kvitton"),
}


def bureau(consultants: int, clients: int, teams: int) -> World:
    """A bureau where each team has its own clients, and at some of them something changes.

    Clients that are numbered 3 modulo 40 miss a program that all of the team should have, at those with 7 a program goes,
    at those with 11 one of the team gets access, at those with 19 one loses it, and at those with 23 the operator
    has no right to give a program.
    """
    register = _register(consultants, clients, teams)
    shape = register.shape
    where = np.repeat(np.arange(clients), consultants // teams)
    who = (np.arange(len(where)) % (consultants // teams)) * teams + where % teams
    masks = np.where(where % 3 == 0, 0b11110, 0b00110).astype(np.uint64)
    keys = shape.keys(who, where)
    # the first in each team; access goes and comes by whole pairs
    kind, lead = where % 40, who < teams
    have, want = masks.copy(), masks.copy()
    have[kind == 3] &= ~np.uint64(0b100)
    want[kind == 7] &= ~np.uint64(0b010)
    have[kind == 23] &= ~np.uint64(0b010)
    had, wanted = ~((kind == 11) & lead), ~((kind == 19) & lead)
    may = {name for i, name in enumerate(register.clients.names) if i % 40 != 23}
    return World(
        desired(register, Access.from_rows(shape, keys[wanted], want[wanted])),
        current(register, Access.from_rows(shape, keys[had], have[had]), operator(register, system=may), ()),
    )


def _register(consultants: int, clients: int, teams: int) -> Register:
    return Register(
        "byra",
        "Storbyrån",
        "Europe/Stockholm",
        Consultants.build(
            Consultant(
                f"c{i:05}@byra.example",
                f"{FIRST[i % 12]} {LAST[i // 12 % 12]} {i // 144 or ''}".strip(),
                teams=(f"team {i % teams:03}",),
            )
            for i in range(consultants)
        ),
        Clients.build(
            Client(
                f"{100_000 + i}",
                f"{LAST[i % 12]}s {FIRMS[i // 12 % 10]} AB",
                tags=tuple(tag for j, tag in enumerate(TAGS) if i % (j + 2) == 0),
                team=f"team {i % teams:03}",
            )
            for i in range(clients)
        ),
        Programs.build(Program(key, {"en": en, "sv": sv}) for key, (en, sv) in PROGRAMS.items()),
    )
