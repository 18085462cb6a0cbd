"""GitLab's figures count each pair of a plan once, as the oracle does."""

from __future__ import annotations

import datetime as dt

from hypothesis import given

from reconciler.formats.widget import widget
from reconciler.plan.build import build
from tests.support.naive import verdicts
from tests.support.worlds import World, worlds

DAY = dt.date(2026, 11, 24)


@given(worlds())
def test_each_pair_counts_once(world: World) -> None:
    said = verdicts(world)
    given_ = {cell[:2] for cell in said.grants if cell[2] is None}
    taken = {cell[:2] for cell in said.removals if cell[2] is None}
    touched = {cell[:2] for cell in said.grants | said.removals}
    assert widget(build(world.desired, world.current, DAY)) == {
        "create": len(given_),
        "update": len(touched - given_ - taken),
        "delete": len(taken),
    }
