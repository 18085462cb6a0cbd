"""Limits and duties: pure functions over the whole plan, which may refuse it."""

from reconciler.guardrails.limits import Limit, Refusal, check_removals

__all__ = ["Limit", "Refusal", "check_removals"]
