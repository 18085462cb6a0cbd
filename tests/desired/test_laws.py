"""`resolve` against a naive set of triples on random small worlds, and what it may not depend on."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.desired import load, resolve
from reconciler.desired.expand import EVERYTHING
from reconciler.grid import Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from tests.support.worlds import triples

pytestmark = pytest.mark.slow
fewer = settings(max_examples=max(settings.default.max_examples // 3, 1))

PEOPLE = [f"p{i}" for i in range(4)]
COMPANIES = [f"{i}" for i in range(1, 5)]
PROGRAMS = ["a", "b", "c"]
TEAMS, TAGS = ["s", "t"], ["x", "y"]
FIRST = date(2027, 1, 1)

Cell = tuple[str, str, str | None]


@dataclass(frozen=True)
class Selector:
    """A selector as it is written, and the set that it selects for a team."""

    text: str
    select: object = field(compare=False)


@cache
def registers():
    flags = st.booleans()
    some = st.sets(st.sampled_from(TAGS)).map(sorted).map(tuple)
    people = st.tuples(
        *(
            st.builds(
                Consultant,
                st.just(p),
                st.just(p),
                active=st.sampled_from([True, True, False]),
                tags=some,
                teams=st.sets(st.sampled_from(TEAMS)).map(sorted).map(tuple),
                leads=st.sets(st.sampled_from(TEAMS), max_size=1).map(tuple),
            )
            for p in PEOPLE
        )
    )
    companies = st.tuples(
        *(
            st.builds(
                Client,
                st.just(c),
                st.just(c),
                connected=flags,
                tags=some,
                team=st.sampled_from([*TEAMS, None]),
            )
            for c in COMPANIES
        )
    )
    return st.tuples(people, companies)


@cache
def leaves(side: str, per_team: bool):
    """The words of a side, each with what it means on plain rows."""
    people = side == "who"

    def teams_of(row):
        return {*row.teams, *row.leads} if people else {row.team}

    kinds = [("all", lambda _row, _own: True)]
    kinds += [
        (name, lambda row, _own, name=name: row.key == name) for name in (PEOPLE if people else COMPANIES)
    ]
    kinds += [(f"tag:{tag}", lambda row, _own, tag=tag: tag in row.tags) for tag in TAGS]
    kinds += [(f"team:{team}", lambda row, _own, team=team: team in teams_of(row)) for team in TEAMS]
    if people:
        kinds += [(f"@{team}.lead", lambda row, _own, team=team: team in row.leads) for team in TEAMS]
    if per_team and people:
        kinds += [
            ("each-team", lambda row, own: own in teams_of(row)),
            ("each-team.lead", lambda row, own: own in row.leads),
        ]
    if per_team and not people:
        kinds += [("team:self", lambda row, own: row.team == own)]
    return st.sampled_from([Selector(text, select) for text, select in kinds])


@cache
def selectors(side: str, per_team: bool):
    def both(pair):
        one, two = pair
        return Selector(
            f"({one.text} & {two.text})", lambda row, own: one.select(row, own) and two.select(row, own)
        )

    def either(pair):
        one, two = pair
        return Selector(
            f"({one.text} | {two.text})", lambda row, own: one.select(row, own) or two.select(row, own)
        )

    def negated(one):
        return Selector(f"!{one.text}", lambda row, own: not one.select(row, own))

    return st.recursive(
        leaves(side, per_team),
        lambda inner: (
            st.tuples(inner, inner).map(both) | st.tuples(inner, inner).map(either) | inner.map(negated)
        ),
        max_leaves=4,
    )


@cache
def lists_of(side: str, per_team: bool):
    return st.lists(selectors(side, per_team), min_size=1, max_size=2)


programs = st.sets(st.sampled_from(PROGRAMS)).map(sorted)


@dataclass(frozen=True)
class Rule:
    """A random rule: what it says, in selectors."""

    who: list
    clients: list
    programs: list | None
    per_team: bool
    exceptions: list
    start: date | None
    until: date | None

    def yaml(self) -> dict:
        said = {"who": [s.text for s in self.who], "clients": [s.text for s in self.clients]}
        if self.programs is not None:
            said["programs"] = self.programs
        if self.exceptions:
            said["except"] = [
                {k: v if k == "programs" else [s.text for s in v] for k, v in block.items()}
                for block in self.exceptions
            ]
        if self.start:
            said["from"] = self.start.isoformat()
        if self.until:
            said |= {"until": self.until.isoformat(), "reason": "because"}
        return said

    def cells(self, people, companies) -> set[Cell]:
        """What it covers, pair by pair."""
        return {
            cell
            for team in (TEAMS if self.per_team else [None])
            for cell in self._of(team, people, companies)
        }

    def _of(self, team, people, companies):
        for person in people:
            for company in companies:
                if any_of(self.who, person, team) and any_of(self.clients, company, team):
                    yield from self._at(person, company, team)

    def _at(self, person, company, team):
        left = set(self.programs or ())
        for block in self.exceptions:
            hit = any_of(block.get("who"), person, team) and any_of(block.get("clients"), company, team)
            if hit and "programs" not in block:
                return
            if hit:
                left -= set(block["programs"])
        yield from ((person.key, company.key, program) for program in (None, *left))


def any_of(chosen, row, team) -> bool:
    return chosen is None or any(selector.select(row, team) for selector in chosen)


@cache
def blocks(per_team: bool):
    sides = {side: lists_of(side, per_team) for side in ("who", "clients")}
    return st.fixed_dictionaries({}, optional={**sides, "programs": programs.filter(bool)}).filter(bool)


@cache
def dates():
    return st.none() | st.integers(0, 6).map(lambda n: FIRST + timedelta(n))


@st.composite
def rules(draw, denial: bool) -> Rule:
    per_team = draw(st.booleans())
    who = draw(lists_of("who", per_team))
    per_team = per_team and any("each-team" in selector.text for selector in who)
    clients = draw(lists_of("clients", per_team))
    start = draw(dates())
    length = draw(st.none() | st.integers(0, 4))
    return Rule(
        who,
        clients,
        draw(st.none() | programs.filter(bool)) if denial else draw(programs),
        per_team,
        [] if denial else draw(st.lists(blocks(per_team), max_size=2)),
        start,
        None if length is None else (start or FIRST) + timedelta(length),
    )


@dataclass(frozen=True)
class Case:
    people: tuple
    companies: tuple
    assignments: list
    denials: list

    @property
    def register(self) -> Register:
        return Register(
            "b",
            "B",
            "Europe/Stockholm",
            Consultants.build(self.people),
            Clients.build(self.companies),
            Programs.build(Program(name) for name in PROGRAMS),
        )

    def entries(self) -> list[tuple[str, str, dict]]:
        return [("access", f"r{i}", rule.yaml()) for i, rule in enumerate(self.assignments)] + [
            ("never", f"n{i}", rule.yaml()) for i, rule in enumerate(self.denials)
        ]


@st.composite
def cases(draw) -> Case:
    people, companies = draw(registers())
    for team in TEAMS:  # a team that nobody is in, and that has no clients, is unknown
        people = (Consultant(f"z-{team}", "", teams=(team,)), *people)
    for tag in TAGS:
        people = (Consultant(f"y-{tag}", "", tags=(tag,)), *people)
        companies = (Client(f"9{tag}", "", tags=(tag,)), *companies)
    return Case(
        people,
        companies,
        draw(st.lists(rules(denial=False), max_size=4)),
        draw(st.lists(rules(denial=True), max_size=2)),
    )


days = st.integers(0, 10).map(lambda n: FIRST + timedelta(n))


def resolved(entries, register, on, part=EVERYTHING):
    """Resolve entries, each in a file of its own, in the order given."""
    with tempfile.TemporaryDirectory() as folder:
        for i, (section, name, said) in enumerate(entries):
            text = json.dumps({section: {name: said}})
            Path(folder, f"{i:02}.yaml").write_text(text)
        Path(folder, "zz.yaml").write_text("bureau: b\n")
        return resolve(load(Path(folder)), register, on, part)


def in_force(rule: Rule, on: date) -> bool:
    return (rule.start or date.min) <= on <= (rule.until or date.max)


def has_ended(rule: Rule, on: date) -> bool:
    return rule.until is not None and rule.until < on


@given(cases(), days)
def test_resolve_says_what_sets_of_triples_say(case, on):
    found = resolved(case.entries(), case.register, on)
    active = {row.key for row in case.people if row.active}
    covered = [(rule, rule.cells(case.people, case.companies)) for rule in case.assignments]
    given_now = {c for rule, cells in covered if in_force(rule, on) for c in cells if c[0] in active}
    ended = {
        c
        for rule, cells in covered
        for c in cells
        if has_ended(rule, on) or (in_force(rule, on) and c[0] not in active)
    }
    now = [(rule, rule.cells(case.people, case.companies)) for rule in case.denials if in_force(rule, on)]
    no_access = {c[:2] for rule, cells in now if rule.programs is None for c in cells}
    no_program = {c for rule, cells in now if rule.programs is not None for c in cells if c[2]}
    want = {c for c in given_now if c[:2] not in no_access and c not in no_program}
    assert triples(case.register, found.access) == want
    assert triples(case.register, found.ended) == ended
    assert {c[:2] for c in triples(case.register, found.denied_pairs)} == no_access
    assert {c for c in triples(case.register, found.denied_programs) if c[2]} == no_program


@fewer
@given(cases(), days, st.randoms(use_true_random=False))
def test_the_order_of_files_and_of_rows_makes_no_difference(case, on, random):
    one = resolved(case.entries(), case.register, on)
    shuffled, people, companies = case.entries(), list(case.people), list(case.companies)
    for rows in (shuffled, people, companies):
        random.shuffle(rows)
    two = resolved(shuffled, Case(tuple(people), tuple(companies), [], []).register, on)
    assert one.access == two.access
    assert one.ended == two.ended
    assert [rule.name for rule in one.rules] == [rule.name for rule in two.rules]
    assert one.sources.keys.tolist() == two.sources.keys.tolist()
    assert one.sources.rules.tolist() == two.sources.rules.tolist()
    assert [str(f.message) for f in one.findings if "selects" in f.code] == sorted(
        (str(f.message) for f in two.findings if "selects" in f.code),
        key=[str(f.message) for f in one.findings].index,
    )


@fewer
@given(cases(), days)
def test_a_day_is_a_day_whatever_day_was_asked_for_before(case, on):
    """Law 7: what is desired on a day depends on the policy, the register and that day only."""
    register = case.register
    with tempfile.TemporaryDirectory() as folder:
        for i, (section, name, said) in enumerate(case.entries()):
            Path(folder, f"{i:02}.yaml").write_text(json.dumps({section: {name: said}}))
        Path(folder, "zz.yaml").write_text("bureau: b\n")
        policy = load(Path(folder))
        for other in (FIRST, on + timedelta(30)):
            resolve(policy, register, other)
        again = resolve(policy, register, on)
        fresh = resolve(load(Path(folder)), register, on)
    assert (again.access, again.ended, again.rules) == (fresh.access, fresh.ended, fresh.rules)
    assert again.findings == fresh.findings


@fewer
@given(cases(), days)
def test_the_sources_of_a_cell_are_the_rules_that_cover_it(case, on):
    found, register = resolved(case.entries(), case.register, on), case.register
    names = [rule.name for rule in found.rules]
    for cell in triples(register, found.access):
        expected = {
            f"r{i}"
            for i, rule in enumerate(case.assignments)
            if not (rule.start and rule.start > on) and cell in rule.cells(case.people, case.companies)
        }
        key = found.access.keys[:1] * 0 + (
            register.clients.names.id(cell[1]) * register.shape.consultants
            + register.consultants.names.id(cell[0])
        )
        mask = (key * 0).astype("uint64") + (0 if cell[2] is None else 1 << PROGRAMS.index(cell[2]))
        (rules_there,) = found.sources.rules_at(key, mask.astype("uint64"))
        assert {names[number] for number in rules_there if names[number][0] == "r"} == expected


@fewer
@given(cases(), days, st.data())
def test_a_part_is_the_whole_seen_through_the_part(case, on, data):
    register, entries = case.register, case.entries()
    people, companies = (
        data.draw(st.none() | st.lists(st.booleans(), min_size=size, max_size=size).map(np.array))
        for size in (register.shape.consultants, register.shape.clients)
    )
    whole, part = resolved(entries, register, on), resolved(entries, register, on, (people, companies))
    for name in ("access", "denied_pairs", "denied_programs", "ended"):
        assert getattr(part, name) == getattr(whole, name).restrict(people, companies), name
    for name in ("sources", "ahead"):
        rows = getattr(whole, name)
        keep = np.ones(len(rows.keys), dtype=np.bool_)
        if people is not None:
            keep &= people[rows.keys % register.shape.consultants]
        if companies is not None:
            keep &= companies[rows.keys // register.shape.consultants]
        for column in ("keys", "masks", "rules"):
            assert getattr(getattr(part, name), column).tolist() == getattr(rows, column)[keep].tolist()
    # the checks are those of the whole, but for what lies outside the scope, which counts rows
    assert [rule.standing for rule in part.rules] == [rule.standing for rule in whole.rules]
    told = [[f.code for f in found.findings if f.code != "outside-scope"] for found in (part, whole)]
    assert told[0] == told[1]


@fewer
@given(cases(), days)
def test_what_is_ahead_is_what_rules_cover_that_have_not_started(case, on):
    found, register = resolved(case.entries(), case.register, on), case.register
    names, stride = register.programs.names, register.shape.consultants
    told = {
        (
            found.rules[rule].name,
            register.consultants.names[key % stride],
            register.clients.names[key // stride],
            program,
        )
        for key, mask, rule in zip(
            *(column.tolist() for column in (found.ahead.keys, found.ahead.masks, found.ahead.rules)),
            strict=True,
        )
        for program in (None, *(name for i, name in enumerate(names) if mask >> i & 1))
    }
    said = [(f"r{i}", rule) for i, rule in enumerate(case.assignments)]
    said += [(f"n{i}", rule) for i, rule in enumerate(case.denials)]
    assert told == {
        (name, *cell)
        for name, rule in said
        if rule.start and rule.start > on
        for cell in rule.cells(case.people, case.companies)
    }
