"""While a rename waits (the register has the old and the new key), denials reach both keys; nothing else does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reconciler.grid import Change
from reconciler.guardrails import Fate
from reconciler.plan import Plan, build
from reconciler.plan.explain import Asked, explain
from reconciler.plan.focus import Focus, narrow
from reconciler.plan.grounds import Ground
from tests.support.policies import DAY, cells, desired, small_register
from tests.support.worlds import access, current

REG = small_register()
RENAMED = "manage: {unlisted: %s, taken-over: byra}\nrenames: {consultants: {cia@x.se: bo@x.se}, clients: {'1042': '1041'}}\n"
"""Bo becomes Cia, and 1041 becomes 1042; the register has all four."""

HELD = [
    ("bo@x.se", "1042", "pay"),
    ("bo@x.se", "1042", "books"),
    ("bo@x.se", "1042", "bank"),
    ("bo@x.se", "1061", "pay"),
]


def plan(folder: Path, never: str, unlisted: str = "remove", held=HELD, **options) -> Plan:
    said = desired(folder, RENAMED % unlisted + f"never: {{d: {never}}}\n", REG)
    return build(said, current(REG, access(REG, *held)), DAY, **options)


def removed(found: Plan) -> dict[str, set[str]]:
    return {change.value: cells(rows, REG) for change, rows in found.changes.allowed.items() if len(rows)}


@pytest.mark.parametrize("unlisted", ["remove", "report", "keep"])
@pytest.mark.parametrize("who", ["cia@x.se", "bo@x.se"])
def test_denied_programs_of_the_old_key_go_and_all_else_stays(tmp_path, unlisted, who):
    found = plan(tmp_path, f"{{who: {who}, clients: all, programs: [pay]}}", unlisted)
    assert removed(found) == {"remove-programs": {"bo 1042 pay", "bo 1061 pay"}}
    assert found.blocked == found.unmanaged == ()
    assert [one.fate for one in found.violations] == [Fate.REMOVED]


@pytest.mark.parametrize("unlisted", ["remove", "report", "keep"])
def test_denied_access_of_the_old_key_goes(tmp_path, unlisted):
    held = [*HELD, ("cia@x.se", "1041", "pay")]
    found = plan(tmp_path, "{who: cia@x.se, clients: ['1042']}", unlisted, held=held)
    # what is not managed would go along at 1042, so only our programs do
    assert removed(found) == {"remove-programs": {"bo 1042 books pay"}, "remove-access": {"cia 1041 pay"}}
    assert {(one.change, one.reason) for one in found.blocked} == {
        (Change.REMOVE_ACCESS, "holds-other-programs")
    }


def test_without_a_denial_the_old_key_is_left_alone(tmp_path):
    found = plan(tmp_path, "{who: anna@x.se, clients: all}")
    assert (removed(found), found.blocked, found.unmanaged, found.violations) == ({}, (), (), ())


def test_nothing_is_given_to_the_old_key_and_nothing_more_taken_the_next_time(tmp_path):
    never = "{who: cia@x.se, clients: all, programs: [pay]}"
    first = plan(tmp_path, never)
    left = access(REG, *HELD).less(first.changes.allowed[Change.REMOVE_PROGRAMS])
    again = build(
        desired(tmp_path, RENAMED % "remove" + f"never: {{d: {never}}}\n", REG), current(REG, left), DAY
    )
    assert (again.operations, again.blocked, again.violations) == ((), (), ())


def test_outside_of_what_is_looked_at_the_old_key_is_not_touched(tmp_path):
    said = desired(tmp_path, RENAMED % "remove" + "never: {d: {who: all, clients: all}}\n", REG)
    flags = np.array([name == "1061" for name in REG.clients.names])
    found = build(narrow(said, Focus(None, flags)), current(REG, access(REG, *HELD)), DAY)
    assert removed(found) == {"remove-access": {"bo 1061 pay"}}


def test_explain_says_so(tmp_path):
    said = desired(
        tmp_path, RENAMED % "remove" + "never: {d: {who: cia@x.se, clients: all, programs: [pay]}}\n", REG
    )
    now = current(REG, access(REG, *HELD))
    who, where = REG.consultants.names.id("bo@x.se"), REG.clients.names.id("1042")
    pay, books = (
        explain(said, now, DAY, Asked(who, where, REG.programs.names.id(p))) for p in ("pay", "books")
    )
    assert (pay.ground, [step.change for step in pay.steps]) == (Ground.FORBIDDEN, [Change.REMOVE_PROGRAMS])
    assert (books.ground, books.steps) == (Ground.UNMANAGED, ())
