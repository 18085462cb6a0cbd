"""Small worlds for tests: registers, states and policies in two lines, and random ones for properties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from reconciler.desired import (
    Desired,
    Guardrails,
    Renames,
    Rule,
    RuleKind,
    Scope,
    Sources,
    Standing,
    Unlisted,
)
from reconciler.desired.guardrails import EVERY_PROGRAM, Amount, Limits, Protected
from reconciler.errors import Position
from reconciler.grid import Access, Clients, Consultants, Programs, Register
from reconciler.grid.register import Client, Consultant, Program
from reconciler.plan import Current
from reconciler.rights import Operator, Rights

Triple = tuple[str, str, str | None]
"""Consultant, client and program by name; program None is access itself."""


def register(consultants, clients, programs, outside=(), disconnected=(), left=()) -> Register:
    """A register from names: of those outside the package, not connected, gone."""
    return Register(
        bureau="test",
        label="Test & Co",
        timezone="Europe/Stockholm",
        consultants=Consultants.build(
            Consultant(name, name.title(), active=name not in left) for name in consultants
        ),
        clients=Clients.build(
            Client(name, f"Company {name}", connected=name not in disconnected) for name in clients
        ),
        programs=Programs.build(
            [Program(name) for name in programs] + [Program(name, in_package=False) for name in outside]
        ),
    )


def access(register: Register, *triples: Triple) -> Access:
    """A state from triples of names."""
    return Access.from_triples(
        register.shape,
        [
            (
                register.consultants.names.id(consultant),
                register.clients.names.id(client),
                None if program is None else register.programs.names.id(program),
            )
            for consultant, client, program in triples
        ],
    )


def triples(register: Register, state: Access) -> set[Triple]:
    """A state as triples of names; each pair also with None."""
    names = register.programs.names
    found: set[Triple] = set()
    for consultant, client, mask in state.rows():
        pair = register.consultants.names[consultant], register.clients.names[client]
        found |= {(*pair, None)} | {(*pair, name) for i, name in enumerate(names) if mask >> i & 1}
    return found


def rights(register: Register, system=(), programs=None) -> Rights:
    """Rights from names: clients where system administrator, and {client: programs}."""
    names = register.clients.names
    masks = np.zeros(len(names), dtype=np.uint64)
    for client, keys in (programs or {}).items():
        for key in keys:
            masks[names.id(client)] |= np.uint64(1 << register.programs.names.id(key))
    return Rights(np.array([name in system for name in names], dtype=np.bool_), masks)


def operator(register: Register, key="me", system=(), programs=None, consultant=None) -> Operator:
    """An operator with these rights; maybe a consultant too."""
    return Operator(key, key.title(), consultant, rights(register, system, programs))


def current(register: Register, state: Access, me: Operator | None = None, others=()) -> Current:
    """A current state; the operator may do everything unless told otherwise."""
    return Current(
        register=register,
        access=state,
        revision="1",
        operator=me or operator(register, system=tuple(register.clients.names)),
        others=others,
    )


RULES = (("rule", RuleKind.ASSIGNMENT), ("no-access", RuleKind.DENIAL), ("no-program", RuleKind.DENIAL))
"""Of random worlds: one rule gives all that is desired, one forbids access, and one programs."""


def rule(name: str, kind: RuleKind) -> Rule:
    """A rule that has always been in force."""
    return Rule(name, kind, Position("access.yaml", 3, 3), None, None, "", "", Standing.IN_FORCE)


def sources(*states: Access) -> Sources:
    """What RULES cover, in their order."""
    keys = np.concatenate([state.keys for state in states])
    order = np.argsort(keys, kind="stable")
    rules = np.repeat(np.arange(len(states)), [len(state) for state in states])
    return Sources(keys[order], np.concatenate([state.masks for state in states])[order], rules[order], 1)


def everything(register: Register) -> np.ndarray:
    """Everything is taken over, everywhere."""
    return np.full(register.shape.clients, EVERY_PROGRAM, dtype=np.uint64)


def desired(register: Register, state: Access, **changes) -> Desired:
    """A desired state given by one rule, "rule"; other fields of Desired by name."""
    shape = register.shape
    empty = Access.empty(shape)
    fields = {
        "access": state,
        "denied_pairs": empty,
        "denied_programs": empty,
        "ended": empty,
        "scope": Scope(
            np.ones(shape.consultants, dtype=np.bool_),
            np.ones(shape.clients, dtype=np.bool_),
            register.programs.package,
        ),
        "unlisted": Unlisted.REMOVE,
        "other_programs": False,
        "rules": (rule(*RULES[0]),),
        "sources": Sources(state.keys, state.masks, np.zeros(len(state), dtype=np.int64), 1),
        "renames": Renames(),
        "findings": (),
        "guardrails": Guardrails(taken_over=everything(register)),
    }
    return Desired(**(fields | changes))


@dataclass(frozen=True)
class World:
    """A random world: what the YAML says, what the bureau has, who we are."""

    desired: Desired
    current: Current

    @property
    def register(self) -> Register:
        """The names."""
        return self.current.register


@st.composite
def guardrails(draw: st.DrawFn, reg: Register) -> Guardrails:
    """Often none; else what is protected, what is taken over, and limits."""
    if draw(st.booleans()):
        return Guardrails(taken_over=everything(reg))

    def flags(size: int) -> np.ndarray:
        return np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)

    clients = reg.shape.clients
    protected = [
        Protected(flags(reg.shape.consultants), flags(clients), "") for _ in range(draw(st.integers(0, 2)))
    ]
    masks = st.sampled_from([0, 1, 2, 3, EVERY_PROGRAM, EVERY_PROGRAM])
    taken = draw(st.none() | st.lists(masks, min_size=clients, max_size=clients))
    amounts = st.none() | st.builds(Amount, st.integers(0, 100), st.booleans())
    figures = st.none() | st.integers(0, 4)
    return Guardrails(
        limits=Limits(*[draw(amounts) for _ in range(3)], *[draw(figures) for _ in range(4)]),
        protected=tuple(protected),
        taken_over=None if taken is None else np.array(taken, dtype=np.uint64),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to 4 consultants × 4 clients × 4 programs, one of them outside the package, any rights."""
    people = [f"p{i}" for i in range(draw(st.integers(1, 4)))]
    companies = [f"{i}" for i in range(draw(st.integers(1, 4)))]
    package = [f"a{i}" for i in range(draw(st.integers(1, 3)))]
    gone = draw(st.sets(st.sampled_from(companies), max_size=1))
    reg = register(people, companies, package, outside=["zz"], disconnected=gone)
    cells = [(p, c, a) for p in people for c in companies for a in [*package, None]]
    outer = [(p, c, "zz") for p in people for c in companies]

    def some(options, limit=None):
        if not options:
            return access(reg)
        return access(reg, *draw(st.lists(st.sampled_from(options), max_size=limit or len(options))))

    scope = Scope(
        np.array(draw(st.lists(st.booleans(), min_size=len(people), max_size=len(people)))),
        np.array(draw(st.lists(st.booleans(), min_size=len(companies), max_size=len(companies)))),
        draw(st.sampled_from([reg.programs.package, reg.programs.package & 3])),
    )
    if draw(st.booleans()):
        scope = Scope(np.ones_like(scope.consultants), np.ones_like(scope.clients), scope.programs)
    denied, ended = some(cells, 3), some(cells, 3)
    masked = some(cells, 3)
    denied_programs = masked.where(masked.masks != 0)

    def inside(state: Access) -> Access:
        return state.restrict(scope.consultants, scope.clients, scope.programs)

    want = inside(some(cells)).outside(denied).less(denied_programs)
    denied_pairs = denied.without_programs()
    operators = [
        operator(
            reg,
            key,
            system=draw(st.sets(st.sampled_from(companies))),
            programs={c: draw(st.sets(st.sampled_from(package))) for c in companies},
            consultant=draw(st.sampled_from([None, None, *people, "nobody"])),
        )
        for key in ("me", "other", "third")
    ]
    others = draw(st.sampled_from([None, (), tuple(operators[1:])]))
    return World(
        desired(
            reg,
            want,
            denied_pairs=inside(denied_pairs),
            denied_programs=inside(denied_programs),
            ended=inside(ended),
            scope=scope,
            unlisted=draw(st.sampled_from(list(Unlisted))),
            other_programs=draw(st.booleans()),
            guardrails=draw(guardrails(reg)),
            rules=tuple(rule(*one) for one in RULES),
            sources=sources(want, denied_pairs, denied_programs),
        ),
        current(reg, some(cells + outer), operators[0], others),
    )
