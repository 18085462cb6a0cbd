"""What is never removed: the access of the operator itself, and what the YAML protects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid import Change
from reconciler.guardrails.case import Hold
from reconciler.rights import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reconciler.grid import Access
    from reconciler.grid.arrays import Flags
    from reconciler.guardrails.case import Case


def own_access(case: Case) -> Iterator[Hold]:
    """Nobody locks themselves out: what the operator has as a consultant stays."""
    keys = (operator.consultant for operator in case.operator.each)
    names = case.register.consultants.names
    own = [number for key in keys if key is not None and (number := names.find(key)) is not None]
    if own:
        yield from _removals(case, Reason.OWN_ACCESS, lambda rows: np.isin(rows.consultants, own))


def protected(case: Case) -> Iterator[Hold]:
    """What the YAML protects stays, whatever rules, denials and dates say."""
    blocks = case.desired.guardrails.protected

    def inside(rows: Access) -> Flags:
        people, companies = rows.consultants, rows.clients
        flags = np.zeros(len(rows), dtype=np.bool_)
        for block in blocks:
            flags |= block.consultants[people] & block.clients[companies]
        return flags

    if blocks:
        yield from _removals(case, Reason.PROTECTED, inside)


def _removals(case: Case, reason: Reason, inside: Callable[[Access], Flags]) -> Iterator[Hold]:
    for change, rows in ((Change.REMOVE_PROGRAMS, case.remove), (Change.REMOVE_ACCESS, case.take)):
        yield Hold(change, reason, "", rows.where(inside(rows)))
