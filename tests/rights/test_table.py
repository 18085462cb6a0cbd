"""The rights table, case by case: who may change which cell."""

from __future__ import annotations

import numpy as np
import pytest

from reconciler.rights import NEEDS, Action, Reason, Rights, allows_access, allows_programs

PAYROLL, INVOICING = 0b01, 0b10
NOBODY, SYSTEM, PROGRAM = 0, 1, 2
"""Clients where the operator has no right, is system administrator, administers payroll only."""

rights = Rights(np.array([False, True, False]), np.array([0, 0, PAYROLL], dtype=np.uint64))


@pytest.mark.parametrize(
    ("client", "action", "program", "allowed"),
    [
        (SYSTEM, Action.GIVE_ACCESS, 0, True),
        (SYSTEM, Action.REMOVE_ACCESS, 0, True),
        (SYSTEM, Action.GRANT_PROGRAM, PAYROLL, True),
        (SYSTEM, Action.REMOVE_PROGRAM, INVOICING, True),
        (PROGRAM, Action.GIVE_ACCESS, 0, False),
        (PROGRAM, Action.REMOVE_ACCESS, 0, False),
        (PROGRAM, Action.GRANT_PROGRAM, PAYROLL, True),
        (PROGRAM, Action.REMOVE_PROGRAM, PAYROLL, True),
        (PROGRAM, Action.GRANT_PROGRAM, INVOICING, False),
        (PROGRAM, Action.REMOVE_PROGRAM, INVOICING, False),
        (NOBODY, Action.GIVE_ACCESS, 0, False),
        (NOBODY, Action.REMOVE_ACCESS, 0, False),
        (NOBODY, Action.GRANT_PROGRAM, PAYROLL, False),
        (NOBODY, Action.REMOVE_PROGRAM, PAYROLL, False),
    ],
)
def test_who_may_do_what(client: int, action: Action, program: int, allowed: bool) -> None:
    clients = np.array([client])
    if action in (Action.GIVE_ACCESS, Action.REMOVE_ACCESS):
        assert bool(allows_access(rights, clients)[0]) is allowed
    else:
        assert bool(int(allows_programs(rights, clients)[0]) & program) is allowed


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action.GIVE_ACCESS, Reason.NEEDS_SYSTEM_ADMINISTRATOR),
        (Action.REMOVE_ACCESS, Reason.NEEDS_SYSTEM_ADMINISTRATOR),
        (Action.GRANT_PROGRAM, Reason.NEEDS_PROGRAM_ADMINISTRATOR),
        (Action.REMOVE_PROGRAM, Reason.NEEDS_PROGRAM_ADMINISTRATOR),
    ],
)
def test_each_action_names_the_right_that_it_needs(action: Action, reason: Reason) -> None:
    assert NEEDS[action] is reason


def test_nothing_and_everything() -> None:
    clients = np.arange(3)
    assert not allows_access(Rights.none(3), clients).any()
    assert not allows_programs(Rights.none(3), clients).any()
    assert allows_access(Rights.everywhere(3), clients).all()
    assert (allows_programs(Rights.everywhere(3), clients) == np.uint64(2**64 - 1)).all()


def test_clients_are_asked_about_in_any_order_and_again() -> None:
    assert allows_access(rights, np.array([1, 0, 1])).tolist() == [True, False, True]
