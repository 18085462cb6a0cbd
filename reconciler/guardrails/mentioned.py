"""What a removal goes back to: something that a rule mentions (a denial, a rule that has ended), or nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from reconciler.desired import Desired
    from reconciler.grid import Access
    from reconciler.grid.arrays import Flags, Masks


class Mentioned(NamedTuple):
    """What rules mention of some pairs, beside their rows.

    Attributes:
        programs: of the row, those that a denial forbids or that an assignment gave which has ended.
        forbidden: whether a denial forbids access itself.
        ended: whether an assignment gave access itself, and has ended.
    """

    programs: Masks
    forbidden: Flags
    ended: Flags


def mentioned(desired: Desired, rows: Access) -> Mentioned:
    """What rules mention of pairs that hold what no rule gives."""
    ended, over = desired.ended.masks_at(rows.keys)
    denied = desired.denied_programs.masks_at(rows.keys)[0]
    forbidden = desired.denied_pairs.masks_at(rows.keys)[1]
    return Mentioned(np.where(forbidden, rows.masks, rows.masks & (ended | denied)), forbidden, over)
