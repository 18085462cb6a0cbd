"""Characters that are not seen, or make others be seen otherwise: what no name may hold, and nothing may print."""

from __future__ import annotations

import unicodedata

_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's controls, invisible and bidirectional formatting, lone surrogates, private and unassigned characters, line
and paragraph separators."""

_SPANS = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)
_LETTERS = frozenset(chr(number) for first, last in _SPANS for number in range(first, last + 1))
"""Letters and marks that show nothing: the rest of Unicode's Default_Ignorable_Code_Point."""


def unseen(character: str) -> bool:
    """Whether a character is one of these."""
    return unicodedata.category(character) in _CATEGORIES or character in _LETTERS
