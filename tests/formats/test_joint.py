"""Plans of several operators, and rights that are missing: what is untrusted in them is shown and does nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from reconciler.apply import Result, Results
from reconciler.apply.orders import orders
from reconciler.apply.parts import Carried
from reconciler.apply.results import Ended
from reconciler.errors import Message
from reconciler.formats import show_joint_applied, show_joint_plan, show_missing_rights
from reconciler.formats.catalogue import catalogue
from reconciler.formats.safe import clean
from reconciler.plan.joint import JointPlan, build_joint
from reconciler.plan.missing import MissingRights, missing_rights
from reconciler.rights import Operator, Rights
from tests.formats.test_safe import VALUES, unsafe_in, without_layout
from tests.support.worlds import access, current, desired, register, rights

DAY = dt.date(2026, 11, 24)


def hostile(value: str) -> tuple[JointPlan, MissingRights]:
    """A value wherever a name may stand, but for keys, which are digested and can hold no half character."""
    reg = register(["anna", "bo"], ["1", "2", "3", "4"], ["p", "q"])
    both = np.array([2, 3])
    reg = replace(
        reg,
        label=value,
        consultants=replace(reg.consultants, labels=(value,) * 2),
        clients=replace(reg.clients, labels=(value,) * 4, teams={value: both}, tags={f"{value}x": both[:0]}),
        programs=replace(reg.programs, labels=({"en": value, "sv": value},) * 2),
    )
    have = access(reg, ("bo", "1", "q"), ("bo", "2", None))
    want = access(reg, ("anna", "1", "p"), ("bo", "2", "q"), ("bo", "3", "p"), ("anna", "4", "p"))
    operators = [
        Operator("one", value, None, rights(reg, ["1"])),
        Operator("two", value, None, rights(reg, (), {"2": "q"})),
    ]
    boss = Operator("boss", value, None, rights(reg, ["1", "2", "3", "4"]))
    now = current(reg, have, operators[0], others=(boss,))
    wish = desired(reg, want)
    wish = replace(wish, rules=(replace(wish.rules[0], name=value, reason=value),))
    return build_joint(wish, now, DAY, operators), missing_rights(wish, now, DAY)


def printed(value: str, language: str) -> str:
    say = catalogue(language)
    joint, missing = hostile(value)
    assert len(joint.parts) == 2
    without = {"boss": Message("the variable {name} is not set", name=value)}
    (part, _), (other, _) = joint.parts[0][::-1], joint.parts[1][::-1]
    told = [
        Result(number, order, Ended.REJECTED, problem=Message("{x}", x=value))
        for number, order in orders(part, "r")
    ]
    carried = [
        Carried(part, (Results("run", tuple(told)),)),
        Carried(other, problem=Message("{place} did not answer in time", place=value)),
        Carried(other),
    ]
    texts = [
        show_joint_plan(joint, without, "text", say, full=True),
        show_joint_applied(joint, carried, joint, without, form="text", say=say, full=True),
        show_joint_applied(joint, carried, Message("{x}", x=value), without, form="text", say=say),
        show_missing_rights(missing, "text", say, full=True),
    ]
    return "".join(texts)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("value", [value for value in VALUES if value], ids=ascii)
def test_hostile_names_are_shown_and_change_nothing_else(language, value):
    text = printed(value, language)
    assert unsafe_in(text) == []

    def bare(text: str) -> str:
        return without_layout(text).replace("=", "")

    assert bare(text) == bare(printed("@@", language).replace("@@", clean(value)))


def test_teams_and_all_are_named_where_they_are_exact():
    _, missing = hostile("team")
    text = show_missing_rights(missing, "text", catalogue("en"))
    assert "at 2 clients: all of the team team" in text
    everybody = replace(missing, rights=Rights.everywhere(4))
    assert "at all 4 clients" in show_missing_rights(everybody, "text", catalogue("en"))
    tagged = replace(
        missing,
        register=replace(
            missing.register,
            clients=replace(missing.register.clients, teams={}, tags={"x": np.array([2, 3])}),
        ),
    )
    assert "all with the tag x" in show_missing_rights(tagged, "text", catalogue("en"))
