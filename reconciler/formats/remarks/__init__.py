"""Remarks: errors, warnings and what guardrails say, at file and line, as the forges and their scanners take them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.remarks.findings import error_remarks, finding_remarks
from reconciler.formats.remarks.plan import plan_remarks
from reconciler.formats.remarks.remark import Level, Remark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue


def remarks_as(remarks: Sequence[Remark], form: str, say: Catalogue) -> str:
    """Remarks in one of the formats "sarif", "github" and "gitlab"."""
    match form:
        case "sarif":
            from reconciler.formats.remarks.sarif import sarif

            return sarif(remarks, say)
        case "github":
            from reconciler.formats.remarks.github import in_the_log

            return in_the_log(remarks, say)
        case _:
            from reconciler.formats.remarks.gitlab import code_quality

            return code_quality(remarks, say)


__all__ = ["Level", "Remark", "error_remarks", "finding_remarks", "plan_remarks", "remarks_as"]
