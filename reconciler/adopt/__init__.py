"""What a bureau has, as rules that people understand: state + register + policy → rules, and their YAML.

    gather ─ selectors that fit ─ blocks of what remains ─ names ─ files ─ check
    (what no rule gives)          (cover)

Pure: it reads and writes no file. It must never write a rule that gives more than the bureau has, or that a
denial forbids; `check` resolves the written text again and compares, whatever the search has found.
"""

from reconciler.adopt.adopt import Adopted, adopt
from reconciler.adopt.gather import Left

__all__ = ["Adopted", "Left", "adopt"]
