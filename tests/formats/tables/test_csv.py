"""The table for Excel: what a spreadsheet reads of it, and that no name in it becomes a formula."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import Rule, RuleKind, Standing
from reconciler.errors import Position
from reconciler.formats.catalogue import catalogue
from reconciler.formats.tables import Table, cell, csv_pieces, to_csv
from reconciler.formats.tables.holders import holders_table
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.plan.explain import Edit
from reconciler.plan.focus import Focus
from reconciler.plan.holders import holders
from tests.support.worlds import access, current, desired

DAY = dt.date(2026, 11, 24)
STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


def world(person="Ann", rule="rule", reason="", program="Books"):
    register = Register(
        "b",
        "B",
        "Europe/Stockholm",
        Consultants.build([Consultant("ann@x.se", person)]),
        Clients.build([Client("0042", "Bolag; AB"), Client("2", "Två")]),
        Programs.build(
            [Program("books", {"sv": "Bokföring", "en": program}), Program("zz", in_package=False)]
        ),
    )
    state = access(
        register, ("ann@x.se", "0042", "books"), ("ann@x.se", "0042", "zz"), ("ann@x.se", "2", None)
    )
    said = Rule(
        rule,
        RuleKind.ASSIGNMENT,
        Position("a.yaml", 3),
        DAY,
        dt.date(2027, 3, 31),
        reason,
        "",
        Standing.IN_FORCE,
    )
    want = desired(register, access(register, ("ann@x.se", "0042", "books")), rules=(said,))
    return holders(want, current(register, state), DAY, Focus())


def holders_csv(found, edits, say):
    return to_csv(holders_table(found, edits, say), say)


def read(raw: bytes, separator=","):
    assert raw.startswith(b"\xef\xbb\xbf")
    text = raw.decode("utf-8-sig")
    assert text.endswith("\r\n")
    return list(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True))


def test_one_row_for_each_consultant_client_and_program():
    edits = {0: Edit(dt.date(2026, 5, 12), "Ann Author", "abc")}
    assert read(holders_csv(world(reason="because"), edits, catalogue("en"))) == [
        ["consultant", "consultant's name", "client", "client's name", "program", "program's name", "why",
         "rules", "first day", "last day", "reason", "where the rules stand", "rules last changed"],
        ["ann@x.se", "Ann", "0042", "Bolag; AB", "books", "Books", "a rule gives it",
         "rule", "2026-11-24", "2027-03-31", "because", "a.yaml:3", "2026-05-12 Ann Author"],
        ["ann@x.se", "Ann", "0042", "Bolag; AB", "zz", "zz", "it is not managed here", *[""] * 6],
        ["ann@x.se", "Ann", "2", "Två", "", "access without programs", "no rule gives it", *[""] * 6],
    ]  # fmt: skip


def test_in_swedish_a_semicolon_stands_between_cells():
    rows = read(holders_csv(world(), {0: Edit(None, "", "")}, catalogue("sv")), ";")
    assert rows[0][:3] == ["konsult", "konsultens namn", "klient"]
    assert rows[1][5:7] == ["Bokföring", "en regel ger det"]
    assert rows[1][-1] == "ännu inte incheckad"


@pytest.mark.parametrize("start", STARTS)
def test_no_cell_is_a_formula(start):
    text = f"{start}HYPERLINK(1)"
    found = world(person=text, rule=text, reason=text, program=text)
    rows = read(holders_csv(found, {0: Edit(DAY, text, "c")}, catalogue("en")))
    for column in (1, 5, 7, 10):
        assert rows[1][column].startswith("'")


@given(st.text(), st.text(), st.text())
def test_no_name_breaks_a_row_or_hides_itself(person, rule, reason):
    for language, separator in (("en", ","), ("sv", ";")):
        raw = holders_csv(world(person, rule, reason), {}, catalogue(language))
        rows = read(raw, separator)
        assert [len(row) for row in rows] == [13] * 4
        assert raw.decode("utf-8-sig").count("\n") == 4
        assert not any(one.startswith(tuple(STARTS)) for row in rows for one in row)
        assert all(one.isprintable() or "\xa0" in one or one == cell(one) for row in rows for one in row)


@pytest.mark.parametrize("text", ["Ann", "", " =1", "a=1", "0042", "'x", "1-2"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert cell(text) == text


def test_figures_days_and_nothing():
    table = Table("t", ["a", "b", "c"], [(7, DAY, None)])
    assert read(to_csv(table, catalogue("en"))) == [["a", "b", "c"], ["7", "2026-11-24", ""]]


def test_a_large_table_comes_in_pieces_and_is_the_same():
    """So that an audit log of a million lines need not fit in memory."""
    made = []

    def rows():
        for number in range(30_000):
            made.append(number)
            yield ("x" * 90, number)

    pieces = csv_pieces(Table("t", ["a", "b"], rows()), catalogue("en"))
    first = next(pieces)
    assert len(made) < 20_000
    whole = read(first + b"".join(pieces))
    assert whole == [["a", "b"], *(["x" * 90, str(number)] for number in range(30_000))]
