"""Looking at a part: what is outside is neither granted nor removed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconciler.plan import build
from reconciler.plan.focus import Focus, narrow
from tests.support.worlds import worlds

DAY = dt.date(2026, 11, 24)


@given(worlds(), st.data())
def test_a_narrowed_plan_is_the_part_of_the_whole_plan(world, data):
    shape = world.register.shape
    flags = [
        np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
        for size in (shape.consultants, shape.clients)
    ]
    focus = Focus(*(flag if data.draw(st.booleans()) else None for flag in flags))
    whole = build(world.desired, world.current, DAY)
    part = build(narrow(world.desired, focus), world.current, DAY)
    for change, rows in whole.changes.allowed.items():
        assert part.changes.allowed[change] == rows.restrict(focus.consultants, focus.clients)
    kept = {
        why: rows.restrict(focus.consultants, focus.clients) for why, rows in whole.changes.blocked.items()
    }
    assert part.changes.blocked == {why: rows for why, rows in kept.items() if len(rows)}


@given(worlds())
def test_no_focus_is_the_whole(world):
    assert replace(narrow(world.desired, Focus()), findings=()).access == world.desired.access
