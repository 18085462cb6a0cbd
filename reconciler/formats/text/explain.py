"""An explanation as lines of text; its sentences are those of every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.explained import told_explanation
from reconciler.formats.text.lines import detail, heading, item, paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan.explain import Edit, Explanation


def explanation_text(
    found: Explanation, edits: Mapping[int, Edit], say: Catalogue, *, full: bool = False
) -> str:
    """The whole answer, with a line break at its end.

    Args:
        found: what to tell.
        edits: by number of a rule, its last change, where the history is known.
        say: the language.
        full: fold no lists.
    """
    told = told_explanation(found, edits, say, full=full)
    lines = [*paragraph(told.title), ""]
    for sentence in told.sentences:
        lines += paragraph(sentence)
    for part in told.parts:
        lines += heading(part.title)
        for point in part.points:
            lines += item(point.mark, point.text)
            lines += [line for one in point.details for line in detail(one)]
    lines += (
        [*heading(told.others), *paragraph(told.names, "  ")] if told.names else ["", *paragraph(told.others)]
    )
    return "\n".join(lines) + "\n"
