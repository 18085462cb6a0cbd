"""A lease is renewed in time, against a clock that we turn."""

from __future__ import annotations

import pytest

from reconciler.apply import Lease, Renewed
from reconciler.errors import LeaseLost, Message, Unreachable


class Bureau:
    """Renews, or raises what stands in `trouble`."""

    def __init__(self) -> None:
        self.asked = self.renewed = 0
        self.trouble: Exception | None = None

    def renew_lease(self, key: str) -> Lease:
        self.asked += 1
        if self.trouble:
            raise self.trouble
        self.renewed += 1
        return Lease(key, "anna", "2026-01-31T12:00:00Z", 100)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def held():
    bureau, clock = Bureau(), Clock()
    return Renewed(bureau, Lease("r1", "anna", "2026-01-31T12:00:00Z", 100), clock), bureau, clock


def test_it_is_renewed_when_half_of_it_is_over():
    hold, bureau, clock = held()
    assert hold.lease == "r1"
    for at, renewed in ((1049, 0), (1050, 1), (1099, 1), (1100, 2), (1101, 2)):
        clock.now = at
        hold.keep()
        assert bureau.renewed == renewed, at


def test_without_a_lease_nothing_is_asked():
    hold = Renewed(Bureau(), None, Clock())
    hold.keep()
    assert hold.lease is None


def test_a_lease_that_is_lost_is_lost():
    hold, bureau, clock = held()
    bureau.trouble = LeaseLost(Message("bo has it"))
    hold.keep()
    clock.now = 1050
    with pytest.raises(LeaseLost, match="bo has it"):
        hold.keep()


def test_a_backend_that_is_away_for_a_while_is_asked_again_until_the_lease_has_run_out():
    hold, bureau, clock = held()
    bureau.trouble = Unreachable(Message("gone"))
    for at in range(1050, 1100):
        clock.now = at
        hold.keep()
    assert 6 <= bureau.asked <= 10
    bureau.trouble = None
    clock.now = 1106
    hold.keep()
    assert bureau.renewed == 1
    bureau.trouble = Unreachable(Message("gone"))
    clock.now = 1205
    hold.keep()
    clock.now = 1212
    with pytest.raises(LeaseLost, match="gone"):
        hold.keep()
