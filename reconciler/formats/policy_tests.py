"""What became of the examples of policy expressions, as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.errors import Position
    from reconciler.guardrails.expressions.examples import Outcome, Tried


def policy_tests_document(tested: Sequence[Tried]) -> dict[str, Any]:
    """Every expression with its examples, by name."""
    return {
        "passed": all(one.passed for one in tested),
        "expressions": [
            {
                "expression": one.name,
                **_place(one.position),
                "passed": one.passed,
                "examples": [_outcome(outcome) for outcome in one.outcomes],
            }
            for one in tested
        ],
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "example": outcome.number,
        "expects": "allows" if outcome.allows else "denies",
        **_place(outcome.position),
        "passed": outcome.passed,
        "message": str(outcome.message),
    }


def _place(position: Position) -> dict[str, Any]:
    return {"file": position.file, "line": position.line, "column": position.column}
