"""What a plan is shown as: the same value answers three questions, and each has its own heading."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan


class View(StrEnum):
    """Which question a plan answers.

    Attributes:
        PLAN: what apply would do.
        DRIFT: how the bureau differs from the YAML.
        DIFF: what a change of the YAML means; nothing of it can be applied.
    """

    PLAN = "plan"
    DRIFT = "drift"
    DIFF = "diff"


def title_of(plan: Plan, view: View, say: Catalogue) -> str:
    """The heading of a plan."""
    values = {"bureau": plan.register.label, "date": plan.date}
    match view:
        case View.PLAN:
            return say("Plan for {bureau} on {date}", **values)
        case View.DRIFT:
            return say("Drift at {bureau} on {date}", **values)
        case View.DIFF:
            return say("What the YAML changes at {bureau} on {date}", **values)
