"""Of what a fresh look shows, only what was approved; and in another register by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconciler.grid import Access, Change, Shape
from reconciler.plan.within import less, renumbered, within
from tests.support.worlds import access, register, triples

SHAPE = Shape(2, 2, 3)
GRANTS = (Change.GIVE_ACCESS, Change.ADD_PROGRAMS)
REMOVALS = (Change.REMOVE_PROGRAMS, Change.REMOVE_ACCESS)


@st.composite
def plans(draw: st.DrawFn) -> dict[Change, Access]:
    """Changes as a plan may have them: a pair gets access or programs, or loses programs or access."""
    rows: dict[Change, list[tuple[int, int]]] = {change: [] for change in Change}
    for key in range(4):
        change = draw(st.sampled_from([*Change, None]))
        if change is not None:
            bare = change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS)
            rows[change].append((key, draw(st.integers(0 if bare else 1, 7))))
    return {
        change: Access(
            SHAPE,
            np.array([key for key, _ in held], dtype=np.int64),
            np.array([mask for _, mask in held], dtype=np.uint64),
        )
        for change, held in rows.items()
    }


def cells(found: dict[Change, Access], *changes: Change) -> set:
    """Pairs and programs; None is the access."""
    return {
        (key, program)
        for change in changes
        for key, mask in zip(found[change].keys.tolist(), found[change].masks.tolist(), strict=True)
        for program in [
            *([None] if change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS) else []),
            *(bit for bit in range(3) if mask >> bit & 1),
        ]
    }


@given(plans(), plans())
def test_nothing_is_done_that_is_not_in_both(now, approved):
    done = within(now, approved)
    for half in (GRANTS, REMOVALS):
        assert cells(done, *half) <= cells(now, *half) & cells(approved, *half)
    assert all((rows.masks != 0).all() for rows in (done[Change.ADD_PROGRAMS], done[Change.REMOVE_PROGRAMS]))


@given(plans(), plans())
def test_what_is_in_both_is_done_but_for_an_access_that_has_more_now(now, approved):
    done = within(now, approved)
    both = cells(now, *GRANTS) & cells(approved, *GRANTS)
    new = {key for key, program in cells(now, Change.GIVE_ACCESS) if program is None}
    meant = {key for key, program in cells(approved, Change.GIVE_ACCESS) if program is None}
    assert cells(done, *GRANTS) == {(key, program) for key, program in both if key not in new - meant}
    for key, mask in zip(now[Change.REMOVE_ACCESS].keys, now[Change.REMOVE_ACCESS].masks, strict=True):
        (held,), (there,) = approved[Change.REMOVE_ACCESS].masks_at(np.array([key]))
        assert (key in done[Change.REMOVE_ACCESS].keys) == bool(there and not mask & ~held)


@given(plans())
def test_what_has_not_moved_is_done_as_it_is(plan):
    assert within(plan, plan) == plan


@given(plans(), plans())
def test_what_was_tried_is_not_tried_again(now, approved):
    tried = within(now, approved)
    again = within(now, less(approved, tried))
    for half in (GRANTS, REMOVALS):
        assert cells(again, *half) & cells(tried, *half) == set()
    rest = less(approved, tried)
    assert cells(rest, *GRANTS) == cells(approved, *GRANTS) - cells(tried, *GRANTS)
    gone = tried[Change.REMOVE_ACCESS].keys  # with all programs, whichever those were
    left = cells(approved, *REMOVALS) - cells(tried, *REMOVALS)
    assert cells(rest, *REMOVALS) == {(key, program) for key, program in left if key not in gone}


def test_in_another_register_the_same_names_are_meant():
    old = register(["b", "d", "f"], ["1", "3"], ["p", "r"])
    new = register(["a", "b", "c", "f"], ["0", "1", "3"], ["o", "p", "r"])
    rows = access(old, ("b", "1", "p"), ("b", "3", "r"), ("f", "3", None), ("d", "1", "p"))
    assert triples(new, renumbered(rows, old, new)) == {
        ("b", "1", None),
        ("b", "1", "p"),
        ("b", "3", None),
        ("b", "3", "r"),
        ("f", "3", None),
    }
    assert renumbered(rows, old, old) == rows
    fewer = replace(old, programs=register(["b"], ["1"], ["r"]).programs)
    assert triples(fewer, renumbered(rows, old, fewer)) == {
        ("b", "1", None),
        ("b", "3", None),
        ("b", "3", "r"),
        ("d", "1", None),
        ("f", "3", None),
    }
