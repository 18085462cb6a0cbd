"""Adopting drift on random bureaus: afterwards the rules want what the bureau has, and nothing else has changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adopt.back import Wanted, Wording, draft
from reconciler.desired import load, resolve
from reconciler.desired.fmt import format_text
from reconciler.desired.policy import EMPTY
from reconciler.grid import Access
from reconciler.plan import build
from tests.adopt.test_laws import DAY, few, import_into, registers, states
from tests.support.worlds import access as state
from tests.support.worlds import current, triples
from tests.support.worlds import register as small

WORDING = Wording(str, "why", "the bureau has it otherwise: why", "adopted.yaml")

ODD = {'q"q', "\u0430nna", "\u202eodd"}
"""Keys that no YAML can say."""


def beyond(state: Access, other: Access) -> Access:
    """What a state has and another has not; a pair that is there alone with all that it has."""
    masks, there = other.masks_at(state.keys)
    rest = Access(state.shape, state.keys, state.masks & ~masks)
    return rest.where(~there | (rest.masks != 0))


worlds = registers().flatmap(
    lambda register: st.tuples(st.just(register), states(register), states(register))
)


@few
@given(worlds)
def test_what_a_bureau_was_changed_to_is_what_the_rules_say_afterwards(world):
    register, before, now = world
    with tempfile.TemporaryDirectory() as folder:
        import_into(folder, EMPTY, register, before)
        policy = load(Path(folder))
        desired = resolve(policy, register, DAY)
        active = register.consultants.active
        have = now.restrict(programs=register.programs.package)
        have = have.where(active[have.consultants])
        given_, taken = beyond(have, desired.access), beyond(desired.access, have)
        pairs = ~have.masks_at(taken.keys)[1]
        made = draft(policy, register, now, DAY, wanted=Wanted(given_, taken, pairs), wording=WORDING)
        for name, text in made.edited.items():
            assert format_text(text) == text
            Path(name).write_text(text, encoding="utf-8")
        if made.added:
            assert format_text(made.added) == made.added
            Path(folder, "adopted.yaml").write_text(made.added, encoding="utf-8")
        again = resolve(load(Path(folder)), register, DAY)
    assert again.access == made.desired.access
    differs = triples(register, beyond(have, again.access)) | triples(register, beyond(again.access, have))
    assert all(set(cell[:2]) & ODD for cell in differs)
    plan = build(again, current(register, have), DAY)
    assert len(plan.changes.unmanaged.restrict(active)) == 0 or ODD & {
        cell[i] for cell in triples(register, plan.changes.unmanaged) for i in (0, 1)
    }


@pytest.mark.parametrize("half", ["given", "taken"])
def test_a_part_is_adopted_and_the_rest_is_left(half):
    register = small(["anna", "bo"], ["1", "2"], ["p", "q"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "access.yaml")
        path.write_text("access:\n  all-p: {who: all, clients: all, programs: [p]}\n")
        policy = load(Path(folder))
        have = state(register, ("anna", "1", "p"), ("anna", "1", "q"), ("anna", "2", "p"), ("bo", "1", "p"))
        none = Access.empty(register.shape)
        given_ = state(register, ("anna", "1", "q")) if half == "given" else none
        taken = state(register, ("bo", "2", "p")) if half == "taken" else none
        wanted = Wanted(given_, taken, np.ones(len(taken), dtype=np.bool_))
        made = draft(policy, register, have, DAY, wanted=wanted, wording=WORDING)
    assert bool(made.added) == (half == "given")
    assert bool(made.edited) == (half == "taken")
    expected = triples(register, resolve(policy, register, DAY).access)
    expected |= triples(register, given_)
    expected = {cell for cell in expected if half == "given" or cell[:2] != ("bo", "2")}
    assert triples(register, made.desired.access) == expected
