"""The register: the same whatever the order of the rows; a key given twice is refused."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Clients, Consultants, Programs, Register, Shape
from reconciler.grid.register import Client, Consultant, Program

if TYPE_CHECKING:
    import numpy as np

words = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple)
keys = st.text(min_size=1, max_size=3)
consultants = st.lists(
    st.builds(Consultant, keys, keys, st.booleans(), words, words, words),
    unique_by=lambda row: row.key,
    max_size=6,
)
clients = st.lists(
    st.builds(Client, keys, keys, st.booleans(), words, st.none() | st.sampled_from(["x", "y"])),
    unique_by=lambda row: row.key,
    max_size=6,
)


def lists(index: dict[str, np.ndarray]) -> dict[str, list[int]]:
    return {word: ids.tolist() for word, ids in index.items()}


@given(consultants, st.randoms())
def test_consultants_do_not_depend_on_the_order_of_rows(rows: list[Consultant], random) -> None:
    one, other = Consultants.build(rows), Consultants.build(random.sample(rows, len(rows)))
    assert one.names == other.names
    assert one.labels == other.labels
    assert one.active.tolist() == other.active.tolist()
    for index in ("tags", "teams", "leads"):
        assert lists(getattr(one, index)) == lists(getattr(other, index))


@given(consultants)
def test_a_consultant_keeps_what_its_row_says(rows: list[Consultant]) -> None:
    built = Consultants.build(rows)
    for row in rows:
        number = built.names.id(row.key)
        assert built.labels[number] == row.label
        assert bool(built.active[number]) == row.active
        assert {tag for tag, ids in built.tags.items() if number in ids} == set(row.tags)
        assert {team for team, ids in built.teams.items() if number in ids} == {*row.teams, *row.leads}
        assert {team for team, ids in built.leads.items() if number in ids} == set(row.leads)


@given(clients, st.randoms())
def test_clients_do_not_depend_on_the_order_of_rows(rows: list[Client], random) -> None:
    one, other = Clients.build(rows), Clients.build(random.sample(rows, len(rows)))
    assert one.names == other.names
    assert one.labels == other.labels
    assert one.connected.tolist() == other.connected.tolist()
    assert lists(one.tags) == lists(other.tags)
    assert lists(one.teams) == lists(other.teams)


@given(clients)
def test_a_client_keeps_what_its_row_says(rows: list[Client]) -> None:
    built = Clients.build(rows)
    for row in rows:
        number = built.names.id(row.key)
        assert (built.labels[number], bool(built.connected[number])) == (row.label, row.connected)
        assert {tag for tag, ids in built.tags.items() if number in ids} == set(row.tags)
        assert {team for team, ids in built.teams.items() if number in ids} == (
            {row.team} if row.team else set()
        )


def test_the_package_is_a_mask_of_the_programs_in_it() -> None:
    rows = [
        Program("payroll"),
        Program("archive", in_package=False),
        Program("bookkeeping", {"sv": "Bokföring"}),
    ]
    programs = Programs.build(rows)
    assert list(programs.names) == ["archive", "bookkeeping", "payroll"]
    assert programs.package == 0b110
    assert asdict(rows[2])["labels"] == programs.labels[1]
    assert Programs.build(reversed(rows)) == programs


@pytest.mark.parametrize(
    ("build", "rows"),
    [
        (Consultants.build, [Consultant("a", "A"), Consultant("a", "B")]),
        (Clients.build, [Client("1", "A"), Client("1", "B")]),
        (Programs.build, [Program("p"), Program("p")]),
    ],
)
def test_a_key_given_twice_is_refused(build, rows) -> None:
    with pytest.raises(ValueError, match="listed twice"):
        build(rows)


def test_the_shape_counts_what_has_a_name() -> None:
    register = Register(
        "b",
        "B",
        "Europe/Stockholm",
        Consultants.build([Consultant("a", "A")]),
        Clients.build([Client("1", "A"), Client("2", "B")]),
        Programs.build([Program("p"), Program("q"), Program("r")]),
    )
    assert register.shape == Shape(1, 2, 3)
