"""What an operation does to the pairs of its block: state + request + rights → what becomes of each cell.

Pure, over arrays with one place per pair. The cells of a pair are access itself and each program asked for.
Each cell ends in exactly one part, decided by the first of these that holds:

    unknown consultant or client    failed, the whole pair
    changed since it was expected   failed, the whole pair (precondition-failed)
    it is so already                already
    the operator lacks the right    refused; where access itself may not be given, its programs neither
    it takes other programs along   refused (remove-access, unless the request says that this is meant)
    the consultant has left         failed (give-access only: who has left can still lose access)
    the client is not connected     failed
    otherwise                       done
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

import numpy as np

from reconciler.grid.operation import OperationKind, Outcome
from reconciler.rights import NEEDS, Action, Reason

if TYPE_CHECKING:
    from reconciler.grid.arrays import Flags, Ids, Masks

_NONE = np.uint64(0)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for at every pair.

    Attributes:
        kind: which of the three operations.
        programs: the mask asked for; 0 for remove-access.
        package: the mask of the bureau package.
        other_programs_too: whether remove-access may take programs outside the package along.
    """

    kind: OperationKind
    programs: int
    package: int
    other_programs_too: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Some pairs as they are; one place each.

    Attributes:
        consultant_known: whether there is such a consultant at the bureau.
        client_known: whether there is such a client.
        active: whether the consultant works at the bureau.
        connected: whether anything can be changed at the client.
        moved: whether somebody else changed the pair after the revision that the operation expects.
        held: whether the consultant has access.
        masks: the programs held; 0 where there is no access.
        may_access: whether the operator may give and remove access there (`rights.allows_access`).
        may_programs: the programs that the operator may give and remove there (`rights.allows_programs`).
    """

    consultant_known: Flags
    client_known: Flags
    active: Flags
    connected: Flags
    moved: Flags
    held: Flags
    masks: Masks
    may_access: Flags
    may_programs: Masks


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The cells that end alike.

    Attributes:
        access: by pair, whether access itself is among them.
        programs: by pair, which programs are among them.
        outcome: what becomes of them.
        reason: why, where they are refused or failed.
    """

    access: Flags
    programs: Masks
    outcome: Outcome
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What becomes of some pairs.

    Attributes:
        parts: in a fixed order; together they hold every cell asked for, exactly once.
        held: the new state.
        masks: the new state.
        changed: the places of the pairs whose state is new, ascending.
    """

    parts: tuple[Part, ...]
    held: Flags
    masks: Masks
    changed: Ids


def judge(request: Request, pairs: Pairs) -> Effect:
    """Decide every cell of these pairs.

    Args:
        request: what is asked for.
        pairs: the pairs as they are.

    Returns:
        The parts, and the new state of the same pairs.
    """
    whole, rest = _whole(request, pairs)
    match request.kind:
        case OperationKind.GIVE_ACCESS:
            parts = _give(request, pairs, rest)
        case OperationKind.REMOVE_PROGRAMS:
            parts = _remove_programs(request, pairs, rest)
        case OperationKind.REMOVE_ACCESS:
            parts = _remove_access(request, pairs, rest)
        case _:
            assert_never(request.kind)
    done = parts[-1]
    if request.kind is OperationKind.GIVE_ACCESS:
        held, masks = pairs.held | done.access, pairs.masks | done.programs
    else:
        held, masks = pairs.held & ~done.access, pairs.masks & ~done.programs
    changed = np.flatnonzero((held != pairs.held) | (masks != pairs.masks))
    return Effect((*whole, *parts), held, masks, changed)


def _whole(request: Request, pairs: Pairs) -> tuple[list[Part], Flags]:
    """The pairs that fail as a whole, and which pairs are left."""
    parts = []
    rest = np.ones(len(pairs.held), dtype=np.bool_)
    about_access = request.kind is not OperationKind.REMOVE_PROGRAMS
    for failing, reason in (
        (~pairs.consultant_known, Reason.UNKNOWN_CONSULTANT),
        (~pairs.client_known, Reason.UNKNOWN_CLIENT),
        (pairs.moved, Reason.PRECONDITION_FAILED),
    ):
        at = failing & rest
        rest &= ~failing
        parts.append(Part(at & about_access, _at(at, request.programs), Outcome.FAILED, reason))
    return parts, rest


def _give(request: Request, pairs: Pairs, rest: Flags) -> tuple[Part, ...]:
    new = rest & ~pairs.held
    missing = _at(rest, request.programs) & ~pairs.masks
    there = _at(rest, request.programs) & pairs.masks
    barred = new & ~pairs.may_access
    lacking = _where(~barred, missing & ~pairs.may_programs)
    access, programs = new & ~barred, _where(~barred, missing & ~lacking)
    left, apart = ~pairs.active, pairs.active & ~pairs.connected
    able = pairs.active & pairs.connected
    return (
        Part(rest & pairs.held, there, Outcome.ALREADY),
        Part(barred, _where(barred, missing), Outcome.REFUSED, NEEDS[Action.GIVE_ACCESS]),
        Part(np.zeros_like(rest), lacking, Outcome.REFUSED, NEEDS[Action.GRANT_PROGRAM]),
        Part(access & left, _where(left, programs), Outcome.FAILED, Reason.CONSULTANT_LEFT),
        Part(access & apart, _where(apart, programs), Outcome.FAILED, Reason.CLIENT_NOT_CONNECTED),
        Part(access & able, _where(able, programs), Outcome.DONE),
    )


def _remove_programs(request: Request, pairs: Pairs, rest: Flags) -> tuple[Part, ...]:
    asked = _at(rest, request.programs)
    there, nobody = asked & pairs.masks, np.zeros_like(rest)
    allowed = there & pairs.may_programs
    return (
        Part(nobody, asked & ~there, Outcome.ALREADY),
        Part(nobody, there & ~allowed, Outcome.REFUSED, NEEDS[Action.REMOVE_PROGRAM]),
        Part(nobody, _where(~pairs.connected, allowed), Outcome.FAILED, Reason.CLIENT_NOT_CONNECTED),
        Part(nobody, _where(pairs.connected, allowed), Outcome.DONE),
    )


def _remove_access(request: Request, pairs: Pairs, rest: Flags) -> tuple[Part, ...]:
    there, nothing = rest & pairs.held, np.zeros_like(pairs.masks)
    others = (pairs.masks & ~np.uint64(request.package)) != _NONE
    keeps = pairs.may_access & others & (not request.other_programs_too)
    able = there & pairs.may_access & ~keeps
    done = able & pairs.connected
    return (
        Part(rest & ~pairs.held, nothing, Outcome.ALREADY),
        Part(there & ~pairs.may_access, nothing, Outcome.REFUSED, NEEDS[Action.REMOVE_ACCESS]),
        Part(there & keeps, nothing, Outcome.REFUSED, Reason.HOLDS_OTHER_PROGRAMS),
        Part(able & ~pairs.connected, nothing, Outcome.FAILED, Reason.CLIENT_NOT_CONNECTED),
        Part(done, _where(done, pairs.masks), Outcome.DONE),
    )


def _at(where: Flags, mask: int) -> Masks:
    """The same mask at these places, nothing elsewhere."""
    return np.where(where, np.uint64(mask), _NONE)


def _where(where: Flags, masks: Masks) -> Masks:
    """The masks at these places, nothing elsewhere."""
    return np.where(where, masks, _NONE)
