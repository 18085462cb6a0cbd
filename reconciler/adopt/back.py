"""Drift adopted: what was given behind the YAML's back becomes rules, what was taken becomes exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.adopt import adopt
from reconciler.adopt.check import check
from reconciler.adopt.files import Writer
from reconciler.adopt.taken import with_exceptions
from reconciler.desired import resolve
from reconciler.desired.folder import with_texts
from reconciler.grid import Access

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.adopt.files import Say
    from reconciler.desired import Desired, Policy
    from reconciler.grid import Register
    from reconciler.grid.arrays import Flags


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is to be adopted.

    Attributes:
        given: pairs with programs that the bureau has and no rule gives; without any where it is access alone.
        taken: pairs with programs that rules give and the bureau has not.
        pairs: beside what was taken, whether access itself was.
    """

    given: Access
    taken: Access
    pairs: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A policy in which it is adopted.

    Attributes:
        edited: new texts of files that are there, by the names that findings call them.
        added: the text of one more file; "" where none is needed.
        policy: what they say together.
        desired: the same, resolved.
    """

    edited: Mapping[str, str]
    added: str
    policy: Policy
    desired: Desired


@dataclass(frozen=True, slots=True)
class Wording:
    """How it is said in the files.

    Attributes:
        say: puts a Message into the reader's language.
        reason: of every rule.
        comment: above every exception.
        file: the name that findings call one more file.
    """

    say: Say
    reason: str
    comment: str
    file: str


def draft(
    policy: Policy, register: Register, access: Access, on: date, *, wanted: Wanted, wording: Wording
) -> Draft:
    """Write what is to be adopted into a policy; nothing beside it is given or left out.

    Args:
        policy: as it is.
        register: the names.
        access: what the bureau has.
        on: the day.
        wanted: what is to be adopted.
        wording: how it is said.

    Raises:
        InputError: where the reason cannot stand in a file.
    """
    desired = resolve(policy, register, on)
    edited = with_exceptions(policy, desired, register, wanted.taken, wanted.pairs, comment=wording.comment)
    without = with_texts(policy, edited)
    less = resolve(without, register, on)
    seen = _seen(less, register, access, wanted.given)
    adopted = adopt(without, register, seen, on, bundles_too=False)
    added = Writer(adopted, wording.say, on.isoformat(), wording.reason).addition()
    texts = {wording.file: added} if added else {}
    check(adopted, without, texts, on)
    after = with_texts(without, texts)
    found = resolve(after, register, on)
    _check(desired, found, wanted)
    return Draft(edited, added, after, found)


def _seen(desired: Desired, register: Register, access: Access, given: Access) -> Access:
    """A state in which there is nothing to adopt but what was given; who has left is kept out of every rule."""
    left = access.where(~register.consultants.active[access.consultants])
    common = access.inside(desired.access)
    same = Access(common.shape, common.keys, common.masks & desired.access.masks_at(common.keys)[0])
    return same.union(given, left)


def _check(before: Desired, after: Desired, wanted: Wanted) -> None:
    """Make sure that nothing else is given, or no longer given.

    Raises:
        AssertionError: where it is: a bug.
    """
    more = _beyond(after.access, before.access.union(wanted.given))
    rest = wanted.taken.where(wanted.pairs)
    kept = before.access.outside(rest).less(wanted.taken)
    less = _beyond(kept, after.access)
    if len(more) or len(less):
        raise AssertionError("adopting drift would give or take something else")


def _beyond(state: Access, other: Access) -> Access:
    """What a state has and another has not."""
    masks, there = other.masks_at(state.keys)
    rest = Access(state.shape, state.keys, state.masks & ~masks)
    keep: Flags = ~there | (rest.masks != np.uint64(0))
    return rest.where(keep)
