"""Lines of text: wrapped to 80 columns, indented under the mark of what happens."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.formats.catalogue import Catalogue

_Thing = TypeVar("_Thing")

WIDTH = 80

_SIGN = re.compile(r" +(?=[-+!*?=#>|]+(?: |$))")
"""Before a sign that stands alone in a name: it must not come to stand where the mark of an item does."""


def item(mark: str, text: str) -> list[str]:
    """A marked line, the first of an item: "+ Anna Lind"."""
    return _wrap(text, f"  {mark} ", "    ")


def detail(text: str) -> list[str]:
    """A line under an item."""
    return _wrap(text, "      ", "        ")


def paragraph(text: str, indent: str = "") -> list[str]:
    """Running text."""
    return _wrap(text, indent, indent)


def first(things: Sequence[_Thing], most: int | None, say: Catalogue) -> tuple[Sequence[_Thing], list[str]]:
    """The first things of a list, and a line that says how many are not shown.

    Args:
        things: all of them.
        most: as many are shown; one more is, rather than a line that says so. None for all.
        say: the language.
    """
    shown = things if most is None or len(things) <= most + 1 else things[:most]
    hidden = len(things) - len(shown)
    if not hidden:
        return shown, []
    text = say.count("… and {n} more (--full shows all)", "… and {n} more (--full shows all)", hidden)
    return shown, paragraph(text, "    ")


def heading(text: str) -> list[str]:
    """A blank line, and a heading that can be found without colour."""
    lines = _wrap(text, "", "")
    return ["", *lines, "-" * min(max(map(len, lines)), WIDTH)]


def _wrap(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        _SIGN.sub(lambda found: "\N{NO-BREAK SPACE}" * len(found[0]), text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
