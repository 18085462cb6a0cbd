"""`never-together` in a plan: what is held back, what is broken, and what must come first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Message
from reconciler.grid import Access, Change, Half
from reconciler.guardrails.case import Fate, Hold, Kind, Violation
from reconciler.guardrails.duties import Swaps, complete, completing, swaps
from reconciler.guardrails.mentioned import mentioned
from reconciler.guardrails.waivers import Waived
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.desired.guardrails import Together
    from reconciler.grid.arrays import Flags
    from reconciler.guardrails.case import Accepted, Case


def never_together(case: Case) -> Iterator[Hold]:
    """Every grant of a program of a set where the set would be complete, and no waiver accepts that."""
    sets = _sets(case)
    if not sets or not len(case.grants):
        return
    for name, rows in completing(case.have, case.remove, case.grants, sets, _waived(case)).items():
        for change, of in ((Change.GIVE_ACCESS, case.give), (Change.ADD_PROGRAMS, case.add)):
            yield Hold(change, Reason.NEVER_TOGETHER, name, rows.inside(of))


def in_order(case: Case) -> Swaps:
    """The removals of a plan that must come before its grants, and the grants that wait for them."""
    sets = _sets(case)
    if not sets or not len(case.add) or not len(case.remove):
        nothing = Access.empty(case.have.shape)
        return Swaps(nothing, nothing)
    return swaps(case.have, case.remove, case.add, sets, _waived(case))


def broken_sets(case: Case) -> Iterator[Violation]:
    """Who holds all of a set: after the plan, and before it where the plan ends that."""
    waived = _waived(case)
    for together in case.desired.guardrails.never_together:
        after = complete(case.have, case.remove, case.take, case.grants, together.programs)
        for accepted, rows in waived.parts(together.name, _in_focus(case, after)):
            if accepted is None:
                for fate, part in _by_fate(case, rows):
                    yield _violation(together, fate, part)
            else:
                yield _violation(together, Fate.WAIVED, rows, accepted)
        mask = np.uint64(together.programs)
        ended = _in_focus(case, case.have.where(case.have.masks & mask == mask)).outside(after)
        if len(ended):
            yield _violation(together, Fate.REMOVED, Access(ended.shape, ended.keys, ended.masks & mask))


def _sets(case: Case) -> dict[str, int]:
    return {one.name: one.programs for one in case.desired.guardrails.never_together}


def _waived(case: Case) -> Waived:
    return Waived(case.desired.guardrails.waivers, case.register.shape)


def _in_focus(case: Case, rows: Access) -> Access:
    """Managed or not, but only what the plan looks at."""
    consultants, clients = case.desired.focus
    return rows.restrict(consultants, clients)


def _violation(together: Together, fate: Fate, rows: Access, accepted: Accepted | None = None) -> Violation:
    message = Message("“{name}”: nobody may hold all of this at one client", name=together.name)
    return Violation.of(
        Kind.NEVER_TOGETHER, together.name, fate, message, rows, reason=together.reason, waiver=accepted
    )


def _by_fate(case: Case, rows: Access) -> Iterator[tuple[Fate, Access]]:
    """Divide pairs that hold all of a set in the end by what would have to happen."""
    given = case.desired.access.masks_at(rows.keys)[0] & rows.masks == rows.masks
    ends = ~given & _should_end(case, rows)
    over = Fate.LEFT if case.half is Half.GRANTS else Fate.BLOCKED
    for fate, at in ((Fate.WANTED, given), (over, ends), (Fate.LASTS, ~given & ~ends)):
        if at.any():
            yield fate, rows.where(at)


def _should_end(case: Case, rows: Access) -> Flags:
    """For each pair, whether the rules want any of its programs gone."""
    desired = case.desired
    inside = desired.scope.holds(rows.keys, case.register.shape)
    surplus = rows.masks & ~desired.access.masks_at(rows.keys)[0] & np.uint64(desired.scope.programs)
    mine = Access(rows.shape, rows.keys, surplus)
    if desired.unlisted != "remove":
        surplus = mentioned(desired, mine).programs
    ends: Flags = inside & (surplus != 0)
    return ends
