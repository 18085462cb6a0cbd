"""`adopt`: the one function that tells the story from a state to rules with names, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt import groups
from reconciler.adopt.blocks import blocks, unwritable
from reconciler.adopt.gather import Left, Wish, gather
from reconciler.adopt.names import Namer
from reconciler.adopt.need import Need
from reconciler.adopt.search import search
from reconciler.desired.expand import EVERYTHING
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from reconciler.adopt.found import Found
    from reconciler.desired import Policy
    from reconciler.desired.expand import Part
    from reconciler.grid import Access, Register


@dataclass(frozen=True, slots=True, eq=False)
class Adopted:
    """What there is to write, and what is left out.

    Attributes:
        wish: what it was made from.
        rules: by name, those of the widest selectors first, the unsorted last.
        bundles: new names for sets of programs.
        known: bundles that the policy has.
        left: what stays out.
    """

    wish: Wish
    rules: Mapping[str, Found]
    bundles: Mapping[str, int]
    known: Mapping[str, int]
    left: Left


def adopt(
    policy: Policy,
    register: Register,
    access: Access,
    on: date,
    part: Part = EVERYTHING,
    *,
    bundles_too: bool = True,
) -> Adopted:
    """Find rules for access that a bureau has and no rule gives.

    Args:
        policy: what there is already; EMPTY for a new folder.
        register: the names.
        access: what the bureau has.
        on: the day.
        part: whom and what to look at.
        bundles_too: whether to make up bundles; those of the policy are used in any case.

    Returns:
        Rules that together give exactly what is missing; what they give beside it is given already by rules
        that do not end.

    Raises:
        InputError: where the policy does not fit the register.
    """
    wish = gather(policy, register, access, on, part)
    odd = unwritable(register.consultants.names), unwritable(register.clients.names)
    world, need = wish.world, Need(wish, odd)
    who = groups.consultants(world.consultants, register.consultants.active)
    clients = groups.clients(world.clients)
    found = _needed(list(search(who, clients, need)), Need(wish, odd))
    rest, lost = blocks(need, who, clients)
    namer = Namer(policy, wish, who, clients, [*found, *rest], bundles_too=bundles_too)
    left = replace(wish.left, unwritable=wish.left.unwritable.union(lost))
    return Adopted(wish, namer.named, namer.bundles, namer.known, left)


def _needed(rules: Sequence[Found], need: Need) -> list[Found]:
    """The rules without those whose cells the others cover."""
    counts = {p: np.zeros(len(need.masks), dtype=np.int32) for p in range(need.shape.programs)}
    pairs = np.zeros(len(need.masks), dtype=np.int32)
    places = [find(need.allowed.keys, rule.keys)[0] for rule in rules]

    def add(rule: Found, at: np.ndarray, number: int) -> None:
        pairs[at] += number
        for p, count in counts.items():
            if rule.mask >> p & 1:
                count[at[rule.masks >> np.uint64(p) & np.uint64(1) != 0]] += number

    def spare(rule: Found, at: np.ndarray) -> bool:
        if (need.pairs[at] & (pairs[at] < 2)).any():
            return False
        alone = np.zeros(len(at), dtype=np.bool_)
        for p, count in counts.items():
            one = np.uint64(1 << p)
            alone |= (need.masks[at] & rule.masks & one != 0) & (count[at] < 2)
        return not alone.any()

    for rule, at in zip(rules, places, strict=True):
        add(rule, at, 1)
    kept = []
    # the last found are the least: they go first
    for rule, at in zip(reversed(rules), reversed(places), strict=True):
        if spare(rule, at):
            add(rule, at, -1)
        else:
            kept.append(rule)
    return kept[::-1]
