"""Faults that other tests try, for the table: which test shows what."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Elsewhere:
    """A fault that a test of its own tries.

    Attributes:
        fault: what happens.
        shown: what the test shows.
        test: its id.
    """

    fault: str
    shown: str
    test: str


ELSEWHERE = [
    Elsewhere(
        "SIGKILL at every write, one after the other",
        "`apply --resume` ends as an apply that nobody killed",
        "tests/faults/test_crashes.py::test_killed_at_every_write_and_gone_on_with_it_ends_as_if_it_had_not_been",
    ),
    Elsewhere(
        "SIGKILL again while it goes on",
        "the same",
        "tests/faults/test_crashes.py::test_killed_again_while_it_goes_on",
    ),
]
