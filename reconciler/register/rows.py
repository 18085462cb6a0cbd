"""CSV tables ↔ rows of the register.

    bureau.csv       id,name,timezone
    programs.csv     id,sv,en,package                     package: yes or no
    consultants.csv  id,name,status,tags,teams,leads      status: active or left
    clients.csv      id,name,status,tags,team             status: connected or disconnected

Several words in one cell stand with spaces between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.grid.register import Client, Consultant, Program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reconciler.grid import Register
    from reconciler.grid.arrays import Ids
    from reconciler.register.tables import Table

LANGUAGES = ("sv", "en")
"""Those in which programs have names."""

MOST_PROGRAMS = 64
"""A mask has 64 bits."""

HEADERS: Mapping[str, tuple[str, ...]] = {
    "bureau": ("id", "name", "timezone"),
    "programs": ("id", *LANGUAGES, "package"),
    "consultants": ("id", "name", "status", "tags", "teams", "leads"),
    "clients": ("id", "name", "status", "tags", "team"),
}
"""The header of each file."""


def check_rows(tables: Mapping[str, Table]) -> None:
    """Note what is wrong in the cells of these four tables."""
    for name in ("programs", "consultants", "clients"):
        tables[name].check_keys("id")
        tables[name].check_unique("id")
    tables["bureau"].check_keys("id")
    if len(tables["bureau"].rows) != 1:
        tables["bureau"].wrong("csv-rows", Message("this file has one row, that of the bureau"), 1)
    tables["programs"].check_choice("package", ("yes", "no"))
    tables["consultants"].check_choice("status", ("active", "left"))
    tables["clients"].check_choice("status", ("connected", "disconnected"))


def programs_in(table: Table) -> list[Program]:
    """The programs of a table, in its order."""
    return [
        Program(
            row["id"],
            {language: row[language] for language in LANGUAGES if row[language]},
            row["package"] == "yes",
        )
        for _, row in table.records()
    ]


def consultants_in(table: Table) -> list[Consultant]:
    """The consultants of a table, in its order."""
    return [
        Consultant(
            key, name, status == "active", tuple(tags.split()), tuple(teams.split()), tuple(leads.split())
        )
        for key, name, status, tags, teams, leads in table.rows
    ]


def clients_in(table: Table) -> list[Client]:
    """The clients of a table, in its order."""
    return [
        Client(key, name, status == "connected", tuple(tags.split()), team or None)
        for key, name, status, tags, team in table.rows
    ]


def programs_of(register: Register) -> list[Program]:
    """The programs of a register, by key."""
    programs = register.programs
    return [
        Program(key, programs.labels[number], bool(programs.package >> number & 1))
        for number, key in enumerate(programs.names)
    ]


def consultants_of(register: Register) -> list[Consultant]:
    """The consultants of a register, by key."""
    people = register.consultants
    size = len(people.names)
    columns = (people.names, people.labels, people.active.tolist())
    words = (_words(people.tags, size), _words(people.teams, size), _words(people.leads, size))
    return [Consultant(*row) for row in zip(*columns, *words, strict=True)]


def clients_of(register: Register) -> list[Client]:
    """The clients of a register, by key."""
    companies = register.clients
    size = len(companies.names)
    tags, teams = _words(companies.tags, size), _words(companies.teams, size)
    columns = zip(companies.names, companies.labels, companies.connected.tolist(), tags, teams, strict=True)
    return [
        Client(key, label, connected, words, next(iter(team), None))
        for key, label, connected, words, team in columns
    ]


def _words(index: Mapping[str, Ids], size: int) -> Iterable[tuple[str, ...]]:
    """By number the words that have it, in their order."""
    found: list[list[str]] = [[] for _ in range(size)]
    for word in sorted(index):
        for number in index[word].tolist():
            found[number].append(word)
    return map(tuple, found)
