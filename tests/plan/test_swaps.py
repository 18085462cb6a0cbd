"""A plan takes one program of a forbidden set before it grants another, and grants none that counts on more."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from reconciler.desired.guardrails import Guardrails, Together, Waiver
from reconciler.errors import Position
from reconciler.plan import Change, build
from reconciler.plan.joint import resume_part
from tests.support.worlds import access, current, desired, everything, operator, register, triples

DAY = dt.date(2026, 11, 24)
REG = register(["ann", "bo", "cy"], ["1", "2"], ["bills", "books", "pay"], outside=["bank"])


def mask(*programs: str) -> int:
    return sum(1 << REG.programs.names.id(program) for program in programs)


FOUR_EYES = Together("four-eyes", mask("books", "pay"), "", Position("g.yaml"))
TWO_KEYS = Together("two-keys", mask("bills", "bank"), "", Position("g.yaml", 2))


def plan(want, have, me=None, sets=(FOUR_EYES,), **options):
    return build(said(want, sets), current(REG, access(REG, *have), me), DAY, **options)


def said(want, sets=(FOUR_EYES,)):
    guardrails = Guardrails(taken_over=everything(REG), never_together=sets)
    return desired(REG, access(REG, *want), guardrails=guardrails)


def done(of):
    names = REG.consultants.names
    return [
        (one.change.value, [names[i] for i in one.block.consultants], one.block.mask, one.after)
        for one in of.operations
    ]


def test_only_the_swap_is_the_other_way_round():
    have = [("ann", "1", "pay"), ("bo", "1", "bills"), ("cy", "2", "pay")]
    want = [("ann", "1", "books"), ("ann", "1", "bills"), ("bo", "1", "pay"), ("cy", "1", "books")]
    assert done(plan(want, have)) == [
        ("give-access", ["cy"], mask("books"), ()),
        ("add-programs", ["ann"], mask("bills"), ()),
        ("add-programs", ["bo"], mask("pay"), ()),
        ("remove-programs", ["ann"], mask("pay"), ()),
        ("add-programs", ["ann"], mask("books"), (3,)),
        ("remove-programs", ["bo"], mask("bills"), ()),
        ("remove-access", ["cy"], 0, ()),
    ]


def test_a_grant_waits_for_the_removals_of_its_own_pairs_alone():
    sets = (FOUR_EYES, Together("other", mask("books", "bills"), "", Position("g.yaml")))
    have = [("ann", "1", "pay"), ("bo", "2", "bills"), ("bo", "1", "pay"), ("ann", "2", "bills")]
    told = done(plan([("ann", "1", "books"), ("bo", "2", "books"), *have[2:]], have, sets=sets))
    assert told == [
        ("remove-programs", ["ann"], mask("pay"), ()),
        ("remove-programs", ["bo"], mask("bills"), ()),
        ("add-programs", ["ann"], mask("books"), (0,)),
        ("add-programs", ["bo"], mask("books"), (1,)),
    ]


def test_a_grant_of_two_sets_waits_for_both_removals():
    have = [("ann", "1", "pay"), ("ann", "1", "bills")]
    sets = (FOUR_EYES, Together("a", mask("books", "bills"), "", Position("g.yaml")))
    (remove, grant) = plan([("ann", "1", "books")], have, sets=sets).operations
    assert (remove.block.mask, grant.block.mask, grant.after) == (mask("pay", "bills"), mask("books"), (0,))


@pytest.mark.parametrize(
    ("have", "me"),
    [
        # what stays: nothing may take it, or it is not managed at all
        ([("ann", "1", "pay")], operator(REG, programs={"1": ["books"]})),
        ([("ann", "1", "pay")], operator(REG, programs={"1": ["books", "bills"]})),
    ],
)
def test_where_the_removal_is_not_done_the_grant_is_held_back(have, me):
    of = plan([("ann", "1", "books")], have, me)
    assert of.operations == ()
    assert {(one.change, one.guardrail) for one in of.blocked} == {
        (Change.ADD_PROGRAMS, "four-eyes"),
        (Change.REMOVE_PROGRAMS, ""),
    }


def test_a_program_outside_the_package_counts_too():
    of = plan([("ann", "1", "bills"), ("ann", "1", "books")], [("ann", "1", "bank")], sets=(TWO_KEYS,))
    assert done(of) == [("add-programs", ["ann"], mask("books"), ())]
    assert [(one.guardrail, one.block.mask) for one in of.blocked] == [("two-keys", mask("bills"))]


def test_a_part_that_goes_on_grants_nothing_that_counts_on_a_removal_which_nobody_approved():
    """Somebody gave Ann the other half by hand after her grant was approved."""
    want = [("ann", "1", "books"), ("ann", "1", "bills")]
    approved = plan(want, [("ann", "1", None)]).changes.allowed
    now = current(REG, access(REG, ("ann", "1", "pay")))
    found = resume_part(said(want), now, DAY, approved, None).plan
    assert triples(REG, found.changes.allowed[Change.ADD_PROGRAMS]) == {
        ("ann", "1", None),
        ("ann", "1", "bills"),
    }
    assert done(found) == [("add-programs", ["ann"], mask("bills"), ())]
    # where the removal was approved with it, both are done, in order
    both = {**approved, Change.REMOVE_PROGRAMS: access(REG, ("ann", "1", "pay"))}
    assert [one[3] for one in done(resume_part(said(want), now, DAY, both, None).plan)] == [(), (), (1,)]


def test_a_set_that_is_waived_there_or_not_at_stake_changes_no_order():
    shape = REG.shape
    everywhere = np.ones(shape.consultants, dtype=np.bool_), np.ones(shape.clients, dtype=np.bool_)
    waiver = Waiver("w", "four-eyes", *everywhere, "agreed", "board", DAY, Position("w.yaml"))
    have, want = [("ann", "1", "pay")], [("ann", "1", "books")]
    guardrails = Guardrails(taken_over=everything(REG), never_together=(FOUR_EYES,), waivers=(waiver,))
    waived = desired(REG, access(REG, *want), guardrails=guardrails)
    for of in (
        build(waived, current(REG, access(REG, *have)), DAY),
        plan(want, have, sets=(replace(FOUR_EYES, programs=mask("bills", "pay")),)),
    ):
        assert [(one[0], one[3]) for one in done(of)] == [("add-programs", ()), ("remove-programs", ())]
