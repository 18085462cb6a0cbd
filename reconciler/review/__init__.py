"""Access reviews: somebody who answers for it looks at who has what, and signs that it shall stay or go.

what the bureau has, and the rules ─ a list for each team or client ─ decisions ─ a sign-off, kept beside the YAML
                                                                                     │
what the bureau has now ──────────────────────────────── how it stands ──────────────┘
"""

from __future__ import annotations

from reconciler.review.values import Decision, Item, Made, Review, Scope, ScopeKind, SignOff

__all__ = ["Decision", "Item", "Made", "Review", "Scope", "ScopeKind", "SignOff"]
