"""What a change of the YAML means, as text: who gains and loses what, and which entries say something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.compare import Kind
from reconciler.formats.diff import edit_told
from reconciler.formats.register import moved_sentences
from reconciler.formats.text.findings import findings_text
from reconciler.formats.text.lines import detail, first, heading, item, paragraph
from reconciler.formats.text.plan import PlanWriter
from reconciler.formats.text.summary import summary_lines
from reconciler.formats.views import View, title_of

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.compare import Diff, Edit
    from reconciler.formats.catalogue import Catalogue

EDITS = 40
"""Entries that are named before the rest is folded."""

_MARKS = {Kind.NEW: "+", Kind.GONE: "-", Kind.CHANGED: "*"}


def diff_text(diff: Diff, say: Catalogue, *, full: bool = False) -> str:
    """All of it, with a line break at its end."""
    writer = PlanWriter(diff.plan, say, full=full, view=View.DIFF)
    lines = [
        *paragraph(title_of(diff.plan, View.DIFF, say)),
        *paragraph(say("From {base} to {head}", base=diff.base, head=diff.head)),
        *writer.body(),
        *_edits(diff, say, full=full),
        *_register(diff, say, full=full),
        *_unread(diff, say),
        *summary_lines(diff.plan, say, View.DIFF),
    ]
    return "\n".join(lines) + "\n"


def _edits(diff: Diff, say: Catalogue, *, full: bool) -> list[str]:
    """Which entries say something else."""
    edits = diff.edits
    if not edits:
        return ["", *paragraph(say("No entry of the YAML says anything else than before."))]
    shown, more = first(edits, None if full else EDITS, say)
    lines = heading(
        say.count(
            "In the YAML: {n} entry says something else",
            "In the YAML: {n} entries say something else",
            len(edits),
        )
    )
    return [*lines, *(line for edit in shown for line in _edit(edit, diff.plan.date, say)), *more]


def _edit(edit: Edit, date: dt.date, say: Catalogue) -> list[str]:
    place = f"{edit.position.file}:{edit.position.line}"
    lines = item(_MARKS[edit.kind], say.message(edit_told(edit, date)))
    lines += [line for sentence in edit.told for line in detail(say.message(sentence))]
    told = (
        say("stood in {place}", place=place)
        if edit.kind is Kind.GONE
        else say("stands in {place}", place=place)
    )
    return lines + detail(told)


def _register(diff: Diff, say: Catalogue, *, full: bool) -> list[str]:
    """What is different in the register: it changes nobody's access, and what the rules mean."""
    if diff.register is None:
        return []
    lines = heading(say("The register says something else than before"))
    for sentence in moved_sentences(diff.register, full=full):
        lines += item("*", say.message(sentence))
    return lines


def _unread(diff: Diff, say: Catalogue) -> list[str]:
    """Why there is nothing that it could be compared with."""
    if not diff.unread:
        return []
    lines = heading(say("{base} cannot be read, so everything above counts as new", base=diff.base))
    return [*lines, *(f"  {line}" for line in findings_text(diff.unread, say).splitlines())]
