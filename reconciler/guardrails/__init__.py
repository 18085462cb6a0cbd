"""Limits and duties: pure functions over the whole plan, which may refuse it."""

from reconciler.guardrails.limits import Refusal, check_removals

__all__ = ["Refusal", "check_removals"]
