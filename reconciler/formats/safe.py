r"""Make untrusted text safe to print: names from YAML and backends may hold anything.

A control character could move the cursor or recolour a terminal, a bidirectional mark could show a name
backwards, a line break could forge a line of the plan, an invisible one make two names look alike: each is shown as
its code instead. What is printed also lands in the log of a pipeline, whose runner takes some lines for commands, and
in comments of pull requests, between two fences of a code block:

    ::error::, ::add-mask::        at the start of a line, spaces before it do not count (GitHub, Forgejo)
    ##[error], ##vso[…]            anywhere in a line (GitHub, Azure Pipelines, TeamCity)
    ``` and ~~~                    at the start of a line end a code block

Lines are wrapped, so every word may come to stand at the start of one.
"""

from __future__ import annotations

import re

from reconciler.invisible import unseen

_ACTS = re.compile(r"(?:(?<!\S)(?=::|```|~~~)|(?<=#)(?=#\w*\[)).")
"""The character by whose code a command or the end of a code block becomes mere text."""

LONGEST = 300
"""Characters of a name, a reason or the like that are shown: more could push all else off the screen."""

LONGEST_VALUE = 1_000
"""Characters of any value in a sentence; a few names joined are longer than one."""


def clean(text: str) -> str:
    r"""The text in one line, with every unsafe character replaced by its code, such as `\u202e`."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(_code(one) if unseen(one) else one for one in text)
    if "::" in text or "#" in text or "``" in text or "~~" in text:
        text = _ACTS.sub(lambda found: _code(found[0]), text)
    return text


def short(text: str, longest: int = LONGEST) -> str:
    """A name or a reason, clean; where it is far too long, its beginning and its end."""
    if len(text) > longest:
        text = f"{text[: longest * 2 // 3]} … {text[-longest // 3 :]}"
    return clean(text)


def _code(character: str) -> str:
    number = ord(character)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
