"""What people read on a terminal and in a log: 80 columns, no colour needed, nothing unsafe."""

from reconciler.formats.text.explain import explanation_text
from reconciler.formats.text.findings import findings_text
from reconciler.formats.text.plan import plan_text
from reconciler.formats.text.results import applied_text
from reconciler.formats.text.rights import rights_text
from reconciler.formats.text.who import holders_text

__all__ = [
    "applied_text",
    "explanation_text",
    "findings_text",
    "holders_text",
    "plan_text",
    "rights_text",
]
