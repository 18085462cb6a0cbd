"""A few thousand steps of a bureau over time; `python -m tests.machine STEPS` runs as many as are wanted."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import BureauOverTime


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
def test_a_bureau_over_time(part: int):
    # parts of their own run side by side; each draws other worlds, the same ones in every run of CI
    machine = type(f"BureauOverTime{part}", (BureauOverTime,), {"PART": part})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=25, stateful_step_count=30, deadline=None)
    )
