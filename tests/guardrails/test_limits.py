"""Limits: for each a table of worlds and figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from reconciler.desired import Amount, Guardrails, Limits
from reconciler.grid import Half
from reconciler.guardrails import Case, check_limits
from reconciler.plan import build
from reconciler.rights import Operator
from tests.support.worlds import access, current, desired, everything, operator, register, rights

DAY = dt.date(2026, 11, 24)
REG = register(["anna", "bo", "cia", "gone"], ["1", "2", "3"], ["books", "pay"], left=["gone"])

HELD = [
    *[("anna", client, program) for client in "12" for program in ("books", "pay")],
    *[("bo", client, "books") for client in "123"],
    ("cia", "3", "books"),
    ("gone", "3", "books"),
]
"""Anna has 6 cells, Bo 6, Cia 2, Gone 2: 5 at client 1, 5 at 2, 6 at 3; 16 in all."""


def refused(want, limits: Limits, *, held=HELD, me: Operator | None = None, others=(), **options):
    """The refusals of a plan from what is held to what is wanted: (name, figure, limit)."""
    guardrails = Guardrails(limits=limits, taken_over=everything(REG))
    world = desired(REG, access(REG, *want), guardrails=guardrails)
    plan = build(world, current(REG, access(REG, *held), me, others), DAY, **options)
    return [(one.guardrail, one.figure, one.limit) for one in plan.refusals]


def without(*gone):
    return [cell for cell in HELD if cell[:2] not in gone]


@pytest.mark.parametrize(
    ("written", "whole", "limit"),
    [
        ("10", 1000, 10),
        ("0", 1000, 0),
        ("2%", 1000, 20),
        ("2%", 10, 0),
        ("2%", 0, 0),
        ("0.5%", 1000, 5),
        ("29%", 100, 29),
        ("100%", 7, 7),
        ("33%", 100, 33),
        ("33%", 10, 3),
    ],
)
def test_an_amount_is_a_number_or_a_part(written, whole, limit):
    assert Amount.of(written).limit(whole) == limit


@pytest.mark.parametrize(
    ("limit", "want", "allow", "expected"),
    [
        (None, [], None, []),
        ("4", without(("anna", "1"), ("cia", "3")), None, [("removals", 5, 4)]),
        ("5", without(("anna", "1"), ("cia", "3")), None, []),
        ("25%", without(("anna", "1"), ("cia", "3")), None, [("removals", 5, 4)]),
        ("32%", without(("anna", "1"), ("cia", "3")), None, []),
        ("0", HELD, None, []),
        ("100%", [], None, []),
        # a program counts as one, and access as another
        ("0", [c for c in HELD if c != ("anna", "1", "pay")], None, [("removals", 1, 0)]),
        # only exactly the figure passes
        ("4", without(("anna", "1"), ("cia", "3")), 5, []),
        ("4", without(("anna", "1"), ("cia", "3")), 4, [("removals", 5, 4)]),
        ("4", without(("anna", "1"), ("cia", "3")), 6, [("removals", 5, 4)]),
        ("4", without(("anna", "1"), ("cia", "3")), 0, [("removals", 5, 4)]),
    ],
)
def test_removals(limit, want, allow, expected):
    limits = Limits(removals=Amount.of(limit) if limit else None)
    allowed = {} if allow is None else {"removals": allow}
    assert refused(want, limits, allow=allowed) == expected


@pytest.mark.parametrize(
    ("limit", "want", "expected"),
    [
        ("3", without(("anna", "1")), []),
        ("2", without(("anna", "1")), [("removals-per-client", 3, 2)]),
        ("60%", without(("anna", "1")), []),
        ("59%", without(("anna", "1")), [("removals-per-client", 3, 2)]),
        # the figure is what goes at all clients that are over, and at them alone
        ("2", without(("anna", "1"), ("anna", "2"), ("cia", "3")), [("removals-per-client", 6, 4)]),
        ("1", without(("anna", "1"), ("anna", "2"), ("cia", "3")), [("removals-per-client", 8, 3)]),
        ("50%", [c for c in HELD if c[1:] != ("1", "pay")], []),
    ],
)
def test_removals_per_client(limit, want, expected):
    assert refused(want, Limits(removals_per_client=Amount.of(limit))) == expected


@pytest.mark.parametrize(
    ("limit", "want", "expected"),
    [
        ("3", without(("anna", "1")), []),
        ("2", without(("anna", "1")), [("removals-per-consultant", 3, 2)]),
        ("50%", without(("anna", "1")), []),
        ("49%", without(("anna", "1")), [("removals-per-consultant", 3, 2)]),
        ("3", without(("anna", "1"), ("anna", "2"), ("bo", "3")), [("removals-per-consultant", 6, 3)]),
        # whoever has left loses everything, and nobody is asked
        ("0", without(("gone", "3")), []),
        ("0", without(("gone", "3"), ("cia", "3")), [("removals-per-consultant", 2, 0)]),
    ],
)
def test_removals_per_consultant(limit, want, expected):
    assert refused(want, Limits(removals_per_consultant=Amount.of(limit))) == expected


@pytest.mark.parametrize(
    ("limit", "more", "expected"),
    [
        (3, [("cia", "1", "books"), ("cia", "2", None)], []),
        (2, [("cia", "1", "books"), ("cia", "2", None)], [("grants", 3, 2)]),
        (0, [("bo", "1", "pay")], [("grants", 1, 0)]),
        (0, [], []),
    ],
)
def test_grants(limit, more, expected):
    assert refused([*HELD, *more], Limits(grants=limit)) == expected


@pytest.mark.parametrize(("limit", "expected"), [(2, []), (1, [("operations", 2, 1)])])
def test_operations(limit, expected):
    assert refused([*without(("anna", "1")), ("cia", "1", "books")], Limits(operations=limit)) == expected


@pytest.mark.parametrize(
    ("least", "want", "expected"),
    [
        (1, without(("anna", "1")), []),
        (2, without(("anna", "1")), [("consultants-per-client", 1, 2)]),
        (1, without(("anna", "1"), ("bo", "1")), [("consultants-per-client", 1, 1)]),
        (1, [], [("consultants-per-client", 3, 1)]),
        # what counts is who is there afterwards
        (2, [*without(("anna", "1")), ("cia", "1", None)], []),
        # whoever has left is nobody who could open the books
        (2, without(("cia", "3")), [("consultants-per-client", 1, 2)]),
        (2, without(("gone", "3")), []),
        # fewer than there must be is not made still fewer; where nobody loses access nothing is asked
        (9, without(("anna", "1")), [("consultants-per-client", 1, 9)]),
        (9, [c for c in HELD if c != ("anna", "1", "pay")], []),
    ],
)
def test_consultants_per_client(least, want, expected):
    assert refused(want, Limits(consultants_per_client=least)) == expected


def an(key: str, consultant: str | None, *system: str) -> Operator:
    return Operator(key, key, consultant, rights(REG, system))


@pytest.mark.parametrize(
    ("least", "want", "others", "expected"),
    [
        # me and Anna's own operator are administrators at 1
        (2, without(("anna", "1")), [an("a", "anna", "1")], [("system-administrators-per-client", 1, 2)]),
        (1, without(("anna", "1")), [an("a", "anna", "1")], []),
        (2, without(("bo", "1")), [an("a", "anna", "1")], []),
        (2, without(("anna", "2")), [an("a", "anna", "1")], []),
        # an operator who is no consultant stays, whoever goes
        (2, without(("anna", "1")), [an("a", "anna", "1"), an("b", None, "1")], []),
        # there were too few before, and nobody of them goes
        (9, without(("bo", "1")), [an("a", "anna", "1")], []),
        # a consultant whom the register does not know
        (2, without(("bo", "1")), [an("a", "zoe", "1")], []),
        # the backend does not tell of others
        (9, without(("anna", "1")), None, []),
    ],
)
def test_system_administrators_per_client(least, want, others, expected):
    limits = Limits(system_administrators_per_client=least)
    told = None if others is None else tuple(others)
    assert refused(want, limits, others=told) == expected


def test_what_is_blocked_counts_nothing():
    me = operator(REG, system=["3"])
    limits = Limits(removals=Amount(0), removals_per_client=Amount(0), consultants_per_client=9)
    assert refused(without(("anna", "1")), limits, me=me) == []


def test_what_is_not_asked_for_counts_nothing():
    want = [*without(("anna", "1")), ("cia", "1", "books")]
    limits = Limits(removals=Amount(0), grants=0)
    halves = [refused(want, limits, half=half) for half in (None, *Half)]
    assert [[name for name, *_ in one] for one in halves] == [
        ["removals", "grants"],
        ["grants"],
        ["removals"],
    ]


def test_the_message_names_the_worst_places_and_the_way_past():
    guardrails = Guardrails(limits=Limits(removals_per_client=Amount(1)), taken_over=everything(REG))
    plan = build(desired(REG, access(REG), guardrails=guardrails), current(REG, access(REG, *HELD)), DAY)
    assert [str(one.message) for one in plan.refusals] == [
        (
            "removals-per-client: more would go than may at 3 clients: 3 (6, at most 1), 1 (5, at most 1),"
            " 2 (5, at most 1); if that is meant, say so with --allow removals-per-client=16"
        )
    ]


def test_many_places_are_folded():
    reg = register(["anna"], [f"{i}" for i in range(10, 30)], ["books"])
    held = access(reg, *[("anna", client, "books") for client in reg.clients.names])
    guardrails = Guardrails(limits=Limits(consultants_per_client=1), taken_over=everything(reg))
    (refusal,) = build(desired(reg, access(reg), guardrails=guardrails), current(reg, held), DAY).refusals
    assert str(refusal.told) == (
        "too few consultants would be left (at least 1) at 20 clients:"
        " 10 (0 left), 11 (0 left), 12 (0 left), 17 more"
    )


def test_nobody_and_nothing_is_within_every_limit():
    reg = register([], [], ["books"])
    nothing = access(reg)
    limits = Limits(*[Amount(0)] * 3, grants=0, operations=0, consultants_per_client=9)
    world = desired(reg, nothing, guardrails=Guardrails(limits=limits))
    now = current(reg, nothing)
    case = Case(reg, world, nothing, now.operator, None, DAY, None, *[nothing] * 4)
    assert check_limits(case, 0, nothing, {}) == ()
    assert replace(case, give=nothing).after == nothing
    assert np.array_equal(case.grants.keys, nothing.keys)
