"""Build a plan and tell of it; pure. The plan is whole before the first write."""

from reconciler.grid import Change, Half
from reconciler.plan.build import build
from reconciler.plan.current import Current
from reconciler.plan.document import plan_document
from reconciler.plan.moved import moved
from reconciler.plan.values import (
    Blocked,
    Changes,
    Ending,
    Operation,
    Plan,
    Summary,
    Unmanaged,
)

__all__ = [
    "Blocked",
    "Change",
    "Changes",
    "Current",
    "Ending",
    "Half",
    "Operation",
    "Plan",
    "Summary",
    "Unmanaged",
    "build",
    "moved",
    "plan_document",
]
