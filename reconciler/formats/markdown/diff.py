"""What a change of the YAML means, as Markdown: the plan of it, and the entries that say something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.catalogue import Said
from reconciler.formats.diff import edit_told
from reconciler.formats.markdown import plan_markdown
from reconciler.formats.markdown.escape import code, in_markdown
from reconciler.formats.markdown.sections import Besides
from reconciler.formats.register import moved_sentences
from reconciler.formats.safe import clean
from reconciler.formats.views import View

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reconciler.compare import Diff, Edit
    from reconciler.errors import Finding, Position
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.fits import Comment

_Listing = tuple[str, tuple[str, ...]]


def diff_markdown(diff: Diff, say: Catalogue, *, full: bool = False, comment: Comment | None = None) -> str:
    """The whole comment; as `plan_markdown`, without a digest."""
    besides = Besides(tuple(_unread(diff, in_markdown(say.language))), tuple(_told(diff, say, full=full)))
    return plan_markdown(diff.plan, say, view=View.DIFF, full=full, comment=comment, besides=besides)


def _unread(diff: Diff, say: Catalogue) -> Iterator[_Listing]:
    if diff.unread:
        title = say("{base} cannot be read, so everything counts as new", base=diff.base)
        yield title, tuple(_finding(one, say) for one in diff.unread)


def _told(diff: Diff, say: Catalogue, *, full: bool) -> Iterator[_Listing]:
    safe = in_markdown(say.language)
    if diff.edits:
        title = say.count(
            "In the YAML: {n} entry says something else",
            "In the YAML: {n} entries say something else",
            len(diff.edits),
        )
        yield title, tuple(_edit(one, diff.plan.date, safe) for one in diff.edits)
    if diff.register is not None:
        sentences = moved_sentences(diff.register, full=full)
        yield say("The register says something else than before"), tuple(map(safe.message, sentences))


def _edit(edit: Edit, date: dt.date, say: Catalogue) -> str:
    told = [say.message(edit_told(edit, date)), *map(say.message, edit.told)]
    return f"{_place(edit.position)}: {'; '.join(told)}"


def _finding(finding: Finding, say: Catalogue) -> str:
    told = say.message(finding.message)
    return f"{_place(finding.position)}: {told}" if finding.position else Said(told)


def _place(position: Position) -> str:
    return code(clean(f"{position.file}:{position.line}"))
