"""The promise of import, kept by looking: the written text, resolved, gives what it should and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.desired import resolve
from reconciler.desired.folder import with_texts
from reconciler.grid import Access

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from reconciler.adopt.adopt import Adopted
    from reconciler.desired import Policy


def check(adopted: Adopted, policy: Policy, texts: Mapping[str, str], on: date) -> None:
    """Make sure that texts say what was found.

    Args:
        adopted: what was found.
        policy: what was there before.
        texts: the new files.
        on: the day.

    Raises:
        AssertionError: where the desired state would not be the one before and what the bureau has, or
            where access of somebody who has left would be removed that was not to be removed before: a bug.
    """
    wish = adopted.wish
    after = resolve(with_texts(policy, texts), wish.register, on)
    rules = adopted.rules.values()
    given = Access.from_rows(
        wish.required.shape,
        np.concatenate([wish.required.keys[:0], *(rule.keys for rule in rules)]),
        np.concatenate([wish.required.masks[:0], *(rule.masks for rule in rules)]),
    )
    if after.access != wish.desired.access.union(given):
        raise AssertionError("the rules would not give what they were made for")
    masks, known = after.access.masks_at(wish.required.keys)
    lost, without = adopted.left.unwritable.masks_at(wish.required.keys)
    if (wish.required.masks & ~(masks | lost)).any() or (~known & ~without).any():
        raise AssertionError("the rules would not give all that the bureau has")
    before = wish.desired.ended.masks_at(wish.gone.keys)
    now = after.ended.masks_at(wish.gone.keys)
    if (before[0] != now[0]).any() or (before[1] != now[1]).any():
        raise AssertionError("the rules would remove access of somebody who has left")
