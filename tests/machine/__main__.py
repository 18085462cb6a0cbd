"""As many steps of a bureau over time as are wanted: `python -m tests.machine STEPS [SEED]`."""

from __future__ import annotations

import sys
import time

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import BureauOverTime

STEPS = 50
"""Of one bureau."""

BUREAUS = 200
"""Before the figures are printed, and the next seed is taken."""


def main(wanted: int, first: int = 0) -> None:
    """Run until so many steps are done."""
    done, begun = 0, time.monotonic()
    while done < wanted:
        bureaus = min(BUREAUS, -(-(wanted - done) // STEPS))
        machine = seed(first)(type("Seeded", (BureauOverTime,), {}))
        limits = settings(
            max_examples=bureaus, stateful_step_count=STEPS, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        run_state_machine_as_test(machine, settings=limits)
        first, done = first + 1, done + bureaus * STEPS
        sys.stdout.write(f"{done:,} steps in {time.monotonic() - begun:,.0f} s, seeds below {first}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
