"""The numbers of the tables, against sets of triples that know nothing of arrays."""

from __future__ import annotations

import dataclasses
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Clients, Consultants
from reconciler.grid.register import Client, Consultant
from reconciler.web import matrix as module
from reconciler.web.matrix import Wanted, client_matrix, consultant_matrix, shares
from tests.support import worlds

TEAMS = ("north", "south", "west")


@st.composite
def bureaus(draw):
    """A register with teams, tags and names that differ from keys, and who has what."""
    some = st.lists(st.sampled_from(TEAMS), max_size=2, unique=True).map(tuple)
    word = st.sampled_from(["Åsa Ek", "Bo Ek", "ÖRN", "zeta", "<b>", ""])
    world = draw(worlds.worlds())
    register = world.register
    people = [
        Consultant(key, draw(word), draw(st.booleans()), draw(some), draw(some))
        for key in register.consultants.names
    ]
    companies = [
        Client(key, draw(word), draw(st.booleans()), draw(some), draw(st.none() | st.sampled_from(TEAMS)))
        for key in register.clients.names
    ]
    changed = dataclasses.replace(
        register, consultants=Consultants.build(people), clients=Clients.build(companies)
    )
    return changed, world.current.access, world.current.operator.rights, people, companies  # fmt: skip


wanteds = st.builds(
    Wanted,
    words=st.sampled_from(["", "ek", "EK bo", "p1", "0", "\n", "örn", "<"]),
    team=st.sampled_from(["", "", *TEAMS, "no such"]),
    tag=st.sampled_from(["", "", *TEAMS]),
    by_name=st.booleans(),
    whole_team=st.booleans(),
    page=st.integers(1, 4),
)


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def fits(wanted, row, teams):
    words = [plain(word) for word in wanted.words.split()]
    found = all(word in plain(row.key) or word in plain(row.label) for word in words)
    return found and (not wanted.team or wanted.team in teams) and (not wanted.tag or wanted.tag in row.tags)


def order(wanted, rows):
    alphabet = " 0123456789<>abcdefghijklmnopqrstuvwxyzåäö"

    def place(row):
        number = int(row.key.removeprefix("p"))
        return ([alphabet.index(c) for c in row.label.lower()] if wanted.by_name else [], number)

    return [row.key for row in sorted(rows, key=place)]


def cells_of(matrix, register, names, pair):
    """The rows of a table as triples."""
    programs = register.programs.names
    found = set()
    for row, has, mask in zip(matrix.rows, matrix.given, matrix.masks, strict=True):
        found |= {(*pair(names[row]), None)} if has else set()
        found |= {(*pair(names[row]), programs[i]) for i in matrix.columns if mask >> i & 1}
    return found


def compare(matrix, register, names, every, rows, pair, wanted):
    programs = register.programs.names
    keys = order(wanted, rows)
    last = max(1, -(-len(keys) // module.PAGE))
    page = min(wanted.page, last)
    shown = keys[(page - 1) * module.PAGE : page * module.PAGE]
    assert [names[row] for row in matrix.rows] == shown
    assert (matrix.page, matrix.pages, matrix.found) == (page, last, len(keys))
    here = {cell for cell in every if cell[:2] in {pair(key) for key in keys}}
    assert cells_of(matrix, register, names, pair) == {
        cell for cell in here if cell[:2] in {pair(key) for key in shown}
    }
    assert matrix.accesses == sum(cell[2] is None for cell in here)
    counts = dict(zip((programs[i] for i in matrix.columns), matrix.counts, strict=True))
    assert counts == {name: sum(cell[2] == name for cell in here) for name in counts}


def columns(register, every):
    inside = [name for i, name in enumerate(register.programs.names) if register.programs.package >> i & 1]
    return [*inside, *sorted({cell[2] for cell in every} - {None, *inside})]


@pytest.fixture(scope="module", autouse=True)
def short_pages():
    patch = pytest.MonkeyPatch()
    patch.setattr(module, "PAGE", 2)
    yield
    patch.undo()


@given(bureaus(), wanteds, st.data())
def test_the_consultants_of_a_client(bureau, wanted, data):
    register, access, _, people, companies = bureau
    client = data.draw(st.integers(0, len(companies) - 1))
    key = register.clients.names[client]
    matrix = client_matrix(register, access, client, wanted)
    every = {cell for cell in worlds.triples(register, access) if cell[1] == key}
    team = companies[client].team
    there = {cell[0] for cell in every}
    rows = [
        row
        for row in people
        if (row.key in there or (wanted.whole_team and row.active and team and team in row.teams))
        and fits(wanted, row, row.teams)
    ]
    compare(matrix, register, register.consultants.names, every, rows, lambda person: (person, key), wanted)
    assert [register.programs.names[i] for i in matrix.columns] == columns(register, every)


@given(bureaus(), wanteds, st.data())
def test_the_clients_of_a_consultant(bureau, wanted, data):
    register, access, _, people, companies = bureau
    person = data.draw(st.integers(0, len(people) - 1))
    key = register.consultants.names[person]
    matrix = consultant_matrix(register, access, person, wanted)
    every = {cell for cell in worlds.triples(register, access) if cell[0] == key}
    there = {cell[1] for cell in every}
    rows = [row for row in companies if row.key in there and fits(wanted, row, (row.team,))]
    compare(matrix, register, register.clients.names, every, rows, lambda client: (key, client), wanted)
    assert [register.programs.names[i] for i in matrix.columns] == columns(register, every)
    found = [row for row in companies if row.key in there]
    assert matrix.tags == tuple(sorted({tag for row in found for tag in row.tags}))
    assert matrix.teams == tuple(sorted({row.team for row in found if row.team}))


@given(bureaus(), st.data())
def test_at_how_many_clients_one_may_hand_out_what(bureau, data):
    register, access, rights, people, companies = bureau
    person = data.draw(st.integers(0, len(people) - 1))
    key = register.consultants.names[person]
    told = []
    for _, client, _ in {
        cell for cell in worlds.triples(register, access) if cell[0] == key and cell[2] is None
    }:
        number = register.clients.names.find(client)
        package = {i for i in range(64) if register.programs.package >> i & 1}
        mine = {i for i in package if int(rights.programs[number]) >> i & 1}
        if not companies[number].connected:
            told.append("nothing")
        else:
            told.append("everything" if rights.system[number] else "programs" if mine else "nothing")
    found = shares(register, access, rights, person)
    assert {name: getattr(found, name) for name in ("everything", "programs", "nothing")} == {
        name: told.count(name) for name in ("everything", "programs", "nothing")
    }  # fmt: skip
