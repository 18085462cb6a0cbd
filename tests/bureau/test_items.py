"""What an operation does to a pair: the table of cases, and any pair against a model of sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.bureau.items import Effect, Pairs, Request, judge
from reconciler.grid import OperationKind

P, Q, X, PACKAGE = 1, 2, 1 << 63, 3
"""Two programs of the package, and one outside it, at the highest bit."""


@dataclass(frozen=True)
class Pair:
    held: bool = False
    mask: int = 0
    may_access: bool = True
    may_programs: int = 2**64 - 1
    consultant_known: bool = True
    client_known: bool = True
    active: bool = True
    connected: bool = True
    moved: bool = False


def columns(pairs: list[Pair]) -> Pairs:
    def flags(name: str) -> np.ndarray:
        return np.array([getattr(pair, name) for pair in pairs], dtype=np.bool_)

    def masks(name: str) -> np.ndarray:
        return np.array([getattr(pair, name) for pair in pairs], dtype=np.uint64)

    return Pairs(
        consultant_known=flags("consultant_known"),
        client_known=flags("client_known"),
        active=flags("active"),
        connected=flags("connected"),
        moved=flags("moved"),
        held=flags("held"),
        masks=masks("mask"),
        may_access=flags("may_access"),
        may_programs=masks("may_programs"),
    )


def cells(effect: Effect, at: int) -> dict[int | str, str]:
    """By cell ("access", or a program's bit): its outcome, with its reason; each cell at most once."""
    found: dict[int | str, str] = {}
    for part in effect.parts:
        ending = f"{part.outcome} {part.reason}" if part.reason else str(part.outcome)
        asked: list[int | str] = ["access"] if part.access[at] else []
        asked += [1 << bit for bit in range(64) if int(part.programs[at]) >> bit & 1]
        for cell in asked:
            assert cell not in found
            found[cell] = ending
    return found


SYSTEM, OWN = "refused needs-system-administrator", "refused needs-program-administrator"
LEFT, APART = "failed consultant-left", "failed client-not-connected"
GIVE, TAKE, DROP = OperationKind.GIVE_ACCESS, OperationKind.REMOVE_ACCESS, OperationKind.REMOVE_PROGRAMS
NOTHING = (False, 0)
SOME = Pair(held=True, mask=P)
PA = {"may_access": False, "may_programs": P}

CASES = {
    # operation, programs, the pair before, what becomes of its cells, the pair after
    "a new pair": (GIVE, P | Q, Pair(), {"access": "done", P: "done", Q: "done"}, (True, P | Q)),
    "a new pair without programs": (GIVE, 0, Pair(), {"access": "done"}, (True, 0)),
    "a pair that has some": (GIVE, P | Q, SOME, {"access": "already", P: "already", Q: "done"}, (True, P | Q)),
    "a pair that has all": (GIVE, P, SOME, {"access": "already", P: "already"}, (True, P)),
    "a new pair, no system administrator": (
        GIVE, P | Q, Pair(**PA), {"access": SYSTEM, P: SYSTEM, Q: SYSTEM}, NOTHING,
    ),
    "own program at a pair": (
        GIVE, P | Q, Pair(held=True, **PA), {"access": "already", P: "done", Q: OWN}, (True, P),
    ),
    "no rights, nothing to change": (
        GIVE, P, Pair(True, P, False, 0), {"access": "already", P: "already"}, (True, P),
    ),
    "give to who has left": (GIVE, P, Pair(active=False), {"access": LEFT, P: LEFT}, NOTHING),
    "give more to who has left": (
        GIVE, P | Q, Pair(True, P, active=False), {"access": "already", P: "already", Q: LEFT}, (True, P),
    ),
    "give at a client apart": (GIVE, P, Pair(connected=False), {"access": APART, P: APART}, NOTHING),
    "refused comes before failed": (
        GIVE, P, Pair(**PA, connected=False, active=False), {"access": SYSTEM, P: SYSTEM}, NOTHING,
    ),
    "left comes before apart": (
        GIVE, 0, Pair(connected=False, active=False), {"access": LEFT}, NOTHING,
    ),
    "remove a program": (DROP, P, Pair(True, P | Q), {P: "done"}, (True, Q)),
    "remove the last program": (DROP, P, SOME, {P: "done"}, (True, 0)),
    "remove what is not there": (DROP, P | Q, SOME, {P: "done", Q: "already"}, (True, 0)),
    "remove where nothing is": (DROP, P, Pair(), {P: "already"}, NOTHING),
    "remove own program": (
        DROP, P | Q, Pair(True, P | Q, **PA), {P: "done", Q: OWN}, (True, Q),
    ),
    "remove at a client apart": (
        DROP, P | Q, Pair(True, P, connected=False), {P: APART, Q: "already"}, (True, P),
    ),
    "remove from who has left": (DROP, P, Pair(True, P, active=False), {P: "done"}, (True, 0)),
    "take access": (TAKE, 0, Pair(True, P | Q), {"access": "done", P: "done", Q: "done"}, NOTHING),
    "take access without programs": (TAKE, 0, Pair(True), {"access": "done"}, NOTHING),
    "take what is not there": (TAKE, 0, Pair(), {"access": "already"}, NOTHING),
    "take, no system administrator": (TAKE, 0, Pair(True, P, **PA), {"access": SYSTEM}, (True, P)),
    "take with others": (TAKE, 0, Pair(True, P | X), {"access": "refused holds-other-programs"}, (True, P | X)),
    "take with others, no right either": (TAKE, 0, Pair(True, X, **PA), {"access": SYSTEM}, (True, X)),
    "take at a client apart": (TAKE, 0, Pair(True, P, connected=False), {"access": APART}, (True, P)),
    "take from who has left": (TAKE, 0, Pair(True, P, active=False), {"access": "done", P: "done"}, NOTHING),
    "unknown consultant": (
        GIVE, P, Pair(consultant_known=False, active=False),
        {"access": "failed unknown-consultant", P: "failed unknown-consultant"}, NOTHING,
    ),
    "unknown client": (DROP, P, Pair(client_known=False), {P: "failed unknown-client"}, NOTHING),
    "both unknown": (
        TAKE, 0, Pair(consultant_known=False, client_known=False), {"access": "failed unknown-consultant"}, NOTHING,
    ),
    "moved": (
        GIVE, P | Q, Pair(True, P, moved=True),
        dict.fromkeys(["access", P, Q], "failed precondition-failed"), (True, P),
    ),
    "moved, access": (TAKE, 0, Pair(moved=True), {"access": "failed precondition-failed"}, NOTHING),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_becomes_of_a_pair(case: str):
    kind, programs, before, expected, after = CASES[case]
    effect = judge(Request(kind, programs, PACKAGE), columns([before]))
    assert cells(effect, 0) == expected
    assert (bool(effect.held[0]), int(effect.masks[0])) == after
    assert effect.changed.tolist() == ([0] if after != (before.held, before.mask) else [])


def test_taking_access_takes_other_programs_where_it_is_meant():
    request = Request(TAKE, 0, PACKAGE, other_programs_too=True)
    effect = judge(request, columns([Pair(True, P | X)]))
    assert cells(effect, 0) == {"access": "done", P: "done", X: "done"}


def test_no_pairs():
    effect = judge(Request(GIVE, P, PACKAGE), columns([]))
    assert effect.changed.tolist() == []


flag, mask = st.booleans(), st.sampled_from([0, P, Q, P | Q, X, P | X])
pairs = st.builds(
    Pair,
    held=flag,
    mask=mask,
    may_access=flag,
    may_programs=st.sampled_from([0, P, 2**64 - 1]),
    consultant_known=flag,
    client_known=flag,
    active=flag,
    connected=flag,
    moved=flag,
).map(lambda pair: pair if pair.held else Pair(**{**_fields(pair), "mask": 0}))


def _fields(pair: Pair) -> dict[str, object]:
    return {name: getattr(pair, name) for name in Pair.__dataclass_fields__}


@given(
    st.lists(pairs, max_size=6),
    st.sampled_from(OperationKind),
    st.sampled_from([0, P, Q, P | Q]),
    st.booleans(),
)
def test_each_pair_by_itself_against_the_model(
    rows: list[Pair], kind: OperationKind, programs: int, too: bool
):
    programs = 0 if kind is TAKE else programs
    effect = judge(Request(kind, programs, PACKAGE, too), columns(rows))
    for at, pair in enumerate(rows):
        expected, held, after = model(kind, programs, pair, too)
        assert cells(effect, at) == expected
        assert (bool(effect.held[at]), int(effect.masks[at])) == (held, after)
    assert effect.changed.tolist() == [
        at for at, pair in enumerate(rows) if model(kind, programs, pair, too)[1:] != (pair.held, pair.mask)
    ]


def model(
    kind: OperationKind, programs: int, pair: Pair, too: bool
) -> tuple[dict[int | str, str], bool, int]:
    """The rules once more, cell by cell, without arrays."""
    asked: list[int | str] = [] if kind is DROP else ["access"]
    asked += [program for program in (P, Q) if programs & program]
    for failing, reason in (
        (not pair.consultant_known, "unknown-consultant"),
        (not pair.client_known, "unknown-client"),
        (pair.moved, "precondition-failed"),
    ):
        if failing:
            return dict.fromkeys(asked, f"failed {reason}"), pair.held, pair.mask
    ends = {cell: _end(kind, cell, pair, too) for cell in asked}
    held, after = pair.held, pair.mask
    for cell, end in list(ends.items()):
        if end != "done":
            continue
        if kind is GIVE:
            held, after = (True, after) if cell == "access" else (held, after | int(cell))
        elif kind is DROP:
            after &= ~int(cell)
        else:
            ends |= {program: "done" for program in (P, Q, X) if after & program}
            held, after = False, 0
    return ends, held, after


def _end(kind: OperationKind, cell: int | str, pair: Pair, too: bool) -> str:
    has = pair.held if cell == "access" else bool(pair.mask & int(cell))
    if has is (kind is GIVE):
        return "already"
    if kind is GIVE and not pair.held and not pair.may_access:
        return SYSTEM
    if cell == "access":
        if not pair.may_access:
            return SYSTEM
    elif not pair.may_programs & int(cell):
        return OWN
    if kind is TAKE and pair.mask & X and not too:
        return "refused holds-other-programs"
    if kind is GIVE and not pair.active:
        return LEFT
    return "done" if pair.connected else APART
