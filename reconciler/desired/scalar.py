"""How one text is written in YAML: plain where everybody reads it as text, else in double quotes."""

from __future__ import annotations

import json
import re
import textwrap

from reconciler.desired.unquoted import TYPED_KEYS, kind_of
from reconciler.invisible import unseen

_PLAIN = re.compile(r"(?![-?:,\[\]{}#&*!|>'\"%@`=~<]|\.\.\.)\S(?:.*\S)?")
_BREAKS = re.compile(r": | #|:$|\t")
_FLOW = re.compile(r"[,\[\]{}]")


def scalar(text: str, *, key: str = "", flow: bool = False) -> str:
    """A text as YAML on one line.

    Args:
        text: what it shall say.
        key: what it is the value of: some take dates, numbers or free text without quotes.
        flow: whether it stands inside brackets, where some marks mean something.
    """
    if _plain(text, flow=flow) and (key in TYPED_KEYS or kind_of(text) is None):
        return text
    seen = not any(map(unseen, text))
    if seen and ('"' in text or "\\" in text):
        return "'" + text.replace("'", "''") + "'"
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if seen else "".join(map(_escaped, quoted))


def block(text: str, width: int) -> tuple[str, list[str]] | None:
    """A text as a block scalar: its mark and its lines; None where one line must do.

    Args:
        text: with line breaks, or too long for a line.
        width: the most characters of a line.
    """
    lines = text.split("\n")
    kept = lines[:-1] if len(lines) > 1 and not lines[-1] else lines
    # how a block is indented is seen on its first line; the others may be indented further
    if kept[0] != kept[0].lstrip() or any(_needs_quotes(line) for line in kept):
        return None
    if len(lines) > 1:
        return ("|" if kept is not lines else "|-"), kept
    wrapped = textwrap.wrap(text, max(width, 40), break_long_words=False, break_on_hyphens=False)
    return (">-", wrapped) if len(wrapped) > 1 and " ".join(wrapped) == text else None


def _needs_quotes(line: str) -> bool:
    return not line or line != line.rstrip() or not line.isprintable()


def _plain(text: str, *, flow: bool) -> bool:
    return bool(
        _PLAIN.fullmatch(text)
        and text.isprintable()
        and (text.isascii() or not any(map(unseen, text)))
        and not text.startswith("---")
        and not _BREAKS.search(text)
        and not (flow and _FLOW.search(text))
    )


def _escaped(letter: str) -> str:
    if not unseen(letter):
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
