"""One entry more in a YAML file that is there: every byte that stands in it stays, whoever wrote it and however.

The entry goes to the end of its section, in the section's own indentation and line breaks. Where that cannot be done,
as in a section in braces, nothing is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source
from reconciler.desired.write import policy_text

if TYPE_CHECKING:
    from reconciler.desired.document import Document
    from reconciler.desired.write import Note

_BOM = "\ufeff"


def insert(text: str, section: str, name: str, note: Note) -> str | None:
    """The text with one entry more; None where there is no place for it.

    Args:
        text: of a file that has been read as YAML; a byte order mark may stand at its beginning.
        section: the key of the section, such as "access"; it is made where the file has none.
        name: of the entry, which is not there yet.
        note: what it says.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    plain = text.removeprefix(_BOM)
    document, _ = read_yaml(Source("", plain))
    if document is None or not isinstance(document.root, dict):
        return None
    end = "\r\n" if "\r\n" in plain else "\n"
    entry = policy_text([], {section: {name: note}})
    if section not in document.root:
        return mark + _put(plain, len(plain), entry, end)
    place = _place(document, section)
    if place is None:
        return None
    at, indent = place
    lines = entry.splitlines(keepends=True)[1:]
    moved = "".join(f"{' ' * indent}{line[2:]}" if line.strip() else line for line in lines)
    return mark + _put(plain, at, moved, end)


def _put(text: str, at: int, entry: str, end: str) -> str:
    """The text with an entry at a place, a blank line before it."""
    before, after = text[:at], text[at:]
    gap = "" if before.endswith("\n") else "\n"
    return before + (gap + "\n" + entry).replace("\n", end) + after


def _place(document: Document, section: str) -> tuple[int, int] | None:
    """Where a section ends, and how far its entries are indented; None where it has no lines of its own."""
    text, root = document.source.text, document.root
    assert isinstance(root, dict)
    keys = document.keys(0, root)
    node, value = keys[section], root[section]
    if not isinstance(value, dict) or not value or text[document.places[node + 1]] == "{":
        return None
    first = document.places[next(iter(document.keys(node + 1, value).values()))]
    indent = first - (text.rfind("\n", 0, first) + 1)
    later = [document.places[one] for one in keys.values() if one > node]
    if not later:
        return len(text), indent
    return _above(text, min(later)), indent


def _above(text: str, at: int) -> int:
    """The start of the comments and empty lines above a key, which belong to it."""
    start = text.rfind("\n", 0, at) + 1
    while start:
        line_before = text.rfind("\n", 0, start - 1) + 1
        line = text[line_before : start - 1].strip("\r")
        if line.strip() and not line.startswith("#"):
            return start
        start = line_before
    return start
