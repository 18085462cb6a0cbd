"""The code-quality report of GitLab, which a merge request shows; the fingerprint leaves the line out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.json import to_json
from reconciler.formats.remarks.places import Places
from reconciler.formats.remarks.remark import ELSEWHERE, Level, Remark, fingerprints, worst_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info"}


def code_quality(remarks: Sequence[Remark], say: Catalogue) -> str:
    """One issue for each remark, the worst first."""
    places, ordered = Places(), worst_first(remarks)
    return to_json(
        [
            {
                "description": _text(remark, say),
                "check_name": remark.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[remark.level],
                "location": {
                    "path": places.path((remark.position or ELSEWHERE).file),
                    "lines": {"begin": (remark.position or ELSEWHERE).line},
                },
            }
            for remark, fingerprint in zip(ordered, fingerprints(ordered), strict=True)
        ]
    )


def _text(remark: Remark, say: Catalogue) -> str:
    """In one line, as the widget shows no other."""
    return f"{remark.message} ({say('hint: {hint}', hint=remark.hint)})" if remark.hint else remark.message
