"""Make untrusted text safe to print: names from YAML and backends may hold anything.

A control character could move the cursor or recolour a terminal, a bidirectional mark could show a name
backwards, a line break could forge a line of the plan; each is shown as its code instead.
"""

from __future__ import annotations

import unicodedata

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's controls, invisible and bidirectional formatting, lone surrogates, line and paragraph separators."""


def clean(text: str) -> str:
    r"""The text in one line, with every unsafe character replaced by its code, such as `\u202e`."""
    if text.isprintable():
        return text
    return "".join(_code(one) if unicodedata.category(one) in _UNSAFE else one for one in text)


def _code(character: str) -> str:
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
