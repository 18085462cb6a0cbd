"""Lines of a table are true of everybody, every client and every program in them, and together they are all that changes."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from reconciler.formats.markdown.lines import lines
from reconciler.grid import PAIR_CHANGES, Access
from reconciler.plan import Change, build
from tests.support.plans import DAY, plans
from tests.support.worlds import access, current, desired, register


@given(plans())
def test_lines_are_exactly_what_changes(plan):
    for change, rows in plan.changes.allowed.items():
        found = [line for one in plan.operations if one.change is change for line in lines(plan, one)]
        assert all(line.block.mask or change in PAIR_CHANGES for line in found)
        together = Access.from_blocks(rows.shape, [line.block for line in found])
        assert together == rows


@given(plans())
def test_lines_of_some_programs_are_about_whoever_gets_them(plan):
    for change, rows in plan.changes.allowed.items():
        operations = [one for one in plan.operations if one.change is change]
        found = [line.block for one in operations for line in lines(plan, one, programs=1)]
        with_it = rows.where(rows.masks & np.uint64(1) != 0)
        assert Access.from_blocks(rows.shape, found) == Access(
            rows.shape, with_it.keys, with_it.masks & np.uint64(1)
        )


def test_what_a_block_holds_already_is_no_line():
    reg = register(["ann"], ["1", "2"], ["books", "pay"])
    have = access(reg, ("ann", "1", None), ("ann", "2", "pay"))
    want = access(reg, *(("ann", client, program) for client in "12" for program in ("books", "pay")))
    plan = build(desired(reg, want), current(reg, have), DAY)
    told = [line.block for one in plan.operations for line in lines(plan, one)]
    assert all(one.change is Change.ADD_PROGRAMS for one in plan.operations)
    assert Access.from_blocks(reg.shape, told) == plan.changes.allowed[Change.ADD_PROGRAMS]
    assert all(block.mask for block in told)
