"""Lines of text: wrapped to 80 columns, indented under the mark of what happens."""

from __future__ import annotations

import textwrap

WIDTH = 80


def item(mark: str, text: str) -> list[str]:
    """A marked line, the first of an item: "+ Anna Lind"."""
    return _wrap(text, f"  {mark} ", "    ")


def detail(text: str) -> list[str]:
    """A line under an item."""
    return _wrap(text, "      ", "        ")


def paragraph(text: str, indent: str = "") -> list[str]:
    """Running text."""
    return _wrap(text, indent, indent)


def heading(text: str) -> list[str]:
    """A blank line, and a heading that can be found without colour."""
    lines = _wrap(text, "", "")
    return ["", *lines, "-" * min(max(map(len, lines)), WIDTH)]


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
