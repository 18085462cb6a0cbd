"""Who has what, where, and by which rule: what the backend says, or what the rules say that should be.

Every program of every pair has one ground (`grounds`) and the rules that it is about; what has the same
stands together, so that few lines tell of many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access
from reconciler.grid.arrays import bits
from reconciler.plan.grounds import GROUNDS, Ground, grounds, speaks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from reconciler.desired import Desired, Rule
    from reconciler.grid import Register
    from reconciler.grid.arrays import Keys, Masks
    from reconciler.plan.current import Current
    from reconciler.plan.focus import Focus


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What has the same ground and the same rules.

    Attributes:
        ground: why it is, or is not, what the rules want.
        rules: numbers of the rules that the ground is about, ascending.
        rows: the pairs, with these programs; without any where access is all there is.
    """

    ground: Ground
    rules: tuple[int, ...]
    rows: Access


@dataclass(frozen=True, slots=True, eq=False)
class Holders:
    """The answer.

    Attributes:
        register: the names behind the ids.
        date: the day that the rules are read for.
        revision: of the current state.
        desired: it is what the rules say that should be, not what is.
        rules: those of the YAML; the numbers elsewhere count in it.
        programs: the mask that was asked about; None where all was.
        rows: who has what.
        groups: the same rows, divided; in the order of the grounds and of the rules.
    """

    register: Register
    date: dt.date
    revision: str
    desired: bool
    rules: Sequence[Rule]
    programs: int | None
    rows: Access
    groups: tuple[Held, ...]

    def entries(self) -> Iterator[tuple[int, int, int, Held]]:
        """(consultant id, client id, mask, group) by client, consultant and group."""
        keys = np.concatenate([group.rows.keys for group in self.groups] or [self.rows.keys])
        masks = np.concatenate([group.rows.masks for group in self.groups] or [self.rows.masks])
        owners = np.repeat(np.arange(len(self.groups)), [len(group.rows) for group in self.groups])
        order = np.argsort(keys, kind="stable")
        stride = max(self.register.shape.consultants, 1)
        columns = (keys[order].tolist(), masks[order].tolist(), owners[order].tolist())
        for key, mask, owner in zip(*columns, strict=True):
            yield key % stride, key // stride, mask, self.groups[owner]


def holders(
    desired: Desired,
    current: Current,
    date: dt.date,
    focus: Focus,
    *,
    programs: int | None = None,
    wanted: bool = False,
) -> Holders:
    """Who has what.

    Args:
        desired: what the YAML says on the date; its rows inside the focus are enough.
        current: what the backend says.
        date: the day.
        focus: whom and what to look at.
        programs: only these, as a mask; None for all, and for access without any.
        wanted: what the rules say that should be, not what is.
    """
    state = desired.access if wanted else current.access
    rows = state.restrict(focus.consultants, focus.clients, programs)
    if programs is not None:
        rows = rows.where(rows.masks != 0)
    return Holders(
        register=current.register,
        date=date,
        revision=current.revision,
        desired=wanted,
        rules=desired.rules,
        programs=programs,
        rows=rows,
        groups=tuple(_groups(desired, current.register, rows)),
    )


def _groups(desired: Desired, register: Register, rows: Access) -> Iterator[Held]:
    keys, masks = _cells(rows)
    kinds = grounds(desired, register, keys, masks)
    found = _about(desired, kinds, keys, masks)
    names = sorted(set(found))
    number = {name: i for i, name in enumerate(names)}
    owner = np.array([number[name] for name in found], dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[order], np.arange(len(names) + 1)).tolist()
    for i, (kind, rules) in enumerate(names):
        mine = order[ends[i] : ends[i + 1]]
        yield Held(GROUNDS[kind], rules, Access.from_rows(rows.shape, keys[mine], masks[mine]))


def _cells(rows: Access) -> tuple[Keys, Masks]:
    """One row for each program of each pair, and one with mask 0 for access without programs."""
    bare = rows.keys[rows.masks == 0]
    held = int(np.bitwise_or.reduce(rows.masks)) if len(rows) else 0
    parts = [(bare, 0)]
    parts += [(rows.keys[rows.masks & np.uint64(1 << p) != 0], 1 << p) for p in bits(held)]
    keys = np.concatenate([keys for keys, _ in parts])
    return keys, np.repeat(np.array([mask for _, mask in parts], dtype=np.uint64), [len(k) for k, _ in parts])


def _about(
    desired: Desired, kinds: NDArray[np.intp], keys: Keys, masks: Masks
) -> list[tuple[int, tuple[int, ...]]]:
    """For each cell its ground, as a number, and the rules that the ground is about."""
    known: dict[tuple[int, tuple[int, ...]], tuple[int, tuple[int, ...]]] = {}
    found = []
    for pair in zip(kinds.tolist(), desired.sources.rules_at(keys, masks), strict=True):
        if pair not in known:
            ground = GROUNDS[pair[0]]
            known[pair] = (pair[0], tuple(n for n in pair[1] if speaks(desired.rules[n], ground)))
        found.append(known[pair])
    return found
