"""The table of a plan: every change of it stands there once, with its verdict, and nothing else does."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.errors import Message
from reconciler.formats.catalogue import catalogue
from reconciler.formats.tables import to_csv
from reconciler.formats.tables.plan import plan_tables
from reconciler.grid import Change
from reconciler.guardrails import Refusal
from reconciler.plan import build
from reconciler.plan.joint import build_joint
from tests.audit.runs import small_plan
from tests.plan.test_route import teams
from tests.support.worlds import access, current, desired, operator, register, triples, worlds

DAY = dt.date(2026, 11, 24)
EN = catalogue("en")


def rows_of(plan, say=EN, sheet=0):
    return [dict(zip(table.headings, row, strict=True)) for table in plan_tables(plan, say)[sheet:sheet + 1]
            for row in table.rows]  # fmt: skip


def cells(rows, verdict):
    """What a table says of a verdict, how often."""
    return Counter(
        (row["change"], row["consultant"], row["client"], row["program"] or None)
        for row in rows
        if row["verdict"] == verdict
    )


DOES = {
    Change.GIVE_ACCESS: "gives access",
    Change.ADD_PROGRAMS: "adds programs",
    Change.REMOVE_PROGRAMS: "removes programs",
    Change.REMOVE_ACCESS: "removes access",
}


def expected(register, by_change):
    """The cells of changes, each once; access itself only where it changes."""
    return Counter(
        (DOES[change], *cell)
        for change, rows in by_change
        for cell in triples(register, rows)
        if cell[2] is not None or change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)
    )


@given(worlds())
def test_every_change_once_with_its_verdict(world):
    plan = build(world.desired, world.current, DAY)
    rows = rows_of(plan)
    blocked = [(why.change, held) for why, held in plan.changes.blocked.items()]
    assert cells(rows, "would be done") == expected(plan.register, plan.changes.allowed.items())
    assert set(cells(rows, "blocked")) == set(expected(plan.register, blocked))
    figures = plan.summary
    assert sum(cells(rows, "would be done").values()) == figures.changes
    assert sum(cells(rows, "blocked").values()) == figures.blocked
    left = cells(rows, "left as it is")
    assert {pair[1:3] for pair in left} == {c[:2] for c in triples(plan.register, plan.changes.unmanaged)}


@pytest.mark.slow
@given(teams())
def test_of_several_operators_each_change_stands_with_who_does_it(made):
    world, operators = made
    joint = build_joint(world.desired, world.current, DAY, operators)
    rows = rows_of(joint)
    assert cells(rows, "would be done") == expected(world.register, joint.whole.changes.allowed.items())
    for part in joint.parts:
        mine = [row for row in rows if row["operator"] == part.plan.operator.label]
        assert cells(mine, "would be done") == expected(world.register, part.plan.changes.allowed.items())


def test_it_tells_why_and_who_could():
    reg = register(["anna"], ["1042", "1055"], ["books"])
    wish = desired(reg, access(reg, ("anna", "1042", "books"), ("anna", "1055", "books")))
    chief = operator(reg, "chief", system=["1042", "1055"])
    now = current(reg, access(reg), operator(reg, "me", system=["1055"]), (chief,))
    why = "needs a system administrator at the client"
    raw = to_csv(plan_tables(build(wish, now, DAY), EN)[0], EN).decode("utf-8-sig")
    assert [",".join(row) for row in csv.reader(raw.splitlines())][1:] == [
        "would be done,gives access,anna,Anna,1055,Company 1055,,access to the client,,,rule,,Me",
        "would be done,gives access,anna,Anna,1055,Company 1055,books,books,,,rule,,Me",
        f"blocked,gives access,anna,Anna,1042,Company 1042,,access to the client,{why},Chief,rule,,",
        f"blocked,gives access,anna,Anna,1042,Company 1042,books,books,{why},Chief,rule,,",
    ]


def test_what_guardrails_say_stands_in_a_sheet_of_its_own():
    refusal = Refusal("removals", 120, 50, Message("too many"))
    told = rows_of(small_plan().refused((refusal,)), sheet=1)
    assert [(row["what"], row["guardrail"], row["message"]) for row in told] == [
        ("a guardrail refuses", "removals", "too many")
    ]
    assert len(plan_tables(replace(small_plan(), violations=(), findings=()), EN)) == 1


def test_in_swedish():
    row = rows_of(small_plan(), catalogue("sv"))[0]
    assert row["utslag"] == "skulle göras"
    assert row["ändring"] == "ger åtkomst"
