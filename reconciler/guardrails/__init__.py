"""Guardrails: pure functions over what a plan would change, which hold changes back, find, or refuse the whole.

`case` has what they see and answer, `order` which there are; `plan.changes` and `plan.build` ask them.
"""

from reconciler.guardrails.case import Accepted, Case, Fate, Finding, Hold, Holding, Kind, Refusal, Violation
from reconciler.guardrails.limits import check_limits
from reconciler.guardrails.order import FINDINGS, ON_GRANTS, ON_REMOVALS

__all__ = [
    "FINDINGS",
    "ON_GRANTS",
    "ON_REMOVALS",
    "Accepted",
    "Case",
    "Fate",
    "Finding",
    "Hold",
    "Holding",
    "Kind",
    "Refusal",
    "Violation",
    "check_limits",
]
