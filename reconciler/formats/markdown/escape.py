"""Names in Markdown: nothing in them acts, on whatever forge a comment stands.

A forge makes links of more than Markdown says: @mentions, #1, !1, ~label, %milestone, ABC-123, e-mail addresses, bare
URLs, commit hashes, :emoji:, $formulas$; and it looks for them in the page as rendered, so that neither a backslash nor
an entity keeps it from it. In code it looks for nothing. So a name is written as it is where it consists of words and
harmless signs alone, as nearly all names of people, companies and programs do, and else as code.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.formats.catalogue import Catalogue, Said
from reconciler.formats.safe import LONGEST, LONGEST_VALUE, short

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = re.compile(
    r"""(?: [^\W_]                      # letters and digits of any script
          | [ '\u2019()]
          | [.,] (?=\ |$)               # not within a word: www.x, x.com
          | (?<=[^\W\d_]) - (?=[^\W\d_])  # Ann-Marie, not ABC-123
          | (?<=\d) - (?=\d)            # 556677-8899, 2027-03-31
          | (?<=\ ) & (?=\ )
        )+""",
    re.VERBOSE,
)
_HASH = re.compile(r"(?<![^\W_])[0-9a-fA-F]{7,64}(?![^\W_])")
"""What a forge takes for a commit."""

_SPECIAL = re.compile(r"\{[^}]*\}|[\\`*_\[\]|<>&~]")
"""Of a sentence of ours the places for values, which stay, and the signs that mean something."""

_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "~": "&#126;"}


def named(text: str, longest: int = LONGEST) -> str:
    """A name or a reason, safe in a line of Markdown that it does not begin, also in a table."""
    text = short(text, longest)
    if _is_plain(text):
        return Said(text.replace("&", "&amp;"))
    return Said(code(text))


def named_in_html(text: str) -> str:
    """The same in a line of HTML."""
    text = short(text)
    if _is_plain(text):
        return text.replace("&", "&amp;")
    return f"<code>{html.escape(text)}</code>"


def code(text: str) -> str:
    """Text as code in a line; it is clean already. What would end the code or a cell is shown as its code."""
    text = text.replace("`", r"\x60").replace("|", r"\x7c")
    return f"`{text}`" if text.strip() else "–"


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and not text.isspace() and not _HASH.search(text)


class MarkdownCatalogue(Catalogue):
    """Says things in Markdown: sentences of ours escaped, and every value that enters one as `named` writes it."""

    def _sentence(self, message: Message) -> str:
        return _SPECIAL.sub(_escaped, super()._sentence(message))

    def label(self, labels: Mapping[str, str], key: str) -> str:
        """What a program is called, safe in Markdown."""
        return named(super().label(labels, key))

    def _value(self, value: object) -> str:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if is_number or isinstance(value, Said | Message):
            return super()._value(value)
        return named(str(value), LONGEST_VALUE)


def _escaped(found: re.Match[str]) -> str:
    sign = found[0]
    if sign.startswith("{"):
        return sign
    return _ENTITIES.get(sign, f"\\{sign}")


@cache
def in_markdown(language: str) -> MarkdownCatalogue:
    """The catalogue of a language, for Markdown."""
    return MarkdownCatalogue(language)
