"""The promise of import on random bureaus: a plan right afterwards has nothing to do, and nothing is silent."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adopt import adopt
from reconciler.adopt.check import check
from reconciler.adopt.files import Writer
from reconciler.desired import load, resolve
from reconciler.desired.fmt import format_text
from reconciler.desired.policy import EMPTY
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.plan import build
from tests.support.worlds import current, triples

DAY = date(2027, 1, 3)
TEAMS, TAGS = ["s", "t", "u.lead", "x y"], ["x", "y", "p&q"]
PACKAGE, OUTSIDE = ["a", "b", "1042"], "zz"
PEOPLE = ["p0", "p1", "all", "team:s", "a b", 'q"q', "\u0430nna", "övrig", "p8"]
COMPANIES = ["1", "0042", "no", "tag:x", "c d", "\u202eodd", "7"]

few = settings(max_examples=max(settings.default.max_examples // 2, 1))


@st.composite
def registers(draw) -> Register:
    some = st.sets(st.sampled_from(TAGS)).map(sorted).map(tuple)
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=5))
    companies = draw(st.lists(st.sampled_from(COMPANIES), unique=True, min_size=1, max_size=5))
    return Register(
        "b",
        "B",
        "Europe/Stockholm",
        Consultants.build(
            Consultant(
                key,
                key,
                active=draw(st.sampled_from([True, True, True, False])),
                tags=draw(some),
                teams=tuple(sorted(draw(st.sets(st.sampled_from(TEAMS), max_size=2)))),
                leads=tuple(draw(st.sets(st.sampled_from(TEAMS), max_size=1))),
            )
            for key in people
        ),
        Clients.build(
            Client(
                key,
                key,
                connected=draw(st.booleans()),
                tags=draw(some),
                team=draw(st.sampled_from([*TEAMS, None])),
            )
            for key in companies
        ),
        Programs.build([*map(Program, PACKAGE), Program(OUTSIDE, in_package=False)]),
    )


@st.composite
def states(draw, register: Register) -> Access:
    """Some products of teams and tags, some single pairs, and some cells taken away."""
    shape = register.shape
    cells: set[tuple[int, int, int | None]] = set()
    people, companies = range(shape.consultants), range(shape.clients)
    for _ in range(draw(st.integers(0, 3))):
        who = draw(st.sets(st.sampled_from(people)))
        which = draw(st.sets(st.sampled_from(companies)))
        programs = draw(st.sets(st.sampled_from([None, *range(shape.programs)])))
        cells |= {(i, j, p) for i in who for j in which for p in programs}
    for team in draw(st.sets(st.sampled_from(TEAMS))):
        who = register.consultants.teams.get(team, ())
        which = register.clients.teams.get(team, ())
        cells |= {(int(i), int(j), p) for i in who for j in which for p in (0, 1)}
    gone = draw(st.sets(st.sampled_from(sorted(cells, key=str)), max_size=2)) if cells else set()
    return Access.from_triples(shape, sorted(cells - gone, key=str))


def import_into(folder: Path, policy, register, access, part=(None, None)):
    """What `reconciler import` does, but for the command line."""
    new = policy is EMPTY
    adopted = adopt(policy, register, access, DAY, part, bundles_too=new)
    writer = Writer(adopted, str, DAY.isoformat(), "why" if not new else "")
    texts = writer.folder() if new else {"adopted.yaml": writer.addition()}
    texts = {name: text for name, text in texts.items() if text}
    check(adopted, policy, texts, DAY)
    for name, text in texts.items():
        assert format_text(text) == text
        Path(folder, name).write_text(text, encoding="utf-8")
    return adopted


def plan_of(folder, register, access):
    return build(resolve(load(Path(folder)), register, DAY), current(register, access), DAY)


worlds = registers().flatmap(lambda register: st.tuples(st.just(register), states(register)))


@given(worlds)
def test_a_plan_after_import_is_empty(world):
    register, access = world
    with tempfile.TemporaryDirectory() as folder:
        adopted = import_into(folder, EMPTY, register, access)
        plan = plan_of(folder, register, access)
    assert plan.operations == ()
    assert plan.blocked == ()
    left = adopted.left
    unmanaged = triples(register, left.gone.union(left.unwritable))
    assert triples(register, plan.changes.unmanaged) <= unmanaged
    assert not len(left.denied)
    assert not len(left.ended)
    assert not any(finding.code == "outside-scope" for finding in plan.findings)
    # nothing is left out but what cannot be said
    odd = {'q"q', "\u0430nna", "\u202eodd"}
    assert all(set(cell[:2]) & odd for cell in triples(register, left.unwritable))


RULES = {
    "r1": {"who": "p1", "clients": "all", "programs": ["a"], "until": "2027-01-01", "reason": "r"},
    "r2": {"who": ["p0", "p1"], "clients": "all", "programs": ["a", "b"]},
    "r3": {
        "who": "each-team",
        "clients": "team:self",
        "programs": ["a"],
        "until": "2027-01-03",
        "reason": "r",
    },
    "group": {"who": "all", "clients": "all", "programs": ["b"], "from": "2027-02-01"},
    "own-team": {"who": "each-team", "clients": "team:self", "programs": ["b"], "previously": "p0"},
}
DENIALS = {
    "n1": {"who": "p0", "clients": "all"},
    "n2": {"who": "all", "clients": "all", "programs": ["a"]},
    "n3": {"who": "p8", "clients": "tag:x", "from": "2027-01-04"},
}
policies = st.fixed_dictionaries(
    {
        "access": st.sets(st.sampled_from(sorted(RULES))).map(lambda names: {n: RULES[n] for n in names}),
        "never": st.sets(st.sampled_from(sorted(DENIALS))).map(lambda names: {n: DENIALS[n] for n in names}),
        "manage": st.fixed_dictionaries(
            {"unlisted": st.sampled_from(["remove", "report", "keep"])},
            optional={
                "clients": st.just("!tag:y"),
                "programs": st.just(["a", "b"]),
                "consultants": st.just("!p8"),
            },
        ),
    }
)
KNOWN = [Consultant(key, key, tags=("x", "y"), teams=("s",)) for key in ("p0", "p1", "p8")]


@st.composite
def known_worlds(draw):
    """A register that has what the policies name, too."""
    register = draw(registers())
    people = [
        Consultant(
            key,
            key,
            active=bool(register.consultants.active[i]),
            tags=tuple(t for t, ids in register.consultants.tags.items() if i in ids),
            teams=tuple(t for t, ids in register.consultants.teams.items() if i in ids),
        )
        for i, key in enumerate(register.consultants.names)
        if key not in {"p0", "p1", "p8"}
    ]
    clients = register.clients
    companies = [
        Client(
            key,
            key,
            tags=tuple(t for t, ids in clients.tags.items() if i in ids),
            team=next((t for t, ids in clients.teams.items() if i in ids), None),
        )
        for i, key in enumerate(clients.names)
    ]
    full = Register(
        "b",
        "B",
        "Europe/Stockholm",
        Consultants.build([*people, *KNOWN]),
        Clients.build([*companies, Client("998", "", tags=("x", "y"))]),
        register.programs,
    )
    return full, draw(states(full))


@given(known_worlds(), policies)
def test_into_adds_what_is_missing_and_nothing_else(world, said):
    register, access = world
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "there.yaml").write_text(json.dumps(said), encoding="utf-8")
        policy = load(Path(folder))
        before = resolve(policy, register, DAY)
        adopted = import_into(folder, policy, register, access)
        after = resolve(load(Path(folder)), register, DAY)
        plan = plan_of(folder, register, access)
    left = adopted.left
    have = triples(
        register, access.restrict(after.scope.consultants, after.scope.clients, after.scope.programs)
    )
    out = [triples(register, rows) for rows in (left.gone, left.denied, left.ended, left.unwritable)]
    wanted = triples(register, before.access)
    # nothing is given that the bureau has not, and nothing is lost that was given
    assert triples(register, after.access) - wanted <= have
    assert wanted <= triples(register, after.access)
    # all that the bureau has is given, or told of
    missing = have - triples(register, after.access)
    assert missing <= set().union(*out)
    # nothing is removed but that
    for rows in plan.changes.allowed.values():
        assert triples(register, rows) & have - wanted <= set().union(*out)
    # who has left is no worse off than before, and what is forbidden or over stays so
    assert triples(register, after.ended) & out[0] == triples(register, before.ended) & out[0]
    assert not {
        c
        for c in triples(register, after.access) - wanted
        if c in triples(register, before.denied_programs) and c[2]
    }
    assert not {c[:2] for c in triples(register, after.access)} & {
        c[:2] for c in triples(register, before.denied_pairs)
    }
    # once more adds nothing
    again = adopt(load_text(said, folder, adopted, register), register, access, DAY)
    assert not again.rules


def load_text(said, folder, adopted, register):
    from reconciler.desired.folder import with_texts

    text = Writer(adopted, str, DAY.isoformat(), "why").addition()
    return with_texts(with_texts(EMPTY, {"there.yaml": json.dumps(said)}), {"new.yaml": text} if text else {})


@few
@given(worlds, st.data())
def test_a_part_of_the_bureau_is_imported_as_a_part(world, data):
    register, access = world
    import numpy as np

    people = np.array(
        data.draw(
            st.lists(st.booleans(), min_size=register.shape.consultants, max_size=register.shape.consultants)
        ),
        dtype=np.bool_,
    )
    with tempfile.TemporaryDirectory() as folder:
        import_into(folder, EMPTY, register, access, (people, None))
        after = resolve(load(Path(folder)), register, DAY)
        plan = plan_of(folder, register, access)
    assert plan.operations == ()
    assert triples(register, after.access) <= triples(register, access.restrict(people))


def test_the_result_is_the_same_every_time():
    from tests.support.policies import small_register

    register = small_register()
    access = Access.from_triples(
        register.shape, [(i, j, p) for i in range(4) for j in range(5) for p in range(3) if (i + j) % 3]
    )
    texts = [Writer(adopt(EMPTY, register, access, DAY), str, "d").folder() for _ in range(2)]
    assert texts[0] == texts[1]
