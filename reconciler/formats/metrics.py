"""What a drift check found, as Prometheus reads it from a file (the text-file collector of its node exporter).

It knows no plan: a check that remembers that all was in sync writes it without one. No label is a name that anybody
can add at will: there is the bureau, the kind of difference, and what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("given", "removed", "missing", "unmanaged")
"""The kinds of difference; those of `plan.drift.Kind`."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        bureau: its key.
        in_sync: whether all was as it should be.
        figures: by kind of difference how many accesses and how many programs differ; 0 where nothing is said.
        blocked: how many differences apply does not put right.
        violations: how many guardrails are broken, or would be.
    """

    bureau: str
    in_sync: bool
    figures: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    blocked: int = 0
    violations: int = 0


def metrics_text(checked: Checked, at: float, seconds: float) -> bytes:
    """The content of the file.

    Args:
        checked: what was found.
        at: when, in seconds since 1970.
        seconds: how long it took.
    """
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        return Gauge(f"reconciler_drift_{name}", says, ["bureau", *labels], registry=registry)

    differences = gauge("differences", "What differs between the YAML and the bureau.", "kind", "what")
    for kind in KINDS:
        accesses, programs = checked.figures.get(kind, (0, 0))
        differences.labels(checked.bureau, kind, "access").set(accesses)
        differences.labels(checked.bureau, kind, "program").set(programs)
    said = {
        "in_sync": ("Whether the bureau is what the YAML says (1) or not (0).", int(checked.in_sync)),
        "blocked": ("Differences that apply does not put right.", checked.blocked),
        "violations": ("Guardrails that are broken, or would be.", checked.violations),
        "checked_timestamp_seconds": ("When the bureau was last compared with the YAML.", at),
        "duration_seconds": ("How long that took.", seconds),
    }
    for name, (says, value) in said.items():
        gauge(name, says).labels(checked.bureau).set(value)
    return generate_latest(registry)
