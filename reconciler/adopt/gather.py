"""What there is to write: access that the bureau has and no rule gives, and what must stay out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.words import is_program
from reconciler.desired import RuleKind, Standing, resolve
from reconciler.desired.world import World, world_of
from reconciler.grid import Access
from reconciler.grid.arrays import find, mask_of

if TYPE_CHECKING:
    from datetime import date

    from reconciler.desired import Desired, Policy
    from reconciler.desired.expand import Part
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags, Masks


@dataclass(frozen=True, slots=True, eq=False)
class Left:
    """Access that the bureau has and no rule may be written for.

    Attributes:
        gone: of consultants who have left the bureau.
        denied: what a denial forbids; a mask of 0 where it is access itself.
        ended: what a rule gave that has ended.
        unwritable: of consultants, clients or programs whose key no YAML can say.
        outside: how many cells of programs outside the bureau package there are.
    """

    gone: Access
    denied: Access
    ended: Access
    unwritable: Access
    outside: int


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """What there is to write.

    Attributes:
        register: the names.
        world: the names as the policy has them.
        desired: what the policy says so far.
        required: the pairs that a rule is needed for, each with the programs that no rule gives.
        new: beside them, whether no rule gives access to the client itself.
        allowed: what rules may cover: the same, and what rules give already that do not end.
        gone: what consultants who have left still hold, also outside of the part that is looked at: a rule
            that covered it would make it access to be removed.
        left: what stays out.
    """

    register: Register
    world: World
    desired: Desired
    required: Access
    new: Flags
    allowed: Access
    gone: Access
    left: Left


def gather(policy: Policy, register: Register, access: Access, on: date, part: Part) -> Wish:
    """Compare what a bureau has with what a policy says.

    Args:
        policy: from `load`, or EMPTY.
        register: the names.
        access: what the bureau has.
        on: the day.
        part: whom and what to look at.

    Raises:
        InputError: where the policy does not fit the register.
    """
    desired = resolve(policy, register, on)
    scope = desired.scope
    active = register.consultants.active
    everything = access.restrict(scope.consultants, scope.clients, scope.programs)
    barred = everything.where(~active[everything.consultants])
    seen = access.restrict(*part).restrict(scope.consultants, scope.clients)
    have = everything.restrict(*part)
    have = have.where(active[have.consultants])
    wanted, denied = _without_denied(have, desired)
    wanted, unwritable = _writable(wanted, register)
    required, new, ended = _missing(wanted, desired)
    outside = Access(seen.shape, seen.keys, seen.masks & ~np.uint64(register.programs.package)).cells
    return Wish(
        register=register,
        world=world_of(policy, register, []),
        desired=desired,
        required=required,
        new=new,
        allowed=required.union(_lasting(desired)),
        gone=barred,
        left=Left(barred.restrict(*part), denied, ended, unwritable, outside),
    )


def _without_denied(have: Access, desired: Desired) -> tuple[Access, Access]:
    whole = find(desired.denied_pairs.keys, have.keys)[1]
    forbidden = have.masks & desired.denied_programs.masks_at(have.keys)[0]
    denied = Access(have.shape, have.keys, np.where(whole, have.masks, forbidden))
    return have.less(desired.denied_programs).where(~whole), denied.where(whole | (forbidden != 0))


def _writable(wanted: Access, register: Register) -> tuple[Access, Access]:
    """Without the programs whose names mean something else in a rule; and those."""
    names = register.programs.names
    odd = np.uint64(mask_of(i for i, name in enumerate(names) if not is_program(name)))
    lost = Access(wanted.shape, wanted.keys, wanted.masks & odd)
    return Access(wanted.shape, wanted.keys, wanted.masks & ~odd), lost.where(lost.masks != 0)


def _missing(wanted: Access, desired: Desired) -> tuple[Access, Flags, Access]:
    """What no rule gives; whether the pair is without rule; and what is left out as its rule has ended."""
    given, known = desired.access.masks_at(wanted.keys)
    over, ended = desired.ended.masks_at(wanted.keys)
    lacking: Masks = wanted.masks & ~given
    expired = lacking & over
    lacking &= ~over
    # access itself has ended too where nothing else keeps it
    with_it = ended & ~known & (lacking == 0)
    new = ~known & ~with_it
    row = new | (lacking != 0)
    required = Access(wanted.shape, wanted.keys, lacking).where(row)
    return required, new[row], Access(wanted.shape, wanted.keys, expired).where(with_it | (expired != 0))


def _lasting(desired: Desired) -> Access:
    """What the policy gives by rules without a last day: a rule that covers it again changes nothing, ever."""
    lasting = np.array(
        [
            rule.kind is RuleKind.ASSIGNMENT and rule.standing is Standing.IN_FORCE and rule.until is None
            for rule in desired.rules
        ],
        dtype=np.bool_,
    )
    sources = desired.sources
    rows = lasting[sources.rules]
    given = Access.from_rows(desired.access.shape, sources.keys[rows], sources.masks[rows]).inside(
        desired.access
    )
    return Access(given.shape, given.keys, given.masks & desired.access.masks_at(given.keys)[0])
