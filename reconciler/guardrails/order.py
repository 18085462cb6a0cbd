"""Which guardrails there are, in the order in which they are asked.

    holds on removals ─ rights ─ holds on grants (they see what removals are left) ─ rights ─ limits, violations

What one of them holds back is no longer in the case of the next: a change has one reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.guardrails.denials import broken_denials
from reconciler.guardrails.expressions import guard
from reconciler.guardrails.lacking import accepted_lacks, requirements
from reconciler.guardrails.protected import own_access, protected
from reconciler.guardrails.taken_over import not_taken_over
from reconciler.guardrails.together import broken_sets, never_together

if TYPE_CHECKING:
    from reconciler.guardrails.case import Finding, Holding

ON_REMOVALS: tuple[Holding, ...] = (own_access, protected, not_taken_over, guard.on_removals)
"""They see every removal that is wanted, whoever may do it; what is granted is not decided yet."""

ON_GRANTS: tuple[Holding, ...] = (never_together, requirements, guard.on_grants)
"""They see every grant that is wanted, whoever may do it, and the removals that will really be done."""

FINDINGS: tuple[Finding, ...] = (broken_denials, broken_sets, accepted_lacks, guard.warnings)
"""They see what will really be done."""
