"""The headline: right for every number, in both languages, and it names nobody."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from hypothesis import given

from reconciler.errors import Message
from reconciler.formats.catalogue import catalogue
from reconciler.formats.headline import headline
from reconciler.formats.views import View
from reconciler.grid import Half
from reconciler.guardrails import Refusal
from reconciler.plan import build
from tests.support.worlds import access, current, desired, operator, register, worlds

DAY = dt.date(2026, 11, 24)
REG = register([f"p{i}" for i in range(6)], ["1", "2"], ["books", "pay"])
PAY = 1 << REG.programs.names.id("pay")
REFUSED = (Refusal("removals", 12, 3, Message("12 removals")),)


def plan(want=(), have=(), me=None, sensitive=PAY, **changes):
    """A plan from what should be and what is, each `person client program`."""
    wanted, held = (
        access(REG, *(tuple(one.split()) if len(one.split()) > 2 else (*one.split(), None) for one in some))
        for some in (want, have)
    )
    return build(desired(REG, wanted, sensitive=sensitive, **changes), current(REG, held, me), DAY)


def people(n: int, rest: str) -> list[str]:
    """The first people, with the same."""
    return [f"p{i} {rest}" for i in range(n)]


NOBODY = operator(REG)
CASES = [
    (
        plan(),
        "Nothing to do: access is what the rules say",
        "Inget att göra: åtkomsten är som reglerna säger",
    ),
    (plan(people(1, "1 books")), "1 person gains access", "1 person får åtkomst"),
    (plan(people(3, "1 books")), "3 people gain access", "3 personer får åtkomst"),
    (plan([], people(1, "1")), "1 person loses access", "1 person förlorar åtkomst"),
    (plan([], people(2, "1")), "2 people lose access", "2 personer förlorar åtkomst"),
    (
        plan(["p0 1 books", "p1 1 books", "p1 2 books", "p2 2"], ["p5 1 books"]),
        "3 people gain, 1 person loses access",
        "3 personer får och 1 person förlorar åtkomst",
    ),
    (
        plan(people(1, "1 books"), ["p4 1 books", "p5 1 books"]),
        "1 person gains, 2 people lose access",
        "1 person får och 2 personer förlorar åtkomst",
    ),
    (
        # one program for another: the same person gains and loses
        plan(["p0 1 books"], ["p0 1 pay"]),
        "1 person gains, 1 person loses access",
        "1 person får och 1 person förlorar åtkomst",
    ),
    (
        plan(["p0 1 pay", "p1 1 books"], []),
        "2 people gain access; 1 person gets sensitive programs",
        "2 personer får åtkomst; 1 person får känsliga program",
    ),
    (
        plan(people(2, "1 pay"), []),
        "2 people gain access; 2 people get sensitive programs",
        "2 personer får åtkomst; 2 personer får känsliga program",
    ),
    (plan(people(2, "1 pay"), sensitive=0), "2 people gain access", "2 personer får åtkomst"),
    (plan([], people(2, "1 pay")), "2 people lose access", "2 personer förlorar åtkomst"),
    (
        plan(people(1, "1"), me=NOBODY),
        "Nobody gains or loses access; 1 change is blocked",
        "Ingen får eller förlorar åtkomst; 1 ändring är blockerad",
    ),
    (
        plan(["p0 1 books", "p0 2"], me=operator(REG, system=["1"])),
        "1 person gains access; 1 change is blocked",
        "1 person får åtkomst; 1 ändring är blockerad",
    ),
    (
        plan(["p0 1 books", "p0 2 pay"], me=operator(REG, system=["1"])),
        "1 person gains access; 2 changes are blocked",
        "1 person får åtkomst; 2 ändringar är blockerade",
    ),
    (
        plan(["p0 1 pay"], people(5, "2")).refused(REFUSED),
        (
            "Refused by a guardrail: 1 person would gain, 5 people would lose access;"
            " 1 person would get sensitive programs"
        ),
        (
            "Stoppas av en skyddsregel: 1 person skulle få och 5 personer skulle förlora åtkomst;"
            " 1 person skulle få känsliga program"
        ),
    ),
    (
        plan([], people(1, "1")).refused(REFUSED),
        "Refused by a guardrail: 1 person would lose access",
        "Stoppas av en skyddsregel: 1 person skulle förlora åtkomst",
    ),
    (
        plan(people(1, "1"), me=NOBODY).refused(REFUSED),
        "Refused by a guardrail: 1 change is blocked",
        "Stoppas av en skyddsregel: 1 ändring är blockerad",
    ),
    (plan().refused(REFUSED), "Refused by a guardrail", "Stoppas av en skyddsregel"),
]


@pytest.mark.parametrize(("told", "english", "swedish"), CASES, ids=[case[1] for case in CASES])
def test_a_plan_in_a_sentence(told, english, swedish):
    assert headline(told, catalogue("en")) == english
    assert headline(told, catalogue("sv")) == swedish


DRIFT = [
    (
        plan(),
        "Nothing to do: access is what the rules say",
        "Inget att göra: åtkomsten är som reglerna säger",
    ),
    (
        plan(["p0 1 pay", "p1 1"], ["p2 1 pay"]),
        (
            "2 people have less, 1 person more access than the rules give;"
            " 1 person has sensitive programs that no rule gives"
        ),
        (
            "2 personer har mindre och 1 person mer åtkomst än reglerna ger;"
            " 1 person har känsliga program som ingen regel ger"
        ),
    ),
    (
        plan(["p0 1 books"], me=NOBODY),
        "1 person has less access than the rules give; 2 changes are blocked",
        "1 person har mindre åtkomst än reglerna ger; 2 ändringar är blockerade",
    ),
    (
        plan([], people(2, "1")).refused(REFUSED),
        "2 people have more access than the rules give; a guardrail refuses the plan that would put it right",
        "2 personer har mer åtkomst än reglerna ger; en skyddsregel stoppar planen som skulle rätta till det",
    ),
]


@pytest.mark.parametrize(("told", "english", "swedish"), DRIFT, ids=[case[1] for case in DRIFT])
def test_drift_in_a_sentence(told, english, swedish):
    assert headline(told, catalogue("en"), View.DRIFT) == english
    assert headline(told, catalogue("sv"), View.DRIFT) == swedish


@given(worlds())
def test_people_are_counted_once_however_much_they_gain_or_lose(world):
    found = build(replace(world.desired, sensitive=1), world.current, DAY)
    told = headline(found, catalogue("en"))

    def figure(words: str) -> int:
        got = re.search(rf"(\d+) (?:person|people) (?:would )?{words}", told)
        return int(got[1]) if got else 0

    def who(half: Half, mask: int = 0) -> int:
        rows = [rows for change, rows in found.changes.allowed.items() if change.half is half]
        return len({one for some in rows for one, _, held in some.rows() if not mask or held & mask})

    assert figure("gain") == who(Half.GRANTS)
    assert figure("lose") == who(Half.REMOVALS)
    assert figure("gets? sensitive") == who(Half.GRANTS, 1)
    blocked = re.search(r"(\d+) changes? (?:is|are) blocked", told)
    assert (int(blocked[1]) if blocked else 0) == found.summary.blocked
    assert told.startswith("Refused by a guardrail") == bool(found.refusals)
    assert told.startswith("Nothing to do") == (
        not found.refusals and not found.summary.changes and not found.summary.blocked
    )


def test_large_figures_are_written_as_the_language_does():
    reg = register([f"p{i}" for i in range(1200)], ["1"], ["books"])
    many = access(reg, *((name, "1", None) for name in reg.consultants.names))
    found = build(desired(reg, many), current(reg, access(reg)), DAY)
    assert headline(found, catalogue("en")) == "1,200 people gain access"
    assert headline(found, catalogue("sv")) == "1\N{NO-BREAK SPACE}200 personer får åtkomst"
