"""Regular expressions that stand in the YAML: whoever writes one must not be able to stop a plan with it.

They are compiled by the engine of the schema validator, which takes time in proportion to the text, whatever
the expression, and refuses what would be large. It knows no lookaround and no references back.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jsonschema_rs

LONGEST = 200
"""Characters of an expression, and of a text that is held against one."""

_SIZE = 1 << 20
"""Bytes that an expression may take when it is compiled."""


def is_pattern(pattern: str) -> bool:
    """Whether it is an expression that can be used."""
    return _compiled(pattern) is not None


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of a text is what an expression describes; nothing fits what is no expression."""
    compiled = _compiled(pattern)
    return compiled is not None and len(text) <= LONGEST and compiled.is_valid(text)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> jsonschema_rs.Validator | None:
    import jsonschema_rs

    if len(pattern) > LONGEST:
        return None
    options = jsonschema_rs.RegexOptions(size_limit=_SIZE, dfa_size_limit=_SIZE)
    # by itself too: “a)(b” would be an expression in the parentheses alone
    texts = [{"pattern": text} for text in (pattern, f"^(?:{pattern})$")]
    try:
        return jsonschema_rs.validator_for({"allOf": texts}, pattern_options=options)
    except jsonschema_rs.ValidationError:
        return None
