"""One candidate, judged: which programs everybody of a set has at every client of another, and what is missing.

A rule fits exactly, or all but a few cells of it are there; those few become its exceptions, as long as they
stay so few that the rule is still understood. Nothing else is ever covered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.adopt.found import Found, Hole, Kind, holes_of
from reconciler.grid.arrays import find, mask_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.adopt.groups import Chosen
    from reconciler.adopt.need import Need
    from reconciler.grid.arrays import Flags, Keys, Masks

MISSING = 0.05
"""The part of a rule's cells that may be missing."""

_MOST_HOLES = 60
"""Exceptions of a rule, for each team that it is about."""

_CELLS_FOR_A_HOLE = 12
"""An exception is a line to read: it must be worth so many cells."""

_WORTH = 0.25
"""A program is written into a rule where no other rule gives it for at least this part."""


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """Sets of consultants and of clients that a rule spans; for each team one pair of sets.

    Attributes:
        who: the selector.
        clients: the selector.
        name: short names.
        parts: the sets.
        without: teams that it leaves out altogether.
    """

    who: str | tuple[int, ...]
    clients: str
    name: tuple[str, ...]
    parts: tuple[tuple[Chosen, Chosen], ...]
    without: tuple[tuple[Chosen, Chosen], ...] = ()


def fit(product: Product, need: Need, programs: Sequence[int]) -> Found | None:
    """The best rule for a product, None where none is worth it.

    Args:
        product: whom and what.
        need: what is left.
        programs: ids that may fit.
    """
    keys = _keys(product.parts, need)
    if product.without:
        keys = keys[~np.isin(keys, _keys(product.without, need))]
    if not len(keys) or not len(need.allowed):
        return None
    at, there = find(need.allowed.keys, keys)
    area = _Area(keys, there, np.where(there, need.allowed.masks[at], np.uint64(0)))
    wanted = np.where(there, need.masks[at], np.uint64(0))
    for missing in (MISSING, 0.0):
        mask = mask_of(p for p in programs if _pays(area.masks, wanted, p, missing))
        found = _rule(product, need, area, mask, missing)
        if found is not None:
            return found
    return None


def _keys(parts: Sequence[tuple[Chosen, Chosen]], need: Need) -> Keys:
    chunks = [
        need.shape.keys(who.ids[None, :], which.ids[:, None]).ravel()
        for who, which in parts
        if len(who.ids) and len(which.ids)
    ]
    if not chunks:
        return np.empty(0, dtype=np.int64)
    return chunks[0] if len(chunks) == 1 else np.unique(np.concatenate(chunks))


def _pays(masks: Masks, wanted: Masks, program: int, missing: float) -> bool:
    one = np.uint64(1 << program)
    there = int(np.count_nonzero(masks & one))
    new = int(np.count_nonzero(wanted & one))
    return there >= (1 - missing) * len(masks) and new >= max(1, _WORTH * len(masks))


@dataclass(frozen=True, slots=True, eq=False)
class _Area:
    """The pairs of a product: which may be covered at all, and what with."""

    keys: Keys
    there: Flags
    masks: Masks


def _rule(product: Product, need: Need, area: _Area, mask: int, missing: float) -> Found | None:
    keys, there, masks = area.keys, area.there, area.masks
    absent = int(len(there) - np.count_nonzero(there))
    if absent > missing * len(keys) or not (mask or need.gain(keys[there], np.zeros_like(masks[there]))):
        return None
    rule = np.uint64(mask)
    lacking = np.where(there, rule & ~masks, np.uint64(0))
    stride = max(need.shape.consultants, 1)
    holes: list[Hole] = [Hole(who.text, which.text, None) for who, which in product.without]
    gone = _gone(product, need)
    holes += [Hole(gone, None, None)] if gone else []
    for rows, whole in ((~there, True), (lacking != 0, False)):
        out = keys[rows]
        holes += holes_of(out % stride, out // stride, lacking[rows], whole=whole)
    given = (rule & ~lacking)[there]
    gain = need.gain(keys[there], given)
    few = len(holes) <= _MOST_HOLES * len(product.parts) and gain >= _CELLS_FOR_A_HOLE * (
        len(holes) - bool(gone)
    )
    if not few or gain == 0 or any(_odd(hole, need) for hole in holes):
        return None
    return Found(
        Kind.SELECTORS, product.who, product.clients, mask, keys[there], given, tuple(holes), product.name
    )


def _odd(hole: Hole, need: Need) -> bool:
    """Whether an exception would have to name what cannot be written."""
    sides = zip((hole.who, hole.clients), need.odd, strict=True)
    return any(ids == "" or (isinstance(ids, tuple) and bool(odd[list(ids)].any())) for ids, odd in sides)


def _gone(product: Product, need: Need) -> tuple[int, ...]:
    """Who has left, would be selected, and still has access there: a rule must not mention it."""
    left: set[int] = set()
    if not len(need.gone):
        return ()
    people, companies = need.gone.consultants, need.gone.clients
    for who, which in product.parts:
        if len(who.gone) and len(which.ids):
            hit = np.isin(people, who.gone) & np.isin(companies, which.ids)
            left.update(people[hit].tolist())
    return tuple(sorted(left))
