"""Random plans: of worlds with teams, people of the same name, rules that end, findings and refusals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from reconciler.desired import Standing
from reconciler.errors import Finding, Message, Position, Severity
from reconciler.guardrails import Refusal
from reconciler.plan import build
from tests.support.worlds import worlds

DAY = dt.date(2026, 11, 24)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(
    ["\x1b[31m", "{x}", "\u202e", "%s"]
)


@st.composite
def plans(draw):
    """Plans of worlds with teams, people of the same name, rules that end, findings and refusals."""
    world = draw(worlds())
    reg = world.register
    people, companies = len(reg.consultants.names), len(reg.clients.names)

    def teams(size):
        some = st.lists(st.integers(0, size - 1), unique=True).map(
            lambda ids: np.array(sorted(ids), np.int64)
        )
        return draw(st.dictionaries(st.sampled_from(["north", "south", "Åsa\x9b"]), some))

    labels = st.sampled_from(["Ann", "Bo", "", "p0"])
    changed = replace(
        reg,
        label=draw(TEXTS),
        consultants=replace(
            reg.consultants,
            labels=tuple(draw(labels) for _ in range(people)),
            teams=teams(people),
        ),
        clients=replace(
            reg.clients, labels=tuple(draw(labels) for _ in range(companies)), teams=teams(companies)
        ),
    )
    until = draw(st.none() | st.dates(DAY, dt.date(2026, 12, 31)))
    rule = replace(world.desired.rules[0], name=draw(TEXTS), reason=draw(TEXTS), until=until, start=until)
    spare = replace(rule, name="not mentioned", standing=Standing.AHEAD)
    values = {
        "name": draw(TEXTS),
        "n": draw(st.integers(-5, (1 << 53) - 1)),
        "inner": Message("{n} times", n=3),
    }
    message = draw(st.sampled_from([Message("“{name}” is {n}, {inner}", **values), Message("nothing")]))
    counted = Message.count("{n} rule of {name}", "{n} rules of {name}", draw(st.integers(0, 3)), name="x")
    place = Position(draw(TEXTS), 3, 7)
    finding = Finding("odd", message, place, counted, draw(TEXTS), Severity.WARNING, (place,))
    told = replace(
        world.desired,
        sensitive=draw(st.integers(0, (1 << len(reg.programs.names)) - 1)),
        rules=(rule, *world.desired.rules[1:], spare),
        findings=(finding,) * draw(st.integers(0, 2)),
    )
    plan = build(told, replace(world.current, register=changed), DAY)
    return plan.refused((Refusal("removals", 12, 3, message),) * draw(st.integers(0, 1)))
