"""How names are written, and when a list is folded."""

from __future__ import annotations

import pytest

from reconciler.formats.catalogue import catalogue
from reconciler.formats.names import Namer
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program

REG = Register(
    "b",
    "B",
    "Europe/Stockholm",
    Consultants.build(
        [
            Consultant("ann@x", "Ann"),
            Consultant("ann@y", "Ann"),
            Consultant("bo@x", "Bo"),
            Consultant("cy@x", ""),
        ]
    ),
    Clients.build([*(Client(f"{i}", f"Company {i}") for i in range(1, 30)), Client("99", "99")]),
    Programs.build([Program("ledger", {"sv": "Bokföring", "en": "Bookkeeping"}), Program("payroll")]),
)


def namer(language="en", fold=8) -> Namer:
    return Namer(REG, catalogue(language), fold)


def test_a_consultant_is_a_name_and_the_key_only_where_it_is_needed():
    assert [namer().consultant(i) for i in range(4)] == ["Ann (ann@x)", "Ann (ann@y)", "Bo", "cy@x"]


def test_a_client_is_a_number_and_a_name():
    number = REG.clients.names.id
    assert namer().client(number("7")) == "7 Company 7"
    assert namer().client(number("99")) == "99"


def test_a_program_is_called_what_the_reader_calls_it():
    assert namer("sv").programs(0b11) == "Bokföring och payroll"
    assert namer("en").programs(0b11) == "Bookkeeping and payroll"


@pytest.mark.parametrize(
    ("count", "fold", "expected"),
    [(1, 3, []), (3, 3, []), (4, 3, []), (5, 3, ["2 more"]), (29, 3, ["26 more"]), (29, None, [])],
)
def test_a_list_is_folded_with_the_number_that_is_hidden_and_never_for_one_name(count, fold, expected):
    text = namer(fold=fold).clients(list(range(count)))
    assert [part for part in text.replace(" and ", ", ").split(", ") if part.endswith("more")] == expected


def test_numbers_have_their_thousands_apart():
    assert catalogue("en").number(1234567) == "1,234,567"
    assert catalogue("sv").number(1234567) == "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567"


TEAM = Register(
    "b",
    "B",
    "Europe/Stockholm",
    Consultants.build(Consultant(f"c{i}", f"Name {i}", teams=("north",) if i < 4 else ()) for i in range(6)),
    Clients.build(Client(f"{i}", f"Company {i}", team="north" if i < 5 else None) for i in range(7)),
    Programs.build([]),
)


@pytest.mark.parametrize(
    ("numbers", "fold", "expected"),
    [
        ([0, 1, 2, 3], 8, "all 4 of the team north"),
        ([0, 1, 2, 3, 4], 8, "Name 0, Name 1, Name 2, Name 3 and Name 4"),
        ([0, 1, 2], 8, "Name 0, Name 1 and Name 2"),
        ([0, 1, 2, 3], None, "Name 0, Name 1, Name 2 and Name 3"),
    ],
)
def test_a_team_is_named_where_it_is_the_list_no_more_and_no_less(numbers, fold, expected):
    assert Namer(TEAM, catalogue("en"), fold).consultants(numbers) == expected


def test_the_clients_of_a_team_are_named_likewise():
    assert Namer(TEAM, catalogue("sv")).clients(range(5)) == "alla i teamet north"
    assert Namer(TEAM, catalogue("en")).clients([0, 1]) == "0 Company 0 and 1 Company 1"
