"""One file per output format; message catalogues. What is shown goes through here, in one of the formats."""

from reconciler.formats.kinds import REMARKS, TABLES
from reconciler.formats.showing.answers import (
    show_audit,
    show_error,
    show_explanation,
    show_findings,
    show_holders,
    show_missing_rights,
    show_policy_tests,
    show_register_moved,
    show_request,
    show_rights,
    show_run,
    show_runs,
)
from reconciler.formats.showing.plans import (
    show_applied,
    show_diff,
    show_drift,
    show_joint_applied,
    show_joint_plan,
    show_plan,
)
from reconciler.formats.showing.reviews import (
    show_reviews,
    show_signed,
    show_standings,
    sign_off_text,
)

__all__ = [
    "REMARKS",
    "TABLES",
    "show_applied",
    "show_audit",
    "show_diff",
    "show_drift",
    "show_error",
    "show_explanation",
    "show_findings",
    "show_holders",
    "show_joint_applied",
    "show_joint_plan",
    "show_missing_rights",
    "show_plan",
    "show_policy_tests",
    "show_register_moved",
    "show_request",
    "show_reviews",
    "show_rights",
    "show_run",
    "show_runs",
    "show_signed",
    "show_standings",
    "sign_off_text",
]
