"""Policy expressions: what a bureau demands of every change, in CEL.

    engine      what is asked of an engine, and what it answers; `cel` is the one that there is
    vocabulary  what an expression may look at
    checks, look, tree, words   what is wrong with a text, what it looks at, and how that is told
    rows, facts, guard          judge the changes of a plan, each class of equal cases once
    policy, examples            the expressions of a policy folder: compile them, check their names, run their examples

The library behind `cel` is imported where there is an expression, and nowhere else.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.guardrails.expressions.engine import Compiled, Refused


@lru_cache(maxsize=1024)
def compiled(text: str) -> Compiled | Refused:
    """An expression, or all that is wrong with its text."""
    from reconciler.guardrails.expressions.cel import Cel

    return Cel().compile(text)
