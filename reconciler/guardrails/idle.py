"""Waivers that waive nothing: there is nothing to accept any more, so they should go before something is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.errors import Finding, Message
from reconciler.guardrails.lacking import given_by, lacking
from reconciler.guardrails.review import warning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.desired.guardrails import Waiver
    from reconciler.grid import Access
    from reconciler.guardrails.case import Case, Violation


def idle_waivers(case: Case, found: Sequence[Violation]) -> Iterator[Finding]:
    """A warning for each waiver of a set or a requirement that accepts nothing there is or will be.

    A plan of a part of the bureau does not tell, and an expression is about changes alone, which are not there
    any more when they are made.

    Args:
        case: what will really be done.
        found: what guardrails found; what a waiver is used for there need not be looked for.
    """
    if any(flags is not None for flags in case.desired.focus):
        return
    used = {one.waiver.waiver for one in found if one.waiver}
    for waiver in case.desired.guardrails.waivers:
        if waiver.name not in used and not _accepts(case, waiver):
            message = Message("the waiver “{name}” waives nothing", name=waiver.name)
            hint = Message("delete it, so that it accepts nothing that nobody has thought of")
            yield warning("idle-waiver", message, waiver.position, hint=hint)


def _accepts(case: Case, waiver: Waiver) -> bool:
    """Whether there is anything that a waiver is for, in what there is and what the rules give taken together."""
    guardrails = case.desired.guardrails
    for together in guardrails.never_together:
        if together.name == waiver.guardrail:
            mask = np.uint64(together.programs)
            state = _under(waiver, case.have).union(_under(waiver, case.desired.access))
            return bool((state.masks & mask == mask).any())
    for requirement, rules in lacking(case.desired, case.date):
        if requirement.name == waiver.guardrail:
            sources = (case.desired.sources, case.desired.ahead)
            return any(
                len(_under(waiver, given_by(case.desired, requirement, rules, one))) for one in sources
            )
    return True


def _under(waiver: Waiver, state: Access) -> Access:
    return state.restrict(waiver.consultants, waiver.clients)
