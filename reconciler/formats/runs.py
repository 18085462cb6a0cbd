"""The journal as documents of names, as `schemas/plan.schema.json` describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.apply import Ended
from reconciler.formats.json import results_document
from reconciler.grid import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.apply import Results
    from reconciler.journal import Run


def runs_document(runs: Iterable[Run]) -> dict[str, Any]:
    """All runs, in their order."""
    return {"runs": [_run(run) for run in runs]}


def run_document(run: Run, results: Results) -> dict[str, Any]:
    """A run and what became of each of its operations."""
    return {"journal": _run(run), **results_document(results)}


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.key,
        "state": run.state.value,
        "begun": run.begun,
        "ended": run.ended,
        "attempts": run.attempts,
        "bureau": run.bureau,
        "backend": run.backend,
        "operator": run.operator,
        "started-by": run.who,
        "commit": run.source,
        "digest": run.digest,
        "operations": {ended.value: run.orders[ended] for ended in Ended if run.orders.get(ended)},
        "outcomes": {
            outcome.value: run.outcomes[outcome] for outcome in Outcome if run.outcomes.get(outcome)
        },
    }
