"""Steps written into a text where they belong, and nothing else touched: each is one proposal, or none.

Theory. Every value has a start and an end in the text. What is put in or taken out is put or taken right there, in
the indentation, the quotes and the line breaks that stand around it. Nothing here makes sure that the text says what was
meant afterwards: whoever asks reads it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.amend.ends import ends_of
from reconciler.amend.steps import Add, Drop, Except, Leave, names
from reconciler.desired.layout import entry_lines
from reconciler.desired.reader import read_yaml
from reconciler.desired.scalar import scalar
from reconciler.desired.source import Source
from reconciler.desired.tree import Part
from reconciler.desired.write import node_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.amend.steps import Step
    from reconciler.desired.document import Document, Path


def write(text: str, rule: str, step: Step) -> str | None:
    """A text with a step made in a rule; None where there is no way to write it.

    Args:
        text: that can be read.
        rule: its name under `access`.
        step: one that fits what the rule says.
    """
    document = read_yaml(Source("", text))[0]
    if document is None:
        return None
    pen = _Pen(text, document, ("access", rule))
    match step:
        case Add():
            return pen.add(step)
        case Drop():
            return pen.drop(step)
        case Leave():
            return pen.leave(step)
        case Except():
            return pen.leave_out(step)


class _Pen:
    """Writes into one text."""

    def __init__(self, text: str, document: Document, rule: Path) -> None:
        self.text, self.document, self.rule = text, document, rule
        self.ends = ends_of(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"

    # where things stand

    def node(self, path: Path) -> int:
        """The number of a value of the rule."""
        return self.document.node((*self.rule, *path))

    def start(self, node: int) -> int:
        """Where a node starts."""
        return self.document.places[node]

    def line(self, at: int) -> int:
        """The start of the line of a place."""
        return self.text.rfind("\n", 0, at) + 1

    def after(self, at: int) -> int:
        """The start of the line after that of a place; the end of the text where there is none."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def indent(self, at: int) -> str:
        """The white space at the start of the line of a place."""
        start = self.line(at)
        line = self.text[start : self.after(at)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def leads(self, at: int) -> bool:
        """Whether nothing stands before a place on its line."""
        return not self.text[self.line(at) : at].strip()

    def flow(self, node: int) -> bool:
        """Whether a collection is written in brackets."""
        return self.text[self.start(node)] in "[{"

    def put(self, *edits: tuple[int, int, str]) -> str:
        """The text with places replaced."""
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def lines(self, at: int, lines: Sequence[str]) -> tuple[int, int, str]:
        """Whole lines put in at the start of a line, or after the last one."""
        whole = self.newline.join([*lines, ""])
        if at and not self.text[:at].endswith("\n"):
            return at, at, self.newline + whole.removesuffix(self.newline)
        return at, at, whole

    def remark(self, at: int, comment: str) -> list[tuple[int, int, str]]:
        """A comment above the line of a place."""
        if not comment:
            return []
        start = self.line(at)
        return [(start, start, f"{self.indent(at)}# {comment}{self.newline}")]

    def above(self, at: int, *about: str) -> int:
        """The start of the comment lines right above a line which name one of some texts; all, where none is given."""
        start, indent = self.line(at), self.indent(at)
        while start:
            before = self.line(start - 1)
            line = self.text[before:start].strip("\r\n")
            mine = line.startswith(f"{indent}#")
            if not mine or (about and not any(names(line, text) for text in about)):
                break
            start = before
        return start

    # lists

    def add(self, step: Add) -> str | None:
        """Texts more in a list."""
        node = self.node(step.path)
        value = self._value(step.path)
        start, end = self.start(node), self.ends[node]
        if isinstance(value, str):
            old = self.text[start:end]
            new = ", ".join([old, *(self._like(old, text, flow=True) for text in step.texts)])
            return self.put((start, end, f"[{new}]"), *self.remark(start, step.comment))
        if not self.flow(node):
            return self._add_lines(node, step)
        items = self.document.items(node)
        like = self.text[self.start(items[-1]) : self.ends[items[-1]]] if items else ""
        texts = [self._like(like, text, flow=True) for text in step.texts]
        if not items:
            return self.put(
                (start + 1, start + 1, ", ".join(texts)), *self.remark(self._key(step.path), step.comment)
            )
        last, stop = self.start(items[-1]), self.ends[items[-1]]
        if not self.leads(last):
            new = "".join(f", {text}" for text in texts)
            return self.put((stop, stop, new), *self.remark(self._key(step.path), step.comment))
        comma = self.text[stop:end].lstrip().startswith(",")
        indent, line = self.indent(last), self.after(stop)
        said = [f"{indent}# {step.comment}"] if step.comment else []
        new_lines = [f"{indent}{text}," for text in texts]
        if not comma:
            new_lines[-1] = new_lines[-1][:-1]
        return self.put(*(() if comma else ((stop, stop, ","),)), self.lines(line, [*said, *new_lines]))

    def _add_lines(self, node: int, step: Add) -> str:
        items = self.document.items(node)
        last, stop = self.start(items[-1]), self.ends[items[-1]]
        like = self.text[last:stop]
        column = self.start(node) - self.line(self.start(node))
        indent = " " * column
        said = [f"{indent}# {step.comment}"] if step.comment else []
        lines = [f"{indent}- {self._like(like, text, flow=False)}" for text in step.texts]
        return self.put(self.lines(self.after(max(stop - 1, last)), [*said, *lines]))

    def drop(self, step: Drop) -> str | None:
        """Texts less in a list."""
        node = self.node(step.path)
        values = self._value(step.path)
        if isinstance(values, str) or len(step.at) == len(values):
            if not isinstance(values, str) and not self.flow(node):
                return None
            here = (self.start(node), self.ends[node], "[]")
            return self.put(here, *self.remark(self._key(step.path), step.comment))
        items = self.document.items(node)
        cuts = self._cuts_flow(items, set(step.at)) if self.flow(node) else []
        if not self.flow(node):
            for number in step.at:
                at = self.start(items[number])
                cuts.append((self.above(at, values[number]), self.after(self.ends[items[number]] - 1), ""))
        return self.put(*cuts, *self.remark(self._key(step.path), step.comment))

    def _cuts_flow(self, items: Sequence[int], gone: set[int]) -> list[tuple[int, int, str]]:
        """What to cut where items of a list in brackets go."""
        cuts = []
        kept = [i for i in range(len(items)) if i not in gone]
        for number in sorted(gone):
            start, end = self.start(items[number]), self.ends[items[number]]
            line, after = self.line(start), self.after(end)
            alone = self.leads(start) and self.text[end:after].split("#")[0].strip() in {"", ","}
            before = [i for i in kept if i < number]
            last = number > kept[-1]
            if alone and not (last and self.text[end:after].split("#")[0].strip() == ""):
                cuts.append((line, after, ""))
            elif before and number - 1 in (before[-1], *gone):
                cuts.append((self.ends[items[number - 1]], end, ""))
            else:
                cuts.append((start, self.start(items[number + 1]), ""))
        return cuts

    # exceptions

    def leave(self, step: Leave) -> str | None:
        """An exception less."""
        node = self.node(("except",))
        if step.at is None:
            return self._without_key(node, step.comment)
        items = self.document.items(node)
        item = items[step.at]
        start, end = self.start(item), self.ends[item]
        if self.flow(node):
            cuts = self._cuts_flow(items, {step.at})
            return self.put(*cuts, *self.remark(self._key(("except",)), step.comment))
        cut = self.above(start), self.after(end - 1), ""
        return self.put(cut, *self.remark(self._key(("except",)), step.comment))

    def _without_key(self, node: int, comment: str) -> str | None:
        key, end = self.start(node - 1), self.ends[node]
        rule = self.node(())
        if self.flow(rule):
            keys = list(self.document.keys(rule, self._value(())).values())
            place = keys.index(node - 1)
            if place:
                return self.put(
                    (self.ends[keys[place - 1] + 1], end, ""), *self.remark(self.start(rule), comment)
                )
            return self.put((key, self.start(keys[1]), ""), *self.remark(self.start(rule), comment))
        if not self.leads(key):
            return None
        said = f"{self.indent(key)}# {comment}{self.newline}" if comment else ""
        return self.put((self.above(key), self.after(end - 1), said))

    def leave_out(self, step: Except) -> str | None:
        """An exception more."""
        rule = self.node(())
        value = self._value(())
        one = _inline(step.block)
        if "except" in value:
            return self._another(step, one)
        programs = self.node(("programs",))
        end = self.ends[programs]
        if self.flow(rule):
            return self.put((end, end, f", except: {one}"), *self.remark(self.start(rule), step.comment))
        key = self.start(programs - 1)
        if not self.leads(key):
            key = self.start(self.document.keys(rule, value)["who"])
        column = key - self.line(key)
        head = [f"# {step.comment}"] if step.comment else []
        part = Part("except", node_of(step.block, flow=True), head=head)
        lines = entry_lines(part, ("access", "*", "except"), column)
        return self.put(self.lines(self.after(end - 1), lines))

    def _another(self, step: Except, one: str) -> str | None:
        node = self.node(("except",))
        start, end = self.start(node), self.ends[node]
        mapping = isinstance(self._value(("except",)), dict)
        if self.flow(node):
            edits = self.remark(self._key(("except",)), step.comment)
            if mapping:
                return self.put((start, start, "["), (end, end, f", {one}]"), *edits)
            last = self.ends[self.document.items(node)[-1]]
            return self.put((last, last, f", {one}"), *edits)
        column = start - self.line(start)
        indent = " " * column
        lines = [*([f"{indent}# {step.comment}"] if step.comment else []), f"{indent}- {one}"]
        after = self.after(end - 1)
        if not mapping:
            return self.put(self.lines(after, lines))
        first = self.line(start)
        old = self.text[first:after].splitlines(keepends=True)
        moved = [f"{indent}- {old[0][column:]}", *(f"  {line}" if line.strip() else line for line in old[1:])]
        if not moved[-1].endswith("\n"):
            moved[-1] += self.newline
        moved += [line + self.newline for line in lines]
        return self.put((first, after, "".join(moved)))

    # words

    def _value(self, path: Path) -> Any:
        value: Any = self.document.root
        for step in (*self.rule, *path):
            value = value[step]
        return value

    def _key(self, path: Path) -> int:
        """Where the key of a list stands, or the list itself."""
        node = self.node(path)
        return self.start(node - 1) if isinstance(path[-1], str) else self.start(node)

    def _like(self, old: str, text: str, *, flow: bool) -> str:
        """A text in the quotes of another, where it can be."""
        plain = scalar(text, flow=flow)
        if old.startswith("'") and "'" not in text and "\\" not in plain:
            return f"'{text}'"
        if old.startswith('"') and plain == text and '"' not in text:
            return f'"{text}"'
        return plain


def _inline(block: dict[str, str | list[str]]) -> str:
    """An exception in brackets on one line."""
    parts = []
    for key, said in block.items():
        if isinstance(said, str):
            parts.append(f"{key}: {scalar(said, flow=True)}")
        else:
            parts.append(f"{key}: [{', '.join(scalar(text, flow=True) for text in said)}]")
    return "{" + ", ".join(parts) + "}"
