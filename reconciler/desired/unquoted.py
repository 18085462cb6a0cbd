"""Plain scalars that other YAML readers turn into a number, a truth value, a date or nothing.

We keep the string that was written; but an editor, a formatter or the next reader may not: 0042 becomes 34,
1e3 becomes 1000.0, `no` becomes false. So such a name must be quoted. The forms are those of YAML 1.1
(type repository: bool, float, int, null, timestamp) and of the YAML 1.2 core schema together.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from reconciler.errors import Finding, Message

if TYPE_CHECKING:
    from reconciler.desired.document import Document

WORDS = frozenset(
    form
    for word in ("y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "")
    for form in (word, word.capitalize(), word.upper())
)
"""Plain scalars that are never text to everybody; the empty one is `key:` with nothing after it."""

SIGNS = frozenset("0123456789+-.")
"""What a plain number or date starts with."""

TYPED_KEYS = frozenset(
    {
        *("from", "until", "reason", "message", "en", "sv", "must"),
        *("date", "access", "active"),  # of an expression's examples
        "max-removals",  # of an earlier version: its hint is enough
        *("removals", "removals-per-client", "removals-per-consultant", "grants", "operations"),
        *("consultants-per-client", "system-administrators-per-client", "above", "until-within"),
    }
)
"""Keys whose values are dates, numbers or free text, and need no quotes."""


class Kind(StrEnum):
    """What a plain scalar is taken for."""

    NUMBER = "number"
    LEADING_ZERO = "leading-zero"
    TRUTH = "truth"
    DATE = "date"
    NOTHING = "nothing"


_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([Tt \t].*)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+|[-+]?0o[0-7_]+")
_NUMBER = re.compile(
    r"""[-+]?(
      0b[01_]+ | 0x[0-9a-fA-F_]+                   # binary, hexadecimal
    | [0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?      # sexagesimal: 12:30:00
    | (\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?
    | \.(inf|Inf|INF)
    ) | \.(nan|NaN|NAN)""",
    re.VERBOSE,
)


def kind_of(text: str) -> Kind | None:
    """What other readers take a plain scalar for; None where everybody reads text."""
    if text in WORDS:
        return Kind.NOTHING if text.lower() in {"", "~", "null"} else Kind.TRUTH
    if _DATE.fullmatch(text):
        return Kind.DATE
    if _LEADING_ZERO.fullmatch(text):
        return Kind.LEADING_ZERO
    return Kind.NUMBER if _NUMBER.fullmatch(text) else None


_READ_AS: dict[Kind, Message] = {
    Kind.NUMBER: Message("{text} without quotes is a number, not a name"),
    Kind.LEADING_ZERO: Message("{text} without quotes is a number that loses its zero, not a name"),
    Kind.TRUTH: Message("{text} without quotes means yes or no, not a name"),
    Kind.DATE: Message("{text} without quotes is a date, not a name"),
    Kind.NOTHING: Message("{text} without quotes means nothing at all, not a name"),
}


def unquoted_names(document: Document) -> list[Finding]:
    """An error for each name that needs quotes; what is missing altogether is the schema's to say."""
    hint = Message('put it in quotes: "{text}"')
    found = []
    for node, text in document.unquoted:
        kind = kind_of(text)
        if kind is not None and text:
            message = Message(_READ_AS[kind].text, text=text)
            found.append(document.finding("needs-quotes", message, node, Message(hint.text, text=text)))
    return found
