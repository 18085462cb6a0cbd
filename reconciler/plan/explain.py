"""One pair of consultant and client explained: what the rules say, what is there, what a plan would do, who else.

It is made from the rows of that pair alone, by the same functions that make a plan of the whole bureau, so
that the two cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.values import RuleKind, Unlisted
from reconciler.grid import Change
from reconciler.plan.build import build
from reconciler.plan.grounds import GROUNDS, Ground, grounds, lasting, speaks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reconciler.desired import Desired, Rule
    from reconciler.desired.excepted import Excepted
    from reconciler.desired.values import Sources
    from reconciler.grid import Access, Register
    from reconciler.grid.arrays import Keys
    from reconciler.guardrails import Violation
    from reconciler.plan.current import Current
    from reconciler.plan.values import Plan
    from reconciler.rights import Operator, Reason

EVERY = 0xFFFF_FFFF_FFFF_FFFF
"""The mask of every program that there can be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about.

    Attributes:
        consultant: id.
        client: id.
        program: id; None for the access as a whole.
    """

    consultant: int
    client: int
    program: int | None = None

    @property
    def mask(self) -> int:
        """The programs that are asked about."""
        return EVERY if self.program is None else 1 << self.program


@dataclass(frozen=True, slots=True)
class Holding:
    """What a pair has, or should have.

    Attributes:
        access: access to the client.
        programs: a mask; of the one program where one was asked about.
    """

    access: bool
    programs: int


@dataclass(frozen=True, slots=True)
class Covering:
    """A rule that says something about what is asked.

    Attributes:
        rule: its number.
        programs: what it gives or forbids there; 0 is access itself, in a denial with everything in it.
    """

    rule: int
    programs: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan does to the pair, or would do.

    Attributes:
        change: what happens.
        programs: those that change, or that go with the access.
        reason: why it is blocked; None where it is allowed.
        guardrail: the name of the guardrail that blocks it; "" where none with a name does.
        could: who could do it, as in `Blocked`; None too where it is allowed.
        rules: numbers of the rules that say so.
    """

    change: Change
    programs: int
    reason: Reason | None
    guardrail: str
    could: tuple[str, ...] | None
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """When the lines of a rule were last changed, as the history of its folder tells.

    Attributes:
        date: in the bureau's time zone; None where the change is not committed yet.
        author: whose change it is; untrusted; "" where it is not committed yet.
        commit: its id; "" where it is not committed yet.
    """

    date: dt.date | None
    author: str
    commit: str


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The answer.

    Attributes:
        asked: what was asked.
        register: the names behind the ids.
        date: the day that the rules are read for.
        revision: of the current state.
        operator: who a plan would be for.
        others: the other operators, None where the backend does not tell.
        rules: those of the YAML; the numbers elsewhere count in it.
        ground: why it is or is not desired: the program that was asked about, or the access.
        desired: what the rules say that the pair should have.
        current: what the backend says that it has, programs outside the package too.
        managed: the mask of the programs that the YAML manages.
        until: the last day on which rules in force give it, None where they do not end or do not give it.
        coverings: rules that say something about it, ended ones and those that are ahead too; by number.
        steps: what a plan does.
        left: what the plan leaves as no rule mentions it.
        holders: ids of the other consultants who have what was asked about.
        violations: what guardrails find there, what a waiver accepts among it.
        excepted: what exceptions take from rules in force.
        messages: by name of a policy expression what it says in the bureau's own words, by language.
    """

    asked: Asked
    register: Register
    date: dt.date
    revision: str
    operator: Operator
    others: tuple[Operator, ...] | None
    rules: Sequence[Rule]
    ground: Ground
    desired: Holding
    current: Holding
    managed: int
    until: dt.date | None
    coverings: tuple[Covering, ...]
    steps: tuple[Step, ...]
    left: Holding
    holders: tuple[int, ...]
    violations: tuple[Violation, ...]
    excepted: tuple[Excepted, ...]
    messages: Mapping[str, Mapping[str, str]]


def explain(
    desired: Desired, current: Current, date: dt.date, asked: Asked, excepted: Iterable[Excepted] = ()
) -> Explanation:
    """Explain a pair.

    Args:
        desired: what the YAML says on the date; its rows for that pair are enough.
        current: what the backend says, about everybody at the client at least.
        date: the day.
        asked: what about.
        excepted: what exceptions take away there.
    """
    key = np.array([asked.client * current.register.shape.consultants + asked.consultant], dtype=np.int64)
    # what a plan keeps without a word is told of where somebody asks
    keeps = desired.unlisted is Unlisted.KEEP
    unlisted = Unlisted.REPORT if keeps else desired.unlisted
    said = replace(desired, access=_pair(desired.access, key[0]), unlisted=unlisted)
    now = replace(current, access=_pair(current.access, key[0]))
    coverings = tuple(_coverings(desired, key[0], asked))
    plan = build(said, now, date, ahead=-1)
    ground = _ground(desired, current.register, key, asked)
    giving = [desired.rules[c.rule] for c in coverings if speaks(desired.rules[c.rule], Ground.RULE)]
    return Explanation(
        asked=asked,
        register=current.register,
        date=date,
        revision=current.revision,
        operator=current.operator,
        others=current.others,
        rules=desired.rules,
        ground=ground,
        desired=_holding(said.access, asked),
        current=_holding(now.access, asked),
        managed=desired.scope.programs,
        until=lasting(giving)[1] if ground is Ground.RULE else None,
        coverings=coverings,
        steps=tuple(_steps(plan, asked, _holding(now.access, asked))),
        left=_holding(plan.changes.unmanaged, asked),
        holders=tuple(_holders(current, asked)),
        violations=tuple(_violations(plan, asked)),
        excepted=tuple(
            one
            for one in excepted
            if speaks(desired.rules[one.rule], Ground.RULE)
            and (asked.program is None or one.programs & asked.mask)
        ),
        messages=plan.messages,
    )


def _pair(state: Access, key: np.int64) -> Access:
    """The row of one pair, or none."""
    at = int(np.searchsorted(state.keys, key))
    return state.part(at, at + int(at < len(state) and state.keys[at] == key))


def _holding(state: Access, asked: Asked) -> Holding:
    return Holding(len(state) > 0, int(state.masks[0]) & asked.mask if len(state) else 0)


def _ground(desired: Desired, register: Register, key: Keys, asked: Asked) -> Ground:
    mask = np.array([0 if asked.program is None else asked.mask], dtype=np.uint64)
    return GROUNDS[int(grounds(desired, register, key, mask)[0])]


def _coverings(desired: Desired, key: np.int64, asked: Asked) -> Iterator[Covering]:
    rows = sorted([*_rows(desired.sources, key), *_rows(desired.ahead, key)])
    for rule, mask in rows:
        whole = mask == 0 and desired.rules[rule].kind is RuleKind.DENIAL
        if asked.program is None or whole or mask & asked.mask:
            yield Covering(rule, mask & asked.mask)


def _rows(sources: Sources, key: np.int64) -> Iterator[tuple[int, int]]:
    """The rules of a pair, each with its mask."""
    first, last = np.searchsorted(sources.keys, key), np.searchsorted(sources.keys, key, side="right")
    yield from zip(sources.rules[first:last].tolist(), sources.masks[first:last].tolist(), strict=True)


def _steps(plan: Plan, asked: Asked, now: Holding) -> Iterator[Step]:
    every = asked.program is None
    for one in plan.operations:
        # with the access goes all that is there, also what the plan does not count as it is not managed
        gone = now.programs if one.change is Change.REMOVE_ACCESS else 0
        programs = (one.programs | gone) & asked.mask
        if every or programs:
            yield Step(one.change, programs, None, "", None, one.rules)
    for blocked in plan.blocked:
        programs = blocked.block.mask & asked.mask
        if every or programs:
            why = blocked.reason, blocked.guardrail
            yield Step(blocked.change, programs, *why, blocked.could, blocked.rules)


def _violations(plan: Plan, asked: Asked) -> Iterator[Violation]:
    for violation in plan.violations:
        if asked.program is None or any(block.mask & asked.mask for block in violation.blocks):
            yield violation


def _holders(current: Current, asked: Asked) -> Iterator[int]:
    access, stride = current.access, current.register.shape.consultants
    start, stop = np.searchsorted(access.keys, [asked.client * stride, (asked.client + 1) * stride])
    there = access.part(int(start), int(stop))
    for consultant, _, mask in there.rows():
        if consultant != asked.consultant and (asked.program is None or mask & asked.mask):
            yield consultant
