"""What `explain` and `who` answer as documents of names, as `schemas/plan.schema.json` describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.grid.arrays import bits
from reconciler.plan.document import accepted_document
from reconciler.plan.explain import EVERY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.desired import Rule
    from reconciler.desired.excepted import Excepted
    from reconciler.grid import Register
    from reconciler.guardrails import Violation
    from reconciler.plan.explain import Covering, Edit, Explanation, Holding, Step
    from reconciler.plan.holders import Held, Holders


def explanation_document(found: Explanation, edits: Mapping[int, Edit]) -> dict[str, Any]:
    """An explanation in names.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
    """
    register, asked = found.register, found.asked
    return {
        "bureau": register.bureau,
        "date": found.date.isoformat(),
        "revision": found.revision,
        "operator": found.operator.key,
        "consultant": register.consultants.names[asked.consultant],
        "client": register.clients.names[asked.client],
        "program": None if asked.program is None else register.programs.names[asked.program],
        "ground": found.ground.value,
        "desired": _holding(register, found.desired),
        "until": found.until.isoformat() if found.until else None,
        "current": _holding(register, found.current),
        "rules": [_covering(found, covering, edits.get(covering.rule)) for covering in found.coverings],
        "steps": [_step(found, step) for step in found.steps],
        "left-as-it-is": _holding(register, found.left),
        "others-who-have-it": [register.consultants.names[i] for i in found.holders],
        "violations": [_violation(found, violation) for violation in found.violations],
        "excepted": [_excepted(found, one) for one in found.excepted],
    }


def _violation(found: Explanation, violation: Violation) -> dict[str, Any]:
    return {
        "kind": violation.kind.value,
        "guardrail": violation.guardrail,
        "fate": violation.fate.value,
        "message": str(violation.message),
        "reason": violation.reason,
        "programs": _programs(found.register, violation.programs),
        "waiver": None if violation.waiver is None else accepted_document(violation.waiver),
    }


def _excepted(found: Explanation, one: Excepted) -> dict[str, Any]:
    return {
        "rule": found.rules[one.rule].name,
        "access": one.access,
        "programs": _programs(found.register, one.programs),
        "file": one.position.file,
        "line": one.position.line,
    }


def _covering(found: Explanation, covering: Covering, edit: Edit | None) -> dict[str, Any]:
    return {
        **rule_document(found.rules[covering.rule], edit),
        "programs": _programs(found.register, covering.programs),
    }


def rule_document(rule: Rule, edit: Edit | None) -> dict[str, Any]:
    """A rule without what it covers."""
    return {
        "rule": rule.name,
        "kind": rule.kind.value,
        "standing": rule.standing.value,
        "from": rule.start.isoformat() if rule.start else None,
        "until": rule.until.isoformat() if rule.until else None,
        "reason": rule.reason,
        "file": rule.position.file,
        "line": rule.position.line,
        "changed": None
        if edit is None
        else {
            "date": edit.date.isoformat() if edit.date else None,
            "author": edit.author,
            "commit": edit.commit,
        },
    }


def _step(found: Explanation, step: Step) -> dict[str, Any]:
    return {
        "change": step.change.value,
        "programs": _programs(found.register, step.programs),
        "reason": step.reason.value if step.reason else None,
        "guardrail": step.guardrail or None,
        "could": None if step.could is None else list(step.could),
        "rules": list(dict.fromkeys(found.rules[rule].name for rule in step.rules)),
    }


def holders_document(found: Holders, edits: Mapping[int, Edit]) -> dict[str, Any]:
    """Who has what, in names; by client, then consultant."""
    named = sorted({rule for group in found.groups for rule in group.rules})
    register = found.register
    return {
        "bureau": register.bureau,
        "date": found.date.isoformat(),
        "revision": found.revision,
        "of": "desired" if found.desired else "current",
        "programs": _programs(register, EVERY if found.programs is None else found.programs),
        "entries": [_entry(found, *entry) for entry in found.entries()],
        "rules": [rule_document(found.rules[rule], edits.get(rule)) for rule in named],
    }


def _entry(found: Holders, consultant: int, client: int, mask: int, group: Held) -> dict[str, Any]:
    register = found.register
    return {
        "consultant": register.consultants.names[consultant],
        "client": register.clients.names[client],
        "programs": _programs(register, mask),
        "ground": group.ground.value,
        "rules": [found.rules[rule].name for rule in group.rules],
    }


def _holding(register: Register, holding: Holding) -> dict[str, Any]:
    return {"access": holding.access, "programs": _programs(register, holding.programs)}


def _programs(register: Register, mask: int) -> list[str]:
    names = register.programs.names
    return [names[program] for program in bits(mask) if program < len(names)]
