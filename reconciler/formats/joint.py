"""A plan of several operators, and what became of it, as documents of names: see `schemas/plan.schema.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.formats.json import results_document
from reconciler.plan.document import plan_document
from reconciler.plan.joint import JointPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.apply.parts import Carried
    from reconciler.errors import Message

FORMAT = "reconciler-joint-plan/1"
"""Name and version of the document; the number grows when a reader of the old one would be misled."""


def joint_document(joint: JointPlan, without: Mapping[str, Message]) -> dict[str, Any]:
    """The whole, whose operations are those of the parts, and the part of each operator.

    Args:
        joint: what to tell of.
        without: by the name that they have in the configuration, why operators have no token.
    """
    return {
        "format": FORMAT,
        "operators": [one.key for one in joint.whole.operator.each],
        "without-token": [{"name": name, "why": str(why)} for name, why in without.items()],
        "whole": plan_document(joint.whole),
        "parts": [plan_document(part.plan) for part in joint.parts],
    }


def joint_applied_document(
    joint: JointPlan,
    carried: Sequence[Carried],
    left: JointPlan | Message,
    without: Mapping[str, Message],
) -> dict[str, Any]:
    """A plan of several, what became of each part, and what is left."""
    return {
        "plan": joint_document(joint, without),
        "clean": all(part.clean for part in carried),
        "parts": [
            {
                "operator": part.plan.operator.key,
                "problem": str(part.problem) if part.problem else None,
                "runs": [results_document(results) for results in part.runs],
            }
            for part in carried
        ],
        "left": joint_document(left, without) if isinstance(left, JointPlan) else None,
    }
