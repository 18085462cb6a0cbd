"""Blocks may reach over a hole where nothing would change there, and never over one where something would.

Three corners of a square change. Over the fourth the block may reach if the operation is a no-op there: one
operation then, and two otherwise.
"""

from __future__ import annotations

import datetime as dt

import pytest

from reconciler.desired import Unlisted
from reconciler.plan import Change, build
from tests.support.worlds import access, current, desired, operator, register

REG = register(["ann", "bo"], ["1", "2"], ["ledger", "payroll"], outside=["tax"])
CORNERS = [("ann", "1"), ("ann", "2"), ("bo", "1")]
HOLE = ("bo", "2")


def corners(program=None):
    return [(*pair, program) for pair in CORNERS]


def plan(want, have, *, me=None, **fields):
    return build(
        desired(REG, access(REG, *want), **fields),
        current(REG, access(REG, *have), me),
        dt.date(2026, 11, 24),
    )


def operations(plan_of):
    return [(o.change, o.block.pairs) for o in plan_of.operations]


def test_programs_are_granted_over_a_hole_that_has_them():
    held = [(*pair, None) for pair in CORNERS] + [(*HOLE, "ledger")]
    wanted = [*corners("ledger"), (*HOLE, "ledger")]
    assert operations(plan(wanted, held)) == [(Change.ADD_PROGRAMS, 4)]


def test_programs_are_not_granted_over_a_hole_that_shall_not_have_them():
    held = [*corners(), (*HOLE, None)]
    assert len(operations(plan([*corners("ledger"), (*HOLE, None)], held))) == 2


def test_access_is_given_over_a_hole_that_has_all_of_it():
    assert operations(plan([*corners("ledger"), (*HOLE, "ledger")], [(*HOLE, "ledger")])) == [
        (Change.GIVE_ACCESS, 4)
    ]


def test_access_is_not_given_over_a_hole_that_shall_have_none():
    assert len(operations(plan(corners("ledger"), []))) == 2


def test_programs_are_removed_over_a_hole_that_lacks_them():
    held = [*corners("payroll"), *corners("ledger"), (*HOLE, "ledger")]
    assert operations(plan([*corners("ledger"), (*HOLE, "ledger")], held)) == [(Change.REMOVE_PROGRAMS, 4)]


@pytest.mark.parametrize("unlisted", [Unlisted.REPORT, Unlisted.KEEP])
def test_programs_are_not_removed_over_a_hole_where_they_are_left_alone(unlisted):
    """Denied at the corners; at the hole no rule mentions the program, and it stays."""
    held = [*corners("payroll"), (*HOLE, "payroll")]
    of = plan(corners(), held, unlisted=unlisted, denied_programs=access(REG, *corners("payroll")))
    assert len(operations(of)) == 2
    assert of.summary.programs_removed == 3


def test_programs_are_not_removed_over_a_hole_where_they_are_wanted():
    held = corners("payroll")
    assert (
        len(
            operations(
                plan(
                    [*corners(), (*HOLE, "payroll")],
                    held,
                    me=operator(REG, programs={"1": ["payroll"], "2": ["payroll"]}),
                )
            )
        )
        == 2
    )


def test_access_is_removed_over_a_hole_that_has_none():
    assert operations(plan([], corners("ledger"))) == [(Change.REMOVE_ACCESS, 4)]


@pytest.mark.parametrize("unlisted", [Unlisted.REPORT, Unlisted.KEEP])
def test_access_is_not_removed_over_a_hole_where_it_is_left_alone(unlisted):
    held = [*corners("ledger"), (*HOLE, "ledger")]
    of = plan([], held, unlisted=unlisted, denied_pairs=access(REG, *corners()))
    assert len(operations(of)) == 2
    assert of.summary.accesses_removed == 3


def test_access_is_not_removed_over_a_hole_that_holds_programs_of_others():
    held = [*corners("ledger"), (*HOLE, "tax")]
    assert len(operations(plan([], held))) == 2


def test_access_is_not_removed_over_a_hole_that_is_wanted():
    assert len(operations(plan([(*HOLE, "ledger")], corners("ledger")))) == 3
