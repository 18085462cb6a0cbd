"""One canonical shape for the YAML, comments included: what `reconciler fmt` writes.

It must never change what a file says, nor lose a comment: the result is read again and compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.desired import characters
from reconciler.desired.layout import layout
from reconciler.desired.pause import no_garbage_collection
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source, read
from reconciler.desired.tree import parse_tree
from reconciler.errors import InputError, Message, Severity

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.desired.document import Value


def format_text(text: str, file: str = "") -> str:
    """A policy file in the canonical shape.

    Args:
        text: of the file.
        file: its name, for findings.

    Raises:
        InputError: where it is not YAML as we read it, or not a mapping at all.
    """
    with no_garbage_collection():
        return _format(Source(file, text))


def format_file(path: Path) -> tuple[str, str]:
    """A file as it is, without byte order mark, and in the canonical shape.

    Raises:
        InputError: where it cannot be read, or as `format_text` does.
    """
    source, findings = read(path, path.parent)
    if source is None:
        raise InputError.of(findings)
    with no_garbage_collection():
        return source.text, _format(source)


def _format(source: Source) -> str:
    before = _data(source)
    tree = parse_tree(source.text)
    comments = sorted(tree.comments())
    text = layout(tree)
    again = Source(source.file, text)
    if _data(again) != before or sorted(parse_tree(text).comments()) != comments:
        raise AssertionError("formatting would have changed what the file says")
    return text


def _data(source: Source) -> Value:
    findings = characters.invisible(source)
    document = None
    if not findings:
        document, findings = read_yaml(source)
    findings = [finding for finding in findings if finding.severity is Severity.ERROR]
    if document is None or findings:
        raise InputError.of(findings)
    if not isinstance(document.root, dict):
        message = Message("this file takes names with values, such as “name: value”")
        raise InputError.of([source.finding("wrong-type", message)])
    return document.root
