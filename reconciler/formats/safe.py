"""Make untrusted text safe to print: names from YAML and backends may hold anything.

A control character could move the cursor or recolour a terminal, a bidirectional mark could show a name
backwards, a line break could forge a line of the plan; each is shown as its code instead.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # control characters, with tab and line breaks
    "\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible and bidirectional
    "\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]"  # annotations, tags, lone surrogates
)


def clean(text: str) -> str:
    r"""The text in one line, with every unsafe character replaced by its code, such as `\u202e`."""
    return text if text.isprintable() else _UNSAFE.sub(lambda match: _code(match[0]), text)


def _code(character: str) -> str:
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
