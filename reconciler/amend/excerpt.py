"""The lines of one rule, edited: proposed, read again, and taken where they say exactly what was meant.

A rule that has the shape of `fmt` keeps it: it is written from its tree. Any other is written into where it stands, so
that what is not touched stays as it was. Most files have thousands of rules and few are edited, so a rule is cut out
and put back; where it shares its lines with others, the whole file is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.amend import pen
from reconciler.amend.ends import ends_of
from reconciler.amend.steps import in_tree, value_after
from reconciler.desired.layout import entry_lines
from reconciler.desired.reader import read_yaml
from reconciler.desired.source import Source
from reconciler.desired.tree import Group, Part, parse_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.amend.steps import Step
    from reconciler.desired.document import Path
    from reconciler.desired.policy import Entry

_SECTION = "access:"


@dataclass(frozen=True, slots=True)
class Splice:
    """A part of a file and what takes its place.

    Attributes:
        file: the name that findings call it.
        start: the index of its first character.
        end: the index after its last one.
        text: what takes its place.
    """

    file: str
    start: int
    end: int
    text: str

    def lines(self, before: str) -> int:
        """How many lines it changes, adds or removes."""
        old, new = before[self.start : self.end].splitlines(), self.text.splitlines()
        head = next(
            (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
        )
        old, new = old[head:], new[head:]
        tail = next(
            (i for i, (a, b) in enumerate(zip(reversed(old), reversed(new), strict=False)) if a != b),
            min(len(old), len(new)),
        )
        return max(len(old), len(new)) - tail


def edited(entry: Entry, steps: Sequence[Step]) -> Splice | None:
    """A rule with steps made in it; None where nothing that was tried says it.

    Args:
        entry: the rule.
        steps: one after the other.
    """
    source = entry.document.source
    start, end = _lines_of(entry)
    piece = source.text[start:end]
    text = None
    if _is_whole(piece, entry):
        done = _edited(f"{_SECTION}\n{piece}", entry, steps)
        text = None if done is None else done.partition("\n")[2]
    else:
        start, end = 0, len(source.text)
        text = _edited(source.text, entry, steps)
    return None if text is None else Splice(source.file, start, end, text)


def removed(entry: Entry, comment: str) -> Splice | None:
    """A file without a rule and the comments right above it; None where it shares its lines with others.

    Args:
        entry: the rule.
        comment: said in its place; "" for nothing.
    """
    source = entry.document.source
    text = source.text
    start, end = _lines_of(entry)
    if not _is_whole(text[start:end], entry):
        return _cut(entry)  # no comment: there is no line of its own to stand on
    name = entry.document.places[entry.node]
    indent = text[start:name]
    while start:
        before = text.rfind("\n", 0, start - 1) + 1
        if not text[before:start].startswith(f"{indent}#"):
            break
        start = before
    while end < len(text):
        after = text.find("\n", end) + 1 or len(text)
        line = text[end:after]
        if not (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) > len(indent)):
            break
        end = after
    newline = "\r\n" if "\r\n" in text else "\n"
    if comment:
        # an empty line keeps it apart from the next rule, which it is not about
        bare = text[end : text.find("\n", end) + 1 or len(text)].strip()
        return Splice(source.file, start, end, f"{indent}# {comment}{newline}{newline if bare else ''}")
    before = text.rfind("\n", 0, max(start - 1, 0)) + 1
    after = text.find("\n", end) + 1 or len(text)
    if start and not text[before:start].strip() and (end == len(text) or not text[end:after].strip()):
        start = before  # of two empty lines one
    return Splice(source.file, start, end, "")


def comments_above(entry: Entry, path: Path) -> list[str]:
    """The comment lines right above what a path below a rule leads to, which has a line of its own."""
    document, text = entry.document, entry.document.source.text
    node = document.node(path, entry.node + 1, entry.value)
    place = document.places[node - 1] if isinstance(path[-1], str) else document.places[node]
    start, found = text.rfind("\n", 0, place) + 1, list[str]()
    while start:
        before = text.rfind("\n", 0, start - 1) + 1
        line = text[before:start].strip()
        if not line.startswith("#"):
            break
        found.append(line)
        start = before
    return found


def _cut(entry: Entry) -> Splice | None:
    """A section in brackets without a rule."""
    document, text = entry.document, entry.document.source.text
    section = document.node(("access",))
    access = document.root["access"] if isinstance(document.root, dict) else ""
    assert isinstance(access, dict)
    keys = list(document.keys(section, access).values())
    if text[document.places[section]] != "{" or len(keys) < 2:
        return None
    ends = ends_of(text)
    place = keys.index(entry.node)
    start, end = (
        (ends[keys[place - 1] + 1], ends[entry.node + 1])
        if place
        else (document.places[entry.node], document.places[keys[1]])
    )
    return Splice(document.source.file, start, end, "")


def _lines_of(entry: Entry) -> tuple[int, int]:
    """From the start of the line of a rule's name to the end of the line on which it ends."""
    document, text = entry.document, entry.document.source.text
    start = text.rfind("\n", 0, document.places[entry.node]) + 1
    following = document.ends.get(entry.node + 1, entry.node + 2)
    limit = document.places[following] if following < len(document.places) else len(text)
    limit = text.rfind("\n", 0, limit) + 1 if limit < len(text) else limit
    piece = f"{_SECTION}\n{text[start:limit]}"
    if read_yaml(Source("", piece))[0] is None:
        return start, limit
    last = max(ends_of(piece)) - len(_SECTION) - 1
    end = text.find("\n", start + max(last - 1, 0)) + 1
    return start, min(end or len(text), limit)


def _is_whole(piece: str, entry: Entry) -> bool:
    """Whether lines say the rule and nothing else."""
    document = read_yaml(Source("", f"{_SECTION}\n{piece}"))[0]
    return document is not None and document.root == {"access": {entry.name: entry.value}}


def _edited(text: str, entry: Entry, steps: Sequence[Step]) -> str | None:
    for step in steps:
        before = _said(text)
        if before is None:
            return None
        access = before["access"]
        wanted = {**before, "access": {**access, entry.name: value_after(access[entry.name], step)}}
        shaped = _shaped(text, entry.name)
        root = parse_tree(text)
        rule = _rule(root, entry.name)
        in_tree(rule, step)
        comments = sorted(root.comments())
        proposals = [_from_tree(rule) if shaped else None, pen.write(text, entry.name, step)]
        text = next((one for one in proposals if one is not None and _says(one, wanted, comments)), "")
        if not text:
            return None
    return text


def _said(text: str) -> dict[str, Any] | None:
    document = read_yaml(Source("", text))[0]
    return document.root if document is not None and isinstance(document.root, dict) else None


def _says(text: str, wanted: dict[str, Any], comments: list[str]) -> bool:
    """Whether a text says exactly what is wanted, and holds exactly these comments."""
    document, findings = read_yaml(Source("", text))
    return (
        document is not None
        and not findings
        and document.root == wanted
        and sorted(parse_tree(text).comments()) == comments
    )


def _rule(root: Part, name: str) -> Part:
    part = root
    for key in ("access", name):
        assert isinstance(part.value, Group)
        part = next(inner for inner in part.value.parts if inner.key == key)
    return part


def _shaped(text: str, name: str) -> bool:
    """Whether a rule that has been cut out has the shape of `fmt`."""
    return text.startswith(f"{_SECTION}\n") and _from_tree(_rule(parse_tree(text), name)) == text


def _from_tree(rule: Part) -> str:
    return "\n".join([_SECTION, *entry_lines(rule, ("access", "*"), 2), ""])
