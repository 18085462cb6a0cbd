"""From a filled-in form to a rule: what somebody without git asks for, checked against the register. Pure.

    body of the form ─ form (answers, with their places) ─ understand (who, where, what, until) ─ rule

Everything in the form is written by a stranger. It names persons, clients and programs one by one, never a selector,
and becomes values that are quoted by our own writer.
"""

from reconciler.request.form import read_form
from reconciler.request.rule import Request, branch_of, rule_name
from reconciler.request.understand import understand

__all__ = ["Request", "branch_of", "read_form", "rule_name", "understand"]
