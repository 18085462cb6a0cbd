"""Variables over the rows of a plan are, row by row, what the bureau and the YAML say of that row."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired import Guardrails, Rule, RuleKind, Sources, Standing
from reconciler.desired.guardrails import Teams
from reconciler.errors import Position
from reconciler.grid import Access, Change, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.guardrails import Case
from reconciler.guardrails.expressions.engine import Look
from reconciler.guardrails.expressions.facts import Facts
from tests.support.worlds import desired

DAY = dt.date(2026, 11, 24)
WORDS = ["malmo", "lund", "new"]
PROGRAMS = ["a", "b", "c"]
RULES = [
    *[
        Rule(f"r{n}", RuleKind.ASSIGNMENT, Position("x"), None, None, "", "", Standing.IN_FORCE)
        for n in range(4)
    ],
    Rule("over", RuleKind.ASSIGNMENT, Position("x"), None, DAY, "", "", Standing.ENDED),
    Rule("never", RuleKind.DENIAL, Position("x"), None, None, "why", "", Standing.IN_FORCE),
    Rule("once", RuleKind.DENIAL, Position("x"), None, DAY, "why", "", Standing.ENDED),
]
DENIALS = 5


@st.composite
def drawn_cases(draw: st.DrawFn) -> Case:
    """A case with up to 4 × 4 pairs, any tags, teams, rules and changes of each kind."""
    some = st.lists(st.sampled_from(WORDS), unique=True).map(tuple)
    people = [
        Consultant(
            f"c{i}", draw(st.sampled_from(["Ann", "Bo"])), draw(st.booleans()), draw(some), draw(some), ()
        )
        for i in range(draw(st.integers(1, 4)))
    ]
    companies = [
        Client(
            f"{i}",
            draw(st.sampled_from(["X", "Y"])),
            tags=draw(some),
            team=draw(st.sampled_from([None, *WORDS])),
        )
        for i in range(draw(st.integers(1, 4)))
    ]
    reg = Register(
        "test",
        "Test",
        "UTC",
        Consultants.build(people),
        Clients.build(companies),
        Programs.build(map(Program, PROGRAMS)),
    )
    shape, pairs = reg.shape, len(people) * len(companies)
    masks = st.integers(0, 7)

    def rows(keys) -> Access:
        chosen = sorted(keys)
        return Access(
            shape,
            np.array(chosen, dtype=np.int64),
            np.array([draw(masks) for _ in chosen], dtype=np.uint64),
        )

    kinds = [draw(st.sampled_from(["have", "give", "add", "remove", "take", None])) for _ in range(pairs)]
    parts = {
        kind: rows(key for key in range(pairs) if kinds[key] == kind)
        for kind in ("give", "add", "remove", "take")
    }
    have = rows(key for key in range(pairs) if kinds[key] not in {"give", None})
    covering = sorted(draw(st.sets(st.tuples(st.integers(0, pairs - 1), st.integers(0, len(RULES) - 1)))))
    sources = Sources(
        np.array([key for key, _ in covering], dtype=np.int64),
        np.array([draw(masks) for _ in covering], dtype=np.uint64),
        np.array([rule for _, rule in covering], dtype=np.int64),
        DENIALS,
    )
    teams = Teams(reg.consultants.teams, {}, reg.clients.teams)
    said = desired(reg, have, rules=tuple(RULES), sources=sources, guardrails=Guardrails(teams=teams))
    return Case(reg, said, have, SimpleNamespace(), None, DAY, None, **parts)


@given(drawn_cases(), st.sampled_from(list(Change)))
def test_every_row_sees_what_is_said_of_it(case, change):
    facts = Facts(case)
    rows = facts.rows(change)
    names = [name for name in VARIABLES if name != "consultant.leads"]
    columns = facts.columns(Look(frozenset(names)), change)
    every = np.arange(len(rows))
    seen = [
        dict(zip(names, values, strict=True))
        for values in zip(*(columns[n].at(every) for n in names), strict=True)
    ]
    assert seen == [
        expected(case, change, key, mask)
        for key, mask in zip(rows.keys.tolist(), rows.masks.tolist(), strict=True)
    ]


@given(
    drawn_cases(), st.sampled_from(list(Change)), st.frozensets(st.sampled_from(["0", "1", "c0", "X", ""]))
)
def test_of_a_text_that_is_only_compared_the_others_are_one_class(case, change, texts):
    facts = Facts(case)
    every = np.arange(len(facts.rows(change)))
    for name in ("client.key", "client.name", "consultant.key"):
        look = Look(frozenset([name]), (), {name: texts})
        whole = facts.columns(Look(frozenset([name])), change)[name].at(every)
        column = facts.columns(look, change)[name]
        for all_of_it, compared in zip(whole, column.at(every), strict=True):
            assert compared == all_of_it if all_of_it in texts else compared not in texts
        assert len(set(column.at(every))) <= len(texts) + 1


VARIABLES = [
    *("action", "access", "programs", "held", "result", "date", "rules"),
    *("consultant.key", "consultant.name", "consultant.tags", "consultant.teams", "consultant.active"),
    *("client.key", "client.name", "client.tags", "client.teams"),
    "consultant.leads",
]


def programs(mask: int) -> list[str]:
    return [name for i, name in enumerate(PROGRAMS) if mask >> i & 1]


def expected(case: Case, change: Change, key: int, mask: int) -> dict:
    """What the docs say of each variable, for one pair, without arrays."""
    reg, stride = case.register, case.register.shape.consultants
    consultant, client = key % stride, key // stride
    grants = change in (Change.GIVE_ACCESS, Change.ADD_PROGRAMS)
    had = dict(zip(case.have.keys.tolist(), case.have.masks.tolist(), strict=True)).get(key, 0)
    match change:
        case Change.GIVE_ACCESS:
            held, result = 0, mask
        case Change.ADD_PROGRAMS:
            held, result = had & ~mask, had | mask
        case Change.REMOVE_PROGRAMS:
            held, result = had | mask, had & ~mask
        case Change.REMOVE_ACCESS:
            held, result = had, 0
    return {
        "action": "grant" if grants else "remove",
        "access": change in (Change.GIVE_ACCESS, Change.REMOVE_ACCESS),
        "programs": programs(mask),
        "held": programs(held),
        "result": programs(result),
        "date": DAY,
        "rules": list(said(case, key, mask, grants)),
        "consultant.key": reg.consultants.names[consultant],
        "consultant.name": reg.consultants.labels[consultant],
        "consultant.tags": [
            word for word in sorted(WORDS) if consultant in reg.consultants.tags.get(word, ())
        ],
        "consultant.teams": [
            word for word in sorted(WORDS) if consultant in reg.consultants.teams.get(word, ())
        ],
        "consultant.active": bool(reg.consultants.active[consultant]),
        "client.key": reg.clients.names[client],
        "client.name": reg.clients.labels[client],
        "client.tags": [word for word in sorted(WORDS) if client in reg.clients.tags.get(word, ())],
        "client.teams": [word for word in sorted(WORDS) if client in reg.clients.teams.get(word, ())],
    }


def said(case: Case, key: int, mask: int, grants: bool):
    """The rules that speak, in their order: those that give, or those that forbid or have ended."""
    sources = case.desired.sources
    for number in sources.rules_at(np.array([key]), np.array([mask], dtype=np.uint64))[0]:
        rule = RULES[number]
        gives = rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE
        takes = rule.standing is (Standing.ENDED if rule.kind is RuleKind.ASSIGNMENT else Standing.IN_FORCE)
        if gives if grants else takes:
            until = {"until": rule.until.isoformat()} if rule.until else {}
            yield {"name": rule.name} | ({"reason": rule.reason} if rule.reason else {}) | until
