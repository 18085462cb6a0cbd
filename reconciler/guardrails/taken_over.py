"""Nothing goes that no rule mentions, until the YAML says that the folder has taken over that client or program.

The first time that a folder speaks for something it did not manage before, all that its rules forgot looks as if
nobody wanted it. So such removals are held back and shown, until the YAML names the bureau, the clients or the
programs. What a denial forbids, and what a rule gave that has ended, goes without: somebody wrote it down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Access, Change
from reconciler.guardrails.case import Hold
from reconciler.guardrails.mentioned import mentioned
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.grid.arrays import Masks
    from reconciler.guardrails.case import Case


def not_taken_over(case: Case) -> Iterator[Hold]:
    """Hold back what no rule mentions, where nobody has said that it may go."""
    programs = np.uint64(case.desired.scope.programs)
    fewer, taken = _taken_over(case, case.remove) & programs, _taken_over(case, case.take) & programs
    if (fewer == programs).all() and (taken == programs).all():
        return
    remove, take = mentioned(case.desired, case.remove), mentioned(case.desired, case.take)
    left = case.remove.masks & ~remove.programs & ~fewer
    yield _hold(Change.REMOVE_PROGRAMS, Access(case.remove.shape, case.remove.keys, left).where(left != 0))
    left = case.take.masks & ~take.programs & ~taken
    # access goes with its last program, and only where it may go itself
    may_go = (taken == programs) | take.forbidden | take.ended
    stays = Access(case.take.shape, case.take.keys, left).where((left != 0) | ~may_go)
    yield _hold(Change.REMOVE_ACCESS, stays)


def _hold(change: Change, rows: Access) -> Hold:
    return Hold(change, Reason.NOT_TAKEN_OVER, "", rows)


def _taken_over(case: Case, rows: Access) -> Masks:
    """For each row the programs that are taken over at its client."""
    masks = case.desired.guardrails.taken_over
    return np.zeros(len(rows), dtype=np.uint64) if masks is None else masks[rows.clients]
