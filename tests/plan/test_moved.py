"""What moved between two plans, told in sentences."""

from __future__ import annotations

import datetime as dt

from hypothesis import given

from reconciler.plan import build, moved
from tests.support.naive import perform
from tests.support.worlds import access, current, desired, register, worlds

DAY = dt.date(2026, 11, 24)
REG = register(["ann", "bo"], ["1", "2"], ["ledger", "payroll"])
WANT = access(REG, ("ann", "1", "ledger"), ("ann", "1", "payroll"), ("bo", "2", "ledger"))


def plan(*held):
    return build(desired(REG, WANT), current(REG, access(REG, *held)), DAY)


def test_nothing_moved():
    assert moved(plan(("bo", "1", "ledger")), plan(("bo", "1", "ledger"))) == ()


def test_each_kind_of_move_is_a_sentence():
    before = plan(("bo", "1", "ledger"))
    after = plan(("ann", "1", "ledger"), ("ann", "2", "ledger"))
    assert [str(message) for message in moved(before, after)] == [
        "ann at 1: now also add the programs: payroll",
        "ann at 1: no longer give access, with the programs: ledger, payroll",
        "ann at 2: now also remove access, and with it: ledger",
        "bo at 1: no longer remove access, and with it: ledger",
    ]


@given(worlds())
def test_a_plan_that_was_done_has_moved_to_nothing(world):
    plan_of = build(world.desired, world.current, DAY)
    after, _ = perform(world, plan_of)
    now = build(after.desired, after.current, DAY)
    told = [str(message) for message in moved(plan_of, now)]
    assert len(told) == sum(len(rows) for rows in plan_of.changes.allowed.values())
    assert all("no longer" in sentence for sentence in told)
