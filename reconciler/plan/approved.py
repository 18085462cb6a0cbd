"""Whether what would be done now is what was approved: the check before the first operation (law 4).

Somebody approved a plan: on a terminal, as a file, or by its digest alone. What would be done now must be the same,
or a part of it, where the rest has happened meanwhile. Anything more, less or different stops the run, and what
moved is told. Plans are compared cell by cell and by names, as their registers may differ.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Finding, InputError, Message, Severity, StalePlan
from reconciler.grid import PAIR_CHANGES, Change, Half
from reconciler.grid.arrays import bits
from reconciler.plan.moved import Pair, happened, moved, since
from reconciler.plan.outcome import ALONG, outcome_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reconciler.plan.current import Current
    from reconciler.plan.file import Bound
    from reconciler.plan.values import Plan

TOLD = 20
"""Sentences about what moved that are told; of more, how many more there are."""

_ACCESS = ""
"""Beside the programs of a pair: the access itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Approved:
    """What was approved.

    Attributes:
        digest: of the outcome.
        plan: the plan itself; None where only its digest is known.
        bound: what it was made from; None where that is not known.
        content: the bytes of the plan file; b"" where there is none.
        signer: who signed the plan file; "" where nobody asked.
        name: of the plan file; "" where there is none.
    """

    digest: str
    plan: Plan | None = None
    bound: Bound | None = None
    content: bytes = b""
    signer: str = ""
    name: str = ""

    @classmethod
    def shown(cls, plan: Plan) -> Approved:
        """A plan that was shown just now, and agreed to."""
        return cls(plan.digest, plan)


def still_approved(
    approved: Approved, now: Plan, current: Current, bound: Bound | None = None
) -> tuple[Message, ...]:
    """Make sure that a plan does what was approved, or the part of it that has not happened yet.

    Args:
        approved: what was approved.
        now: what would be done.
        current: the state that it was made from.
        bound: what it was made from, to tell what is not as it was.

    Returns:
        What was approved and has happened already, in sentences; none where all of it is still to be done.

    Raises:
        InputError: where it was approved for another bureau or another operator.
        StalePlan: where it is not what was approved, with what moved.
    """
    if approved.bound:
        _check_place(approved, approved.bound, now)
    digest = now.digest
    if digest == approved.digest:
        return ()
    if approved.plan is None:
        raise StalePlan(
            Message("what would be done now is not what was approved, and nothing was done"),
            Message(
                "a digest alone does not tell what moved or what has happened already; a plan file does:"
                " plan --out FILE, then apply FILE"
            ),
            _findings([Message("the digest is now {digest}", digest=digest)]),
        )
    done, other = _compared(approved.plan, now, current)
    if other:
        raise _stale(approved, approved.plan, now, other, bound)
    return happened(approved.plan, now, done)


def first(told: Sequence[Message]) -> tuple[Message, ...]:
    """The first of many sentences, and how many more there are."""
    if len(told) <= TOLD + 1:
        return tuple(told)
    more = len(told) - TOLD
    return (*told[:TOLD], Message.count("and {n} more", "and {n} more", more))


def _check_place(approved: Approved, bound: Bound, now: Plan) -> None:
    """Make sure that it is the same bureau, and that nobody else acts: of several, some may be done already."""
    hint = Message("apply it where it was made for, or make a new plan here")
    bureau, idle = now.register.bureau, now.operator.members and not now.operations
    acting = set() if idle else {one.key for one in now.operator.each}
    several = approved.plan.operator.members if approved.plan else ()
    asked = {one.key for one in several} or {bound.operator}
    if bound.bureau != bureau:
        message = Message(
            "the plan is for the bureau {bureau}, and this is {here}", bureau=bound.bureau, here=bureau
        )
        raise InputError(message, hint)
    if not acting <= asked:
        message = Message(
            "the plan was made by the operator {operator}, and this is {here}",
            operator=bound.operator,
            here=now.operator.key,
        )
        raise InputError(message, hint)


def _stale(approved: Approved, then: Plan, now: Plan, other: set[Pair], bound: Bound | None) -> StalePlan:
    told = first(moved(then, now, other))
    if approved.bound is None:
        return StalePlan(
            Message("the bureau has changed since the plan was shown, and nothing was done"),
            Message("look at the new plan, and apply that"),
            _findings(told),
        )
    return StalePlan(
        Message("what would be done now is not what was approved, and nothing was done"),
        Message("plan again, and have the new plan approved"),
        _findings([*told, *(since(approved.bound, bound) if bound else ())]),
    )


def _findings(messages: Iterable[Message]) -> list[Finding]:
    return [Finding("moved", message, severity=Severity.WARNING) for message in messages]


def _compared(then: Plan, now: Plan, current: Current) -> tuple[set[Pair], set[Pair]]:
    """The pairs at which something approved has happened already, and those at which something moved."""
    before, after = _rows(then), _rows(now)
    differ = before ^ after
    pairs = {(consultant, client) for _, consultant, client, _ in differ}
    was, is_now = _cells(before, pairs), _cells(after, pairs)
    done, other = set[Pair](), set[Pair]()
    for pair in pairs:
        held = _held(current, pair)
        for half in Half:
            approved, wanted = was[half, pair], is_now[half, pair]
            missing = approved - wanted
            so_already = missing & held if half is Half.GRANTS else missing - held
            if so_already:
                done.add(pair)
            if wanted - approved or missing - so_already:
                other.add(pair)
    return done, other


_Row = tuple[Half, str, str, tuple[str, ...]]
"""Consultant, client and cells: programs, and _ACCESS for the access itself."""


def _rows(plan: Plan) -> set[_Row]:
    found = set[_Row]()
    for kind, rows in outcome_rows(plan).items():
        change = Change.REMOVE_ACCESS if kind == ALONG else Change(kind)
        access = (_ACCESS,) if change in PAIR_CHANGES else ()
        found |= {(change.half, person, company, (*access, *programs)) for person, company, programs in rows}
    return found


def _cells(rows: set[_Row], pairs: set[Pair]) -> Mapping[tuple[Half, Pair], set[str]]:
    found = defaultdict[tuple[Half, Pair], set[str]](set)
    for half, consultant, client, cells in rows:
        pair = consultant, client
        if pair in pairs:
            found[half, pair].update(cells)
    return found


def _held(current: Current, pair: Pair) -> set[str]:
    """What a pair has now."""
    register = current.register
    consultant, client = register.consultants.names.find(pair[0]), register.clients.names.find(pair[1])
    if consultant is None or client is None:
        return set()
    key = np.array([client * register.shape.consultants + consultant], dtype=np.int64)
    masks, there = current.access.masks_at(key)
    if not there[0]:
        return set()
    return {_ACCESS, *(register.programs.names[i] for i in bits(int(masks[0])))}
