"""Whom a name on the command line means."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import Policy, load
from reconciler.errors import Finding
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.plan.lookup import find_client, find_consultant, find_program

REG = Register(
    "b",
    "B",
    "Europe/Stockholm",
    Consultants.build(
        [
            Consultant("anna@x.se", "Anna Lind"),
            Consultant("anna.b@x.se", "Anna Lindberg"),
            Consultant("bo@x.se", "Bo Ek"),
            Consultant("bo2@x.se", "Bo Ek"),
            Consultant("bo", "Åsa Öst"),
            Consultant("only-key", ""),
        ]
    ),
    Clients.build(
        [
            Client("1042", "Malmö Hamnkök AB"),
            Client("10", "Ben & Co AB"),
            Client("110", "10"),
            Client("all", "Allt AB"),
        ]
    ),
    Programs.build([Program("payroll", {"sv": "Lön", "en": "Payroll"}), Program("bills", {"sv": "Lönsamt"})]),
)
EMPTY = Policy({name: {} for name in ("renames.consultants", "renames.clients")})

FOUND = {
    "a key": (find_consultant, "anna@x.se", "anna@x.se"),
    "a key goes before a name that has it": (find_consultant, "bo", "bo"),
    "a whole name goes before a part of another": (find_consultant, "anna lind", "anna@x.se"),
    "a part of a name": (find_consultant, "berg", "anna.b@x.se"),
    "a part of a key": (find_consultant, "only", "only-key"),
    "as it is printed": (find_consultant, "Bo Ek (bo2@x.se)", "bo2@x.se"),
    "whatever case": (find_consultant, "ÅSA", "bo"),
    "whatever spaces": (find_consultant, "  Anna \N{NO-BREAK SPACE} Lind ", "anna@x.se"),
    "a decomposed letter": (find_client, unicodedata.normalize("NFD", "hamnkök"), "1042"),
    "a number": (find_client, "10", "10"),
    "number and name": (find_client, "1042 Malmö Hamnkök AB", "1042"),
    "a name with a mark of selectors": (find_client, "Ben & Co", "10"),
    "a program by its key": (find_program, "payroll", "payroll"),
    "a program in Swedish": (find_program, "lön", "payroll"),
}


@pytest.mark.parametrize("name", FOUND)
def test_found(name):
    find, text, key = FOUND[name]
    found = find(REG, text) if find is find_program else find(REG, EMPTY, text)
    names = {find_consultant: REG.consultants, find_client: REG.clients, find_program: REG.programs}
    assert isinstance(found, int), found
    assert names[find].names[found] == key


NOT_FOUND = {
    "two with the same name": (
        find_consultant,
        "Bo Ek",
        "“Bo Ek” could be 2 consultants (write more of it, or the key: bo2@x.se Bo Ek; bo@x.se Bo Ek)",
    ),
    "a part of two": (
        find_consultant,
        "lind",
        (
            "“lind” could be 2 consultants"
            " (write more of it, or the key: anna.b@x.se Anna Lindberg; anna@x.se Anna Lind)"
        ),
    ),
    "nobody": (
        find_consultant,
        "Anna Lint",
        "there is no consultant “Anna Lint” (did you mean “Anna Lind”?)",
    ),
    "nobody at all": (find_consultant, "xyzzy", "there is no consultant “xyzzy”"),
    "without its dots": (
        find_client,
        "hamnkok",
        "there is no client “hamnkok” (did you mean “1042 Malmö Hamnkök AB”?)",
    ),
    "an empty name though somebody has none": (find_consultant, " ", "there is no consultant “ ”"),
    "empty": (find_client, "", "there is no client “”"),
    "a program": (find_program, "pairoll", "there is no program “pairoll” (did you mean “payroll”?)"),
}


@pytest.mark.parametrize("name", NOT_FOUND)
def test_not_found(name):
    find, text, told = NOT_FOUND[name]
    found = find(REG, text) if find is find_program else find(REG, EMPTY, text)
    assert isinstance(found, Finding)
    hint = f" ({found.hint})" if found.hint else ""
    assert f"{found.message}{hint}" == told


def test_many_candidates_are_not_all_listed():
    people = Consultants.build(Consultant(f"c{i:02}", f"Kim {i}") for i in range(20))
    found = find_consultant(Register("b", "B", "UTC", people, REG.clients, REG.programs), EMPTY, "kim")
    assert isinstance(found, Finding)
    assert str(found.hint).endswith("; c07 Kim 7; …")


def test_a_new_key_means_whom_the_register_calls_by_the_old_one(tmp_path):
    (tmp_path / "a.yaml").write_text("renames: {consultants: {new@x.se: bo@x.se, bo: bo2@x.se}}\n")
    policy = load(tmp_path)
    assert find_consultant(REG, policy, "new@x.se") == REG.consultants.names.id("bo@x.se")
    # where the register has both, each is itself
    assert find_consultant(REG, policy, "bo") == REG.consultants.names.id("bo")


@given(st.text())
def test_whatever_is_written_is_somebody_or_a_finding(text):
    for find in (find_consultant, find_client):
        found = find(REG, EMPTY, text)
        assert isinstance(found, Finding) or 0 <= found < 6
