"""What a change of the YAML means, as a page: the plan and the matrix, and the entries that say something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.diff import edit_told
from reconciler.formats.html.page import plan_html
from reconciler.formats.html.values import Section, Tone
from reconciler.formats.register import moved_sentences
from reconciler.formats.safe import clean
from reconciler.formats.views import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.compare import Diff, Edit
    from reconciler.errors import Finding, Position
    from reconciler.formats.catalogue import Catalogue

EDITS = 500
"""Entries that are named; of more, the first."""


def diff_html(diff: Diff, say: Catalogue, *, full: bool = False) -> str:
    """The page, as `plan_html` makes it; its matrix shows what the YAML said before."""
    besides = tuple(_besides(diff, say, full=full))
    return plan_html(diff.plan, diff.current, say, View.DIFF, full=full, besides=besides)


def _besides(diff: Diff, say: Catalogue, *, full: bool) -> Iterator[Section]:
    if diff.unread:
        title = say("{base} cannot be read, so everything counts as new", base=diff.base)
        yield Section("unread", Tone.BLOCKED, title, text=tuple(_finding(one, say) for one in diff.unread))
    if diff.edits:
        shown = diff.edits if full else diff.edits[:EDITS]
        title = say.count(
            "In the YAML: {n} entry says something else",
            "In the YAML: {n} entries say something else",
            len(diff.edits),
        )
        left = len(diff.edits) - len(shown)
        hidden = say.count("… and {n} more (--full shows all)", "… and {n} more (--full shows all)", left)
        told = tuple(_edit(one, diff, say) for one in shown)
        yield Section("edits", Tone.NOTE, title, text=told, hidden=hidden if left else "")
    if diff.register is not None:
        told = tuple(map(say.message, moved_sentences(diff.register, full=full)))
        yield Section("register", Tone.NOTE, say("The register says something else than before"), text=told)


def _edit(edit: Edit, diff: Diff, say: Catalogue) -> str:
    told = [say.message(edit_told(edit, diff.plan.date)), *map(say.message, edit.told)]
    return f"{_place(edit.position)}: {'; '.join(told)}"


def _finding(finding: Finding, say: Catalogue) -> str:
    told = say.message(finding.message)
    return f"{_place(finding.position)}: {told}" if finding.position else told


def _place(position: Position) -> str:
    return clean(f"{position.file}:{position.line}")
