"""What an explanation says of guardrails, waivers and exceptions is what the plan of everything says."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import load, resolve
from reconciler.desired.excepted import excepted
from reconciler.plan import Change, build
from reconciler.plan.explain import Asked, explain
from reconciler.rights import Reason
from tests.plan.test_explain import holding
from tests.support.duties import DAY, guarded_worlds
from tests.support.policies import DAY as TODAY
from tests.support.policies import small_register, write
from tests.support.worlds import access, current

REG = small_register()


@pytest.mark.slow
@given(guarded_worlds(), st.data())
def test_a_pair_is_told_what_the_plan_of_everything_says(world, data):
    shape, plan = world.register.shape, build(world.desired, world.current, DAY)
    cells = list(product(range(shape.consultants), range(shape.clients), (None, *range(shape.programs))))
    for asked in data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=4)):
        one = Asked(*asked)
        found = explain(world.desired, world.current, DAY, one)
        held = {
            (why.change, why.guardrail): holding(rows, one)
            for why, rows in plan.changes.blocked.items()
            if why.reason in (Reason.NEVER_TOGETHER, Reason.REQUIREMENT)
        }
        assert {
            (step.change, step.guardrail): step.programs
            for step in found.steps
            if step.reason in (Reason.NEVER_TOGETHER, Reason.REQUIREMENT)
        } == {why: mask for why, (there, mask) in held.items() if there and (one.program is None or mask)}
        about = [
            (violation.guardrail, violation.fate, violation.waiver)
            for violation in plan.violations
            for block in violation.blocks
            if one.consultant in block.consultants
            and one.client in block.clients
            and (one.program is None or block.mask & one.mask)
        ]
        assert sorted(map(str, about)) == sorted(
            str((violation.guardrail, violation.fate, violation.waiver)) for violation in found.violations
        )


def part(consultant: str, client: str):
    people, companies = np.zeros(5, dtype=np.bool_), np.zeros(5, dtype=np.bool_)
    people[REG.consultants.names.id(consultant)] = companies[REG.clients.names.id(client)] = True
    return people, companies


def test_how_many_pairs_a_rule_gives_is_counted_in_the_whole_register(tmp_path):
    text = """
guardrails: {require: {large: {above: 3, reason: true}}}
access:
  small: {who: bo@x.se, clients: ["1041"], programs: [pay]}
  large: {who: all, clients: ["1041"], programs: [books]}
  later: {who: all, clients: all, programs: [books], from: 2030-01-01}
never:
  nobody: {who: dan@x.se, clients: all}
"""
    policy = load(write(tmp_path, policy=text))
    whole = resolve(policy, REG, TODAY)
    assert whole.reach.tolist() == [4, 20, 1, 5]  # Eva has left
    named = resolve(policy, REG, TODAY, part("bo@x.se", "1041"))
    assert named.reach[[0, 1, 2]].tolist() == [4, 20, 1]
    asked = Asked(REG.consultants.names.id("bo@x.se"), REG.clients.names.id("1041"))
    steps = explain(named, current(REG, access(REG)), TODAY, asked).steps
    names = REG.programs.names
    assert {(step.change, step.guardrail, step.programs) for step in steps} == {
        (Change.GIVE_ACCESS, "", 1 << names.id("pay")),
        (Change.ADD_PROGRAMS, "large", 1 << names.id("books")),
    }


EXCEPT = """\
access:
  a:
    who: team:malmo
    clients: team:malmo
    programs: [books, pay]
    except:
      - {who: bo@x.se, programs: [pay]}
      - {clients: "tag:payroll", programs: [bills, pay]}
      - {who: dan@x.se}
  b: {who: team:malmo, clients: team:malmo, programs: [bills], except: {programs: [bills]}}
  c: {who: cia@x.se, clients: all, programs: [bills], except: {who: cia@x.se}}
  d: {who: each-team, clients: team:self, programs: [books], except: {who: each-team.lead, clients: tag:payroll}}
"""


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("anna@x.se", "1042"), [("b", "bills", False, 10)]),
        (
            ("anna@x.se", "1041"),
            [("a", "pay", False, 8), ("b", "bills", False, 10), ("d", "books", True, 12)],
        ),
        (("bo@x.se", "1042"), [("a", "pay", False, 7), ("b", "bills", False, 10)]),
        (("bo@x.se", "1041"), [("a", "pay", False, 7), ("a", "pay", False, 8), ("b", "bills", False, 10)]),
        (("dan@x.se", "1042"), [("a", "books pay", True, 9), ("b", "bills", False, 10)]),
        (("cia@x.se", "1061"), [("c", "bills", True, 11)]),
        (("eva@x.se", "1061"), []),
    ],
)
def test_which_exception_leaves_somebody_out(tmp_path, pair, expected):
    policy = load(write(tmp_path, policy=EXCEPT))
    names, rules = REG.programs.names, list(policy.assignments)
    found = [
        (
            rules[one.rule],
            " ".join(name for i, name in enumerate(names) if one.programs >> i & 1),
            one.access,
            one.position.line,
        )
        for one in excepted(policy, REG, part(*pair))
    ]
    assert found == expected
    asked = Asked(REG.consultants.names.id(pair[0]), REG.clients.names.id(pair[1]))
    said, now = resolve(policy, REG, TODAY, part(*pair)), current(REG, access(REG))
    told = explain(said, now, TODAY, asked, excepted(policy, REG, part(*pair))).excepted
    assert len(told) == len(expected)
    pay = explain(
        said,
        now,
        TODAY,
        Asked(asked.consultant, asked.client, names.id("pay")),
        excepted(policy, REG, part(*pair)),
    ).excepted
    assert len(pay) == sum("pay" in one[1] for one in expected)
