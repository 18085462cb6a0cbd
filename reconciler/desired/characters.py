"""Characters that make a text look like another: control, invisible and bidirectional ones, look-alikes.

Sources: CVE-2021-42574 ("Trojan Source") for the bidirectional ones; Unicode TR 39 for mixed scripts, of
which this is the simplest sound part: the letters of one name come from one of the scripts below, or from
scripts that look like none of them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from reconciler.errors import Finding, Message
from reconciler.invisible import unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.desired.document import Document, Path
    from reconciler.desired.source import Source

_ORDINARY = bytes(range(0x20, 0x7F)) + b"\t\n\r"
_ALIKE_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "FULLWIDTH")
_FREE_TEXT = frozenset({"reason"})
_MOST = 20

_TWINS = str.maketrans(
    "\u0430\u0441\u0501\u0435\u04bb\u0456\u0458\u04cf\u043e\u0440\u051b\u0455\u03c5\u03bd\u051d\u0445\u0443"
    "\u0410\u0412\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u0423"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf\u03b1",
    "acdehijlopqsuvwxyABEHIJKMOPSTXYABEZHIKMNOPTYXoa",
)
"""Cyrillic and Greek letters that look like Latin ones: enough to say which name was meant."""


def latin(name: str) -> str:
    """A name with look-alike letters replaced by the Latin ones that they look like."""
    return unicodedata.normalize("NFKC", name).translate(_TWINS)


def plain(source: Source) -> bool:
    """Whether nothing in a file can be suspicious: ASCII without escapes."""
    return source.text.isascii() and "\\" not in source.text


def invisible(source: Source) -> list[Finding]:
    """Control, invisible and bidirectional characters anywhere in a file, comments included."""
    odd = set(source.text.encode().translate(None, _ORDINARY).decode())
    bad = sorted(character for character in odd if unseen(character))
    if not bad:
        return []
    places = re.finditer("[" + "".join(map(re.escape, bad)) + "]", source.text)
    return [
        source.finding(*_invisible(found[0]), found.start(), Message("delete it"))
        for found, _ in zip(places, range(_MOST), strict=False)
    ]


def _invisible(character: str) -> tuple[str, Message]:
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    if unicodedata.bidirectional(character) in {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }:
        message = Message("{code} changes the order in which this line is shown", code=f"{code} {name}")
        return "bidirectional-character", message
    if unicodedata.category(character) == "Cc":
        return "control-character", Message("the control character {code} stands here", code=code)
    return "invisible-character", Message(
        "the invisible character {code} stands here", code=f"{code} {name}".strip()
    )


def suspicious(document: Document) -> list[Finding]:
    """What is suspicious in the names of a document; `invisible` has looked at the file as it is written."""
    found = (_suspicious(document, *scalar) for scalar in document.scalars())
    return [finding for finding, _ in zip(filter(None, found), range(_MOST), strict=False)]


def _suspicious(document: Document, node: int, text: str, path: Path) -> Finding | None:
    if text.isascii() and text.isprintable():
        return None
    hidden = next((c for c in text if unseen(c) and c != "\n"), None)
    if hidden is not None and hidden not in document.source.text:  # written as an escape
        return document.finding(*_invisible(hidden), node, Message("delete it"))
    if path and path[-1] in _FREE_TEXT:
        return None
    return _mixed(document, node, text) or _decomposed(document, node, text)


def _mixed(document: Document, node: int, text: str) -> Finding | None:
    for word in text.split():
        scripts = _scripts(word)
        if len(scripts) > 1:
            foreign = min(scripts.values(), key=lambda letters: (len(letters), letters))[0]
            message = Message(
                "{name} mixes alphabets: “{letter}” is {unicode}",
                name=word,
                letter=foreign,
                unicode=f"U+{ord(foreign):04X} {unicodedata.name(foreign)}",
            )
            hint = Message("did you mean “{name}”?", name=latin(word))
            shift = text.index(word) + word.index(foreign) + document.quoted(node)
            offset = shift if _stands(document, node, shift, foreign) else 0
            return document.finding("look-alike", message, node, hint, offset)
    return None


def _stands(document: Document, node: int, offset: int, letter: str) -> bool:
    at = document.places[node] + offset
    return document.source.text[at : at + 1] == letter


def _scripts(word: Iterable[str]) -> dict[str, list[str]]:
    """The letters of a word by script, of the scripts that have letters in common with Latin."""
    scripts: dict[str, list[str]] = {}
    for letter in word:
        script = unicodedata.name(letter, "?").partition(" ")[0]
        if script in _ALIKE_SCRIPTS:
            scripts.setdefault(script, []).append(letter)
    return scripts


def _decomposed(document: Document, node: int, text: str) -> Finding | None:
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return None
    message = Message("{name} is written with accents as characters of their own", name=text)
    hint = Message("write it anew on the keyboard: “{name}”", name=composed)
    return document.finding("decomposed", message, node, hint)
