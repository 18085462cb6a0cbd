"""Remarks from findings, and from errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.errors import Severity
from reconciler.formats.remarks.remark import Level, Remark

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.errors import Finding, ReconcilerError
    from reconciler.formats.catalogue import Catalogue


def finding_remarks(findings: Iterable[Finding], say: Catalogue) -> list[Remark]:
    """One for each finding."""
    return [
        Remark(
            level=Level.ERROR if finding.severity is Severity.ERROR else Level.WARNING,
            rule=finding.code,
            message=say.message(finding.message),
            identity=(finding.position.file if finding.position else "", str(finding.message)),
            position=finding.position,
            hint=say.message(finding.hint) if finding.hint else "",
            also=finding.also,
        )
        for finding in findings
    ]


def error_remarks(error: ReconcilerError, say: Catalogue) -> list[Remark]:
    """What an error found, or the error itself where it found nothing in particular."""
    if error.findings:
        return finding_remarks(error.findings, say)
    hint = say.message(error.hint) if error.hint else ""
    return [Remark(Level.ERROR, "failed", say.message(error.message), (str(error.message),), hint=hint)]
