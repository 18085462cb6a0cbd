"""max-removals: a table of limits and figures."""

from __future__ import annotations

import pytest

from reconciler.desired import Limits
from reconciler.guardrails import Refusal, check_removals


@pytest.mark.parametrize(
    ("written", "removals", "managed", "allowed", "limit"),
    [
        (None, 1000, 1000, None, None),
        ("10", 10, 1000, None, None),
        ("10", 11, 1000, None, 10),
        ("0", 1, 1000, None, 0),
        ("2%", 20, 1000, None, None),
        ("2%", 21, 1000, None, 20),
        ("2%", 1, 10, None, 0),
        ("2%", 0, 0, None, None),
        ("0.5%", 5, 1000, None, None),
        # only the very figure lets it pass
        ("10", 11, 1000, 11, None),
        ("10", 11, 1000, 12, 10),
        ("10", 11, 1000, 10, 10),
    ],
)
def test_limit(written, removals, managed, allowed, limit):
    expected = () if limit is None else (Refusal("max-removals", removals, limit),)
    assert check_removals(Limits.of(written), removals, managed, allowed) == expected


def test_the_message_names_the_way_past():
    assert str(Refusal("max-removals", 120, 20).message) == (
        "max-removals: the plan would remove 120 accesses and programs, and at most 20 may go at once;"
        " if that is meant, say so with --allow-removals=120"
    )
