"""Who made each difference: every cell that differs, once, with the last deed that made it so."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.desired.values import Unlisted
from reconciler.grid import PAIR_CHANGES, Access, Half
from reconciler.grid.arrays import bits
from reconciler.plan import build
from reconciler.plan.drift import NOBODY, Kind, Question
from reconciler.plan.grounds import Ground
from reconciler.plan.history import Deed, Doer
from reconciler.plan.origins import by_origin, differing, find_drift
from tests.support.worlds import access, current, desired, operator, register, worlds

DAY = dt.date(2026, 11, 24)
KARIN = Doer("karin", "Karin Ek", "j1", None)
RUN = Doer("me", "Me", "j2", "r1")


def deed(
    at: str, consultant: str, client: str, what: str, *, given=True, by: Doer | None = KARIN, outside=False
):
    """A deed; what is "access", programs, or both, with spaces between."""
    words = what.split()
    programs = tuple(word for word in words if word != "access")
    return Deed(f"{at}T12:00:00Z", consultant, client, given, "access" in words, programs, outside, by)


def found(want, have, deeds, *, unlisted=Unlisted.REMOVE, since=None, unmanaged_too=True):
    reg = register(["anna", "bo"], ["1", "2"], ["p", "q"])
    wish = desired(reg, access(reg, *want), unlisted=unlisted)
    plan = build(wish, current(reg, access(reg, *have), operator(reg, "me", system=["1", "2"])), DAY)
    return find_drift(wish, plan, Question(since, unmanaged_too=unmanaged_too), deeds)


def told(drift):
    """The items, in words."""
    reg = drift.plan.register
    return [
        (
            one.kind.value,
            *(reg.consultants.names[i] for i in one.block.consultants),
            *(reg.clients.names[i] for i in one.block.clients),
            ("access " if one.access else "") + " ".join(reg.programs.names[p] for p in bits(one.block.mask)),
            one.origin.key or one.origin.through.value,
            str(one.origin.day),
        )
        for one in drift.items
    ]


BOTH = [("anna", "1", "p"), ("anna", "1", "q")]

CASES = {
    "given by somebody": (
        [],
        BOTH[:1],
        [deed("2026-11-03", "anna", "1", "access p")],
        [("given", "anna", "1", "access p", "karin", "2026-11-03")],
    ),
    "given in two steps by two": (
        [],
        BOTH,
        [deed("2026-11-04", "anna", "1", "q", by=RUN), deed("2026-11-03", "anna", "1", "access p")],
        [
            ("given", "anna", "1", "access p", "karin", "2026-11-03"),
            ("given", "anna", "1", "q", "me", "2026-11-04"),
        ],
    ),
    "removed by somebody": (
        BOTH,
        BOTH[:1],
        [deed("2026-11-03", "anna", "1", "q", given=False), deed("2026-11-01", "anna", "1", "access p q")],
        [("removed", "anna", "1", "q", "karin", "2026-11-03")],
    ),
    "wanted and never given": (
        BOTH,
        BOTH[:1],
        [deed("2026-11-01", "anna", "1", "access p")],
        [("missing", "anna", "1", "q", "unknown", "None")],
    ),
    "loaded": (
        [],
        [("bo", "2", None)],
        [deed("2026-11-01", "bo", "2", "access", by=None, outside=True)],
        [("given", "bo", "2", "access ", "outside", "2026-11-01")],
    ),
    "by somebody whom we are not told of": (
        [],
        [("bo", "2", None)],
        [deed("2026-11-01", "bo", "2", "access", by=None)],
        [("given", "bo", "2", "access ", "unknown", "2026-11-01")],
    ),
    "a history that does not lead to the state": (
        [],
        BOTH[:1],
        [deed("2026-11-03", "anna", "1", "access p", given=False)],
        [("given", "anna", "1", "access p", "unknown", "None")],
    ),
    "deeds at others": (
        [],
        BOTH[:1],
        [deed("2026-11-03", "anna", "2", "access p"), deed("2026-11-03", "nobody", "1", "p")],
        [("given", "anna", "1", "access p", "unknown", "None")],
    ),
    "what a program that is gone was": (
        [],
        BOTH[:1],
        [deed("2026-11-03", "anna", "1", "gone"), deed("2026-11-02", "anna", "1", "access p")],
        [("given", "anna", "1", "access p", "karin", "2026-11-02")],
    ),
    "nobody tells": ([], BOTH[:1], None, [("given", "anna", "1", "access p", "unknown", "None")]),
}


@pytest.mark.parametrize(("want", "have", "deeds", "expected"), CASES.values(), ids=CASES)
def test_who_did_it(want, have, deeds, expected):
    assert told(found(want, have, deeds)) == expected


def test_a_day_is_one_of_the_bureaus_time_zone():
    late = Deed("2026-11-02T23:30:00Z", "anna", "1", True, True, ("p",), outside=False, by=KARIN)
    assert told(found([], BOTH[:1], [late]))[0][-1] == "2026-11-03"


def test_what_no_rule_mentions_is_told_of_or_left_out():
    deeds = [deed("2026-11-03", "anna", "1", "access p")]
    drift = found([], BOTH[:1], deeds, unlisted=Unlisted.REPORT)
    assert told(drift) == [("unmanaged", "anna", "1", "access p", "karin", "2026-11-03")]
    assert drift.figures[Kind.UNMANAGED] == (1, 1)
    assert not drift.in_sync
    drift = found([], BOTH[:1], deeds, unlisted=Unlisted.REPORT, unmanaged_too=False)
    assert drift.items == ()
    assert drift.in_sync


def test_only_a_part_of_time():
    deeds = [deed("2026-11-04", "anna", "1", "q", by=RUN), deed("2026-11-03", "anna", "1", "access p")]
    whole = [*BOTH, ("bo", "2", "p")]
    drift = found([], whole, deeds, since=dt.date(2026, 11, 4))
    assert told(drift) == [("given", "anna", "1", "q", "me", "2026-11-04")]
    assert drift.older == 4  # access and p of anna, and those of bo, of whom nobody knows since when
    assert not drift.in_sync
    drift = found([], whole, deeds, since=dt.date(2026, 11, 5))
    assert (drift.items, drift.in_sync, drift.older) == ((), True, 5)


def test_those_of_one_origin_stand_together_and_what_is_missing_at_the_end():
    have = [("anna", "1", "p"), ("anna", "2", "p"), ("bo", "1", "p")]
    deeds = [
        deed("2026-11-05", "anna", "1", "access p"),
        deed("2026-11-04", "anna", "2", "access p", by=RUN),
        deed("2026-11-03", "bo", "1", "access p"),
    ]
    drift = found([("bo", "2", "p")], have, deeds)
    groups = [(group[0].origin.key, len(group)) for group in by_origin(drift.items)]
    assert groups == [("karin", 2), ("me", 1), ("", 1)]
    assert drift.items[-1].kind is Kind.MISSING
    assert drift.items[-1].ground is Ground.RULE


@st.composite
def histories(draw, world):
    """Deeds at random pairs, the newest first."""
    reg = world.register
    one = st.builds(
        Deed,
        at=st.integers(1, 28).map(lambda day: f"2026-10-{day:02}T12:00:00Z"),
        consultant=st.sampled_from(list(reg.consultants.names)),
        client=st.sampled_from(list(reg.clients.names)),
        given=st.booleans(),
        access=st.booleans(),
        programs=st.lists(st.sampled_from(list(reg.programs.names)), unique=True).map(tuple),
        outside=st.booleans(),
        by=st.sampled_from([KARIN, RUN, None]),
    )
    return sorted(draw(st.lists(one, max_size=12)), key=lambda deed: deed.at, reverse=True)


def cells_of(shape, keys_masks, access_too):
    for key, mask in keys_masks:
        if access_too:
            yield key, None
        for program in bits(mask):
            yield key, program


def naive_origin(world, deeds, cell, *, given):
    """The last deed at a cell, if it made it so."""
    reg, (key, program) = world.register, cell
    client, consultant = divmod(key, reg.shape.consultants)
    for one in deeds:
        if (one.consultant, one.client) == (reg.consultants.names[consultant], reg.clients.names[client]):
            touched = one.access if program is None else reg.programs.names[program] in one.programs
            if touched:
                return one if one.given is given else None
    return None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_every_cell_that_differs_once_with_its_last_deed(data):
    world = data.draw(worlds())
    deeds = data.draw(histories(world))
    plan = build(world.desired, world.current, DAY)
    drift = find_drift(world.desired, plan, Question(), deeds)
    shape = world.register.shape
    expected: Counter = Counter()
    blocked = [(b.change, Access.from_blocks(shape, [b.block])) for b in plan.blocked]
    for change, rows in [*plan.changes.allowed.items(), *blocked]:
        pairs = zip(rows.keys.tolist(), rows.masks.tolist(), strict=True)
        for cell in cells_of(shape, pairs, change in PAIR_CHANGES):
            expected[cell, change.half is Half.GRANTS] += 1
    left = plan.changes.unmanaged
    listed = world.desired.access.masks_at(left.keys)[1].tolist()
    for key, mask, there in zip(left.keys.tolist(), left.masks.tolist(), listed, strict=True):
        for cell in cells_of(shape, [(key, mask)], not there):
            expected[cell, False] += 1
    got: Counter = Counter()
    for one in drift.items:
        rows = Access.from_blocks(shape, [one.block])
        wanted = one.kind in (Kind.REMOVED, Kind.MISSING)
        pairs = list(zip(rows.keys.tolist(), rows.masks.tolist(), strict=True))
        for cell in cells_of(shape, pairs, one.access):
            got[cell, wanted] += 1
            last = naive_origin(world, deeds, cell, given=not wanted)
            assert (one.origin.day is None) == (last is None)
            if last is not None:
                assert one.origin.key == (last.by.key if last.by else "")
                assert one.kind is not Kind.MISSING
            else:
                assert one.origin == NOBODY
    # blocks of a cover may hold a cell twice, and so may two verdicts on one cell: no cell is lost or made up
    assert set(got) == set(expected)
    assert sum(one.cells for one in drift.items) <= sum(expected.values())
    keys = sorted({key for (key, _), _ in expected})
    assert differing(world.desired, plan).tolist() == keys
    assert drift.blocked == sum(one.cells for one in drift.items if one.obstacle)
