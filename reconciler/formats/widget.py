"""The figures of a plan for the box that GitLab shows on a merge request, made for Terraform.

https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsterraform: what is created, updated and deleted.
What has those figures here is an access: given, with other programs than before, or taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reconciler.grid.change import Change

if TYPE_CHECKING:
    from reconciler.plan import Plan


def widget(plan: Plan) -> dict[str, int]:
    """The document; each pair of consultant and client counts once."""
    allowed = plan.changes.allowed
    changed = [allowed[one].keys for one in (Change.ADD_PROGRAMS, Change.REMOVE_PROGRAMS) if one in allowed]
    return {
        "create": _pairs(plan, Change.GIVE_ACCESS),
        "update": len(np.unique(np.concatenate(changed))) if changed else 0,
        "delete": _pairs(plan, Change.REMOVE_ACCESS),
    }


def _pairs(plan: Plan, change: Change) -> int:
    rows = plan.changes.allowed.get(change)
    return 0 if rows is None else len(rows.keys)
