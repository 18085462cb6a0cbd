"""What no rule mentions goes only where it is taken over: one pair, every case; and planning again changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from reconciler.desired import Guardrails, Unlisted
from reconciler.desired.guardrails import EVERY_PROGRAM
from reconciler.grid import Access, Change
from reconciler.guardrails.allow import Allowed
from reconciler.plan import Plan, build
from reconciler.rights import Reason
from tests.support.worlds import access, current, desired, register

DAY = dt.date(2026, 11, 24)
REG = register(["anna"], ["1"], ["books", "pay"], outside=["bank"])
PACKAGE = REG.programs.package
BOOKS, PAY = 2, 4


def state(programs: str | None) -> Access:
    """What Anna holds at 1: "books pay", "" for access alone, None for nothing."""
    if programs is None:
        return access(REG)
    return access(REG, ("anna", "1", None), *(("anna", "1", one) for one in programs.split()))


def plan(
    held: str, taken: int | None, *, want=None, ended=None, denied=None, never=None, unlisted="remove"
) -> Plan:
    wish = desired(
        REG,
        state(want),
        ended=state(ended),
        denied_pairs=state(denied).without_programs(),
        denied_programs=state(never),
        unlisted=Unlisted(unlisted),
        guardrails=Guardrails(taken_over=None if taken is None else np.array([taken], dtype=np.uint64)),
    )
    return build(wish, current(REG, state(held)), DAY)


def told(rows: Access) -> str:
    names = REG.programs.names
    return " ".join(n for i, n in enumerate(names) if int(rows.masks[0]) >> names.id(n) & 1)


def allowed(found: Plan) -> dict[str, str]:
    return {change.value: told(rows) for change, rows in found.changes.allowed.items() if len(rows)}


def held_back(found: Plan) -> dict[str, str]:
    assert {why.reason for why in found.changes.blocked} <= {Reason.NOT_TAKEN_OVER}
    return {why.change.value: told(rows) for why, rows in found.changes.blocked.items()}


TAKE, FEWER = Change.REMOVE_ACCESS.value, Change.REMOVE_PROGRAMS.value

CASES = {
    "nothing is taken over": ({"held": "books pay", "taken": None}, {}, {TAKE: "books pay"}),
    "access alone": ({"held": "", "taken": None}, {}, {TAKE: ""}),
    "access alone, and a program is": ({"held": "", "taken": PAY}, {}, {TAKE: ""}),
    "all of it is taken over": ({"held": "books pay", "taken": EVERY_PROGRAM}, {TAKE: "books pay"}, {}),
    "all programs of the package are": ({"held": "books", "taken": PACKAGE}, {TAKE: "books"}, {}),
    "one program is": ({"held": "books pay", "taken": PAY}, {FEWER: "pay"}, {TAKE: "books"}),
    "all that is held, but not all": ({"held": "pay", "taken": PAY}, {FEWER: "pay"}, {TAKE: ""}),
    "the pair stays": ({"held": "books pay", "want": "books", "taken": None}, {}, {FEWER: "pay"}),
    "the pair stays, and it is": ({"held": "books pay", "want": "books", "taken": PAY}, {FEWER: "pay"}, {}),
    # what somebody wrote down goes
    "a rule has ended": ({"held": "books", "ended": "books", "taken": None}, {TAKE: "books"}, {}),
    "a rule of access has ended": ({"held": "", "ended": "", "taken": None}, {TAKE: ""}, {}),
    "a rule of a part has ended": ({"held": "books pay", "ended": "pay", "taken": None}, {FEWER: "pay"}, {TAKE: "books"}),
    "the rest is taken over": ({"held": "books pay", "ended": "pay", "taken": BOOKS}, {TAKE: "books pay"}, {}),
    "access is denied": ({"held": "books pay", "denied": "", "taken": None}, {TAKE: "books pay"}, {}),
    "a program is denied": ({"held": "books pay", "never": "pay", "taken": None}, {FEWER: "pay"}, {TAKE: "books"}),
    "the only program is denied": ({"held": "pay", "never": "pay", "taken": None}, {FEWER: "pay"}, {TAKE: ""}),
    # where nothing unlisted is removed, nothing is held back
    "reported": ({"held": "books pay", "ended": "pay", "taken": None, "unlisted": "report"}, {FEWER: "pay"}, {}),
    "kept": ({"held": "books pay", "denied": "", "taken": None, "unlisted": "keep"}, {TAKE: "books pay"}, {}),
}  # fmt: skip


@pytest.mark.parametrize(("case", "goes", "stays"), CASES.values(), ids=CASES)
def test_what_goes_and_what_is_held_back(case, goes, stays):
    found = plan(**case)
    assert allowed(found) == goes
    assert held_back(found) == stays
    gone = found.changes.allowed
    left = state(case["held"]).outside(gone[Change.REMOVE_ACCESS]).less(gone[Change.REMOVE_PROGRAMS])
    after = " ".join(told(left).split()) if len(left) else None
    if after is not None:
        again = plan(**{**case, "held": after})
        assert again.operations == ()
        assert held_back(again) == stays


@pytest.mark.parametrize(
    ("keys", "goes"),
    [
        (("test",), {TAKE: "books pay"}),
        (("1",), {TAKE: "books pay"}),
        (("pay",), {FEWER: "pay"}),
        (("pay", "books"), {TAKE: "books pay"}),
    ],
)
def test_a_key_lets_go_this_once(keys, goes):
    wish = desired(REG, access(REG), guardrails=Guardrails())
    allow = Allowed.of(("takeover", key) for key in keys)
    found = build(allow.widen(wish, REG), current(REG, state("books pay")), DAY)
    assert allowed(found) == goes
    assert wish.guardrails.taken_over is None


def test_what_was_taken_over_stays_so():
    masks = np.array([BOOKS], dtype=np.uint64)
    wish = desired(REG, access(REG), guardrails=Guardrails(taken_over=masks))
    wider = Allowed.of([("takeover", "pay")]).widen(wish, REG)
    assert wider.guardrails.taken_over.tolist() == [BOOKS | PAY]
    assert masks.tolist() == [BOOKS]
    assert replace(wider, guardrails=wish.guardrails).guardrails.taken_over is masks
