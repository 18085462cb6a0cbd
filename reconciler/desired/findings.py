"""Many findings at once: in the order of the file, each once, and an error if one of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Finding, InputError, Position, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOWHERE = Position("", 0, 0)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """By file, line and column; what is said twice of one place is said once."""
    unique: dict[tuple[Position, str, str], Finding] = {}
    for finding in findings:
        unique.setdefault((finding.position or _NOWHERE, finding.code, str(finding.message)), finding)
    return [unique[key] for key in sorted(unique)]


def fail_or_warnings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The warnings, in order.

    Raises:
        InputError: where there is an error among them; with the warnings too.
    """
    ordered = in_order(findings)
    if any(finding.severity is Severity.ERROR for finding in ordered):
        raise InputError.of(ordered)
    return tuple(ordered)
