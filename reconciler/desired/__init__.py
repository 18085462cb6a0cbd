"""YAML to `Desired`: positions, schema, selectors, rules. The only room that reads YAML.

    folder ─ source ─ reader ─ characters, schema ─ merge ─ checks ─┬─ resolve ─ Desired
             (text)   (data,   (what is wrong      (Policy) (dates, │
                       places)  in one document)      names) register

Everything up to `Policy` needs no backend; `resolve` turns names into ids and selectors into arrays.
Findings are collected, never raised one by one; nothing here prints, and nothing but `source` reads files.
"""

from reconciler.desired.config import read_checked
from reconciler.desired.folder import load
from reconciler.desired.guardrails import Amount, Guardrails, Limits
from reconciler.desired.pick import is_selector, pick
from reconciler.desired.policy import Policy
from reconciler.desired.resolve import resolve
from reconciler.desired.values import (
    Desired,
    Renames,
    Rule,
    RuleKind,
    Scope,
    Sources,
    Standing,
    Unlisted,
)

__all__ = [
    "Amount",
    "Desired",
    "Guardrails",
    "Limits",
    "Policy",
    "Renames",
    "Rule",
    "RuleKind",
    "Scope",
    "Sources",
    "Standing",
    "Unlisted",
    "is_selector",
    "load",
    "pick",
    "read_checked",
    "resolve",
]
