"""JSON for machines: plan, results and findings as documents that `schemas/plan.schema.json` describes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.apply import Item, Result, Results


def to_json(document: Any) -> str:
    """A document as JSON, keys in the order they were put in, with a line break at its end.

    Letters stay as they are; what could act on a terminal is escaped, which reads back the same.
    """
    lines = json.dumps(document, ensure_ascii=False, indent=2).split("\n")
    return "".join(f"{line if line.isprintable() else _escaped(line)}\n" for line in lines)


def _escaped(line: str) -> str:
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in line)


def results_document(results: Results) -> dict[str, Any]:
    """What became of a plan, in names."""
    return {
        "run": results.run,
        "clean": results.clean,
        "interrupted": results.interrupted,
        "outcomes": {outcome.value: count for outcome, count in sorted(results.outcomes.items())},
        "operations": [_result(result) for result in results.results],
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "operation": result.operation,
        "kind": result.order.kind.value,
        "ended": result.ended.value,
        "job": result.job,
        "problem": str(result.problem) if result.problem else None,
        "items": [_item(item) for item in result.items],
        "missing": [list(cell) for cell in result.missing],
        "unexpected": [list(cell) for cell in result.unexpected],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "consultant": item.consultant,
        "client": item.client,
        "access": item.access,
        "programs": list(item.programs),
        "outcome": item.outcome.value,
        "reason": item.reason,
    }
