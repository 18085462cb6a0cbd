"""Who loses what where when a rule ends: what reading the YAML for the next day shows, and nothing that stays."""

from __future__ import annotations

import datetime as dt

from reconciler.desired import load, resolve
from reconciler.grid import Access, diff
from reconciler.plan.ends import ends
from tests.support.policies import DAY, small_register, write

TEXT = """
access:
  always: {who: "@malmo", clients: team:malmo, programs: [books]}
  leave:
    who: [anna@x.se, bo@x.se]
    clients: ["1041", "1051"]
    programs: [books, pay]
    until: 2027-01-20
    reason: leave
  renewed: {who: cia@x.se, clients: ["1061"], programs: [pay], until: 2027-01-20, reason: r}
  again: {who: cia@x.se, clients: ["1061"], programs: [pay], from: 2027-01-21}
  far: {who: cia@x.se, clients: ["1052"], programs: [books], until: 2027-06-30, reason: r}
  gone: {who: cia@x.se, clients: ["1052"], programs: [books], until: 2027-01-14, reason: r}
never:
  apart: {who: anna@x.se, clients: ["1042"], reason: spouse, until: 2027-01-25}
  not-pay: {who: bo@x.se, clients: ["1041"], programs: [pay], reason: r, until: 2027-01-25}
"""


def said(blocks, register):
    names = register.programs.names
    return {
        (
            register.consultants.names[who].removesuffix("@x.se"),
            register.clients.names[where],
            *(name for i, name in enumerate(names) if block.mask >> i & 1),
        )
        for block in blocks
        for who in block.consultants
        for where in block.clients
    }


def found(tmp_path, days=14):
    register = small_register()
    return register, ends(load(write(tmp_path, policy=TEXT)), register, DAY, days)


def test_what_another_rule_gives_is_not_lost(tmp_path):
    register, (first, _) = found(tmp_path)
    assert first.day == dt.date(2027, 1, 20)
    by_name = {one.rule.name: one for one in first.rules}
    assert set(by_name) == {"leave", "renewed"}
    leave = by_name["leave"]
    # anna keeps the books at 1041 by another rule; bo may not have pay there, so has none to lose
    assert said(leave.programs, register) == {("anna", "1041", "pay")}
    assert said(leave.accesses, register) == {
        ("anna", "1051", "books", "pay"),
        ("bo", "1051", "books", "pay"),
    }
    # what begins the day after is no loss
    assert by_name["renewed"].accesses == by_name["renewed"].programs == ()


def test_where_a_denial_ends_somebody_gets_something(tmp_path):
    register, (_, second) = found(tmp_path)
    by_name = {one.rule.name: one for one in second.rules}
    assert all(one.gives for one in by_name.values())
    assert said(by_name["apart"].accesses, register) == {("anna", "1042", "books")}
    assert by_name["not-pay"].accesses == by_name["not-pay"].programs == ()  # the rule that gave it has ended


def test_how_far_is_looked(tmp_path):
    assert [one.day.isoformat() for one in found(tmp_path, 5)[1]] == ["2027-01-20"]
    assert [one.day.isoformat() for one in found(tmp_path, 365)[1]] == [
        "2027-01-20",
        "2027-01-25",
        "2027-06-30",
    ]
    assert found(tmp_path, 4)[1] == ()


def test_together_the_rules_lose_what_the_day_does(tmp_path):
    register, days = found(tmp_path, 365)
    policy = load(tmp_path)
    for day in days:
        moved = diff(
            *(resolve(policy, register, on).access for on in (day.day, day.day + dt.timedelta(days=1)))
        )
        losing = [one for one in day.rules if not one.gives]
        lost = Access.from_blocks(
            register.shape, [block for one in losing for block in (*one.accesses, *one.programs)]
        )
        assert lost == moved.take.union(moved.remove)
