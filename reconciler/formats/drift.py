"""Drift as a document of names, for monitoring; described by `schemas/plan.schema.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.plan.document import finding_document, program_names, violation_document
from reconciler.plan.drift import Through

if TYPE_CHECKING:
    from reconciler.plan.drift import Drift, Drifted, Obstacle, Origin
    from reconciler.plan.values import Plan

FORMAT = "reconciler-drift/1"
"""Name and version of the document; the number grows when a reader of the old one would be misled."""


def drift_document(drift: Drift) -> dict[str, Any]:
    """All of a drift, in names."""
    plan = drift.plan
    return {
        "format": FORMAT,
        "bureau": plan.register.bureau,
        "date": plan.date.isoformat(),
        "revision": plan.revision,
        "operator": plan.operator.key,
        "in-sync": drift.in_sync,
        "history": drift.told.value,
        "since": drift.since.isoformat() if drift.since else None,
        "summary": {
            **{
                kind.value: {"accesses": found.accesses, "programs": found.programs}
                for kind, found in drift.figures.items()
            },
            "blocked": drift.blocked,
            "older": drift.older,
        },
        "drift": [item_document(plan, one) for one in drift.items],
        "violations": [violation_document(plan, one) for one in plan.violations],
        "findings": [finding_document(one) for one in plan.findings],
    }


def item_document(plan: Plan, one: Drifted) -> dict[str, Any]:
    """One block of differences, in names."""
    register, block = plan.register, one.block
    return {
        "kind": one.kind.value,
        "consultants": [register.consultants.names[i] for i in block.consultants],
        "clients": [register.clients.names[i] for i in block.clients],
        "access": one.access,
        "programs": program_names(plan, block.mask),
        "pairs": block.pairs,
        "cells": one.cells,
        "through": one.origin.through.value,
        "by": _by(one.origin),
        "day": one.origin.day.isoformat() if one.origin.day else None,
        "ground": one.ground.value,
        "rules": [plan.rules[rule].name for rule in one.rules],
        "blocked": _obstacle(one.obstacle),
    }


def _by(origin: Origin) -> dict[str, Any] | None:
    if origin.through is not Through.OPERATION:
        return None
    return {"operator": origin.key, "name": origin.label, "run": origin.run or None}


def _obstacle(obstacle: Obstacle | None) -> dict[str, Any] | None:
    if obstacle is None:
        return None
    could = None if obstacle.could is None else list(obstacle.could)
    return {"reason": obstacle.reason.value, "guardrail": obstacle.guardrail or None, "could": could}
