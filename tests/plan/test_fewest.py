"""So few members that each set has one of them: as few as there can be, whatever way they are counted."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.plan.fewest import _greedy, fewest

SETS = st.sets(st.integers(1, 2**7 - 1), max_size=12)


def smallest(sets: set[int], members: int) -> int:
    """How many are needed: every choice, by size."""
    for size in range(members + 1):
        for chosen in combinations(range(members), size):
            if all(any(one >> member & 1 for member in chosen) for one in sets):
                return size
    raise AssertionError


@given(SETS)
def test_each_set_is_hit_with_as_few_as_there_can_be(sets):
    chosen = fewest(sets)
    assert all(any(one >> member & 1 for member in chosen) for one in sets)
    assert len(chosen) == smallest(sets, 7)
    assert list(chosen) == sorted(set(chosen))


@given(SETS, st.randoms())
def test_it_is_the_same_in_whatever_order_the_sets_come(sets, random):
    ordered = [*sets, *sets]
    random.shuffle(ordered)
    assert fewest(ordered) == fewest(sets)


@given(st.sets(st.integers(1, 2**40 - 1), min_size=1, max_size=30))
def test_of_very_many_members_none_is_superfluous(sets):
    chosen = fewest(sets)
    assert all(any(one >> member & 1 for member in chosen) for one in sets)
    for without in chosen:
        left = [member for member in chosen if member != without]
        assert not all(any(one >> member & 1 for member in left) for one in sets)


@pytest.mark.parametrize(
    ("sets", "chosen"),
    [
        ((), ()),
        ((0b100,), (2,)),
        ((0b110, 0b110), (1,)),  # alike: the first
        ((0b011, 0b110), (1,)),  # the one in both
        ((0b0011, 0b0110, 0b1100), (1, 2)),
        ((0b001, 0b111, 0b110), (0, 1)),  # the first set makes the second one idle
        ((0b0111, 0b1001, 0b1010, 0b1100), (0, 3)),
    ],
)
def test_small_cases(sets, chosen):
    assert fewest(sets) == chosen


def test_where_greed_takes_three_two_are_found():
    sets = {0b0101, 0b0110, 0b1000, 0b1010}
    assert sorted(_greedy(sets, list(range(4)))) == [0, 1, 3]
    assert fewest(sets) == (2, 3)


def test_nobody_is_no_set():
    with pytest.raises(ValueError, match="nobody"):
        fewest([0b1, 0])
