"""The plan as a document of names: what `--format json` prints, what is compared and, later, approved.

Plain dicts, lists, strings and numbers; described by `schemas/plan.schema.json`. Everything is in a fixed
order, so that the same plan is the same document byte for byte (law 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.grid import Change
from reconciler.grid.arrays import bits
from reconciler.guardrails import Kind
from reconciler.plan.takeover import takeover
from reconciler.rights import Reason

if TYPE_CHECKING:
    from reconciler.errors import Finding
    from reconciler.grid import Block
    from reconciler.guardrails import Accepted, Violation
    from reconciler.plan.values import Blocked, EndingWaiver, Operation, Plan

FORMAT = "reconciler-plan/1"
"""Name and version of the document; the number grows when a reader of the old one would be misled."""


def plan_document(plan: Plan) -> dict[str, Any]:
    """All of a plan, in names."""
    others = plan.others
    return {
        "format": FORMAT,
        "bureau": plan.register.bureau,
        "date": plan.date.isoformat(),
        "revision": plan.revision,
        "operator": plan.operator.key,
        "in-sync": plan.in_sync,
        "digest": plan.digest,
        "violations": [violation_document(plan, violation) for violation in plan.violations],
        "summary": summary_document(plan),
        "sensitive": program_names(plan, plan.sensitive),
        "operations": [_operation(plan, operation) for operation in plan.operations],
        "blocked": [_blocked(plan, blocked) for blocked in plan.blocked],
        "takeover": _takeover(plan),
        "messages": _messages(plan),
        "unmanaged": [_block(plan, it.block) for it in plan.unmanaged],
        "ending": [{"rule": plan.rules[e.rule].name, "until": e.until.isoformat()} for e in plan.ending],
        "ending-waivers": [_ending_waiver(waiver) for waiver in plan.ending_waivers],
        "refusals": [
            {"guardrail": r.guardrail, "figure": r.figure, "limit": r.limit, "message": str(r.message)}
            for r in plan.refusals
        ],
        "findings": [finding_document(finding) for finding in plan.findings],
        "operators-known": others is not None,
    }


def _messages(plan: Plan) -> dict[str, dict[str, str]]:
    """What the expressions say that the plan mentions."""
    blocked = {one.guardrail for one in plan.blocked if one.reason is Reason.EXPRESSION}
    mentioned = blocked | {one.guardrail for one in plan.violations if one.kind is Kind.EXPRESSION}
    return {name: dict(says) for name, says in plan.messages.items() if name in mentioned}


def summary_document(plan: Plan) -> dict[str, int]:
    """The figures of a plan."""
    figures = plan.summary
    return {
        "accesses-given": figures.accesses_given,
        "programs-added": figures.programs_added,
        "programs-removed": figures.programs_removed,
        "accesses-removed": figures.accesses_removed,
        "blocked": figures.blocked,
        "unmanaged": figures.unmanaged,
        "operations": len(plan.operations),
    }


def finding_document(finding: Finding) -> dict[str, Any]:
    """One finding; its sentence in English, its code for machines."""
    position = finding.position
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": str(finding.message),
        "hint": str(finding.hint) if finding.hint else None,
        "file": position.file if position else None,
        "line": position.line if position else None,
        "column": position.column if position else None,
    }


def program_names(plan: Plan, mask: int) -> list[str]:
    """The keys of the programs in a mask."""
    return [plan.register.programs.names[program] for program in bits(mask)]


def _block(plan: Plan, block: Block) -> dict[str, Any]:
    register = plan.register
    return {
        "consultants": [register.consultants.names[i] for i in block.consultants],
        "clients": [register.clients.names[i] for i in block.clients],
        "programs": program_names(plan, block.mask),
    }


def _operation(plan: Plan, operation: Operation) -> dict[str, Any]:
    gone = operation.programs if operation.change is Change.REMOVE_ACCESS else 0
    return {
        "change": operation.change.value,
        "operation": operation.change.operation.value,
        **_block(plan, operation.block),
        "programs-that-go-with-it": program_names(plan, gone),
        "pairs": operation.pairs,
        "cells": operation.cells,
        "rules": [plan.rules[rule].name for rule in operation.rules],
        "after": list(operation.after),
    }


def violation_document(plan: Plan, violation: Violation) -> dict[str, Any]:
    """What a guardrail finds, in names."""
    return {
        "kind": violation.kind.value,
        "guardrail": violation.guardrail,
        "fate": violation.fate.value,
        "message": str(violation.message),
        "reason": violation.reason,
        "blocks": [_block(plan, block) for block in violation.blocks],
        "cells": violation.cells,
        "waiver": None if violation.waiver is None else accepted_document(violation.waiver),
    }


def accepted_document(waiver: Accepted) -> dict[str, str]:
    """The waiver that accepts a finding."""
    return {
        "waiver": waiver.waiver,
        "reason": waiver.reason,
        "approved-by": waiver.approved_by,
        "until": waiver.until.isoformat(),
    }


def _ending_waiver(waiver: EndingWaiver) -> dict[str, str]:
    return {
        "waiver": waiver.waiver,
        "guardrail": waiver.guardrail,
        "until": waiver.until.isoformat(),
        "approved-by": waiver.approved_by,
    }


def _takeover(plan: Plan) -> dict[str, Any] | None:
    waits = takeover(plan)
    return None if waits is None else {"cells": waits.cells, "line": waits.line, "allow": list(waits.allow)}


def _blocked(plan: Plan, blocked: Blocked) -> dict[str, Any]:
    return {
        "change": blocked.change.value,
        "reason": blocked.reason.value,
        "guardrail": blocked.guardrail or None,
        **_block(plan, blocked.block),
        "cells": blocked.cells,
        "rules": [plan.rules[rule].name for rule in blocked.rules],
        "could": None if blocked.could is None else list(blocked.could),
    }
