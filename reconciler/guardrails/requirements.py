"""What a rule must carry before it may grant, over arrays: whose grants are held back where rules lack something.

What only rules grant that lack something is held back; what is there already stays. Where another rule that
lacks nothing gives the same, it is granted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired.guardrails import EVERY_PROGRAM
from reconciler.grid import Access
from reconciler.grid.arrays import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.desired.values import Sources
    from reconciler.grid.arrays import Flags, Ids, Masks
    from reconciler.guardrails.duties import Waived


def unfounded(
    grants: Access, sources: Sources, gives: Flags, lacking: Mapping[str, tuple[int, Flags]], waived: Waived
) -> dict[str, Access]:
    """Grants that no rule gives which carries what it must.

    Args:
        grants: what a plan would grant; mask 0 is access alone.
        sources: which rules cover what.
        gives: for each rule, whether it gives anything on the day.
        lacking: by name of a requirement, the mask of the programs that it is about (EVERY_PROGRAM is about
            access itself too), and for each rule whether it lacks something.
        waived: where a requirement does not count.

    Returns:
        By name of a requirement the pairs with the programs that it holds back; mask 0 is access alone. Only
        requirements that hold anything back; what two of them hold back is with both.
    """
    wanting = {name: what for name, what in lacking.items() if what[1].any()}
    if not wanting or not len(grants):
        return {}
    # where no rule lacks anything there is nothing to hold back
    doubtful = gives & np.logical_or.reduce([lacks for _, lacks in wanting.values()])
    grants = grants.where(find(sources.keys[doubtful[sources.rules]], grants.keys)[1])
    asked, rows = sources.rows_at(grants.keys)
    giving = gives[sources.rules[rows]]
    asked, rows = asked[giving], rows[giving]
    masks, rules = sources.masks[rows], sources.rules[rows]
    tainted = {}
    for name, (programs, lacks) in wanting.items():
        at = lacks[rules]
        at[at] = ~waived(name, grants.keys[asked[at]])
        tainted[name] = np.where(at, np.uint64(programs), np.uint64(0))
    every = np.bitwise_or.reduce(list(tainted.values()))
    bare = (masks == 0) & (every != EVERY_PROGRAM)
    founded, open_ = _gathered(asked, masks & ~every, len(grants)), _gathered(asked, bare, len(grants))
    alone = (grants.masks == 0) & (founded == 0) & ~open_
    found = {}
    for name, taint in tainted.items():
        whole = _gathered(asked, (masks == 0) & (taint == EVERY_PROGRAM), len(grants))
        held = grants.masks & ~founded & _gathered(asked, masks & taint, len(grants))
        some = (held != 0) | (alone & whole)
        if some.any():
            found[name] = Access(grants.shape, grants.keys, held).where(some)
    return found


def _gathered(asked: Ids, masks: Masks, count: int) -> Masks:
    """For each place all that the masks with its number hold together; the numbers ascend."""
    gathered = np.zeros(count, dtype=masks.dtype)
    if len(asked):
        starts = np.flatnonzero(np.concatenate(([True], asked[1:] != asked[:-1])))
        gathered[asked[starts]] = np.bitwise_or.reduceat(masks, starts)
    return gathered
