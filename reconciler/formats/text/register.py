"""How two registers differ, as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.register import moved_sentences
from reconciler.formats.text.lines import item, paragraph

if TYPE_CHECKING:
    from reconciler.formats.catalogue import Catalogue
    from reconciler.register import Moved


def moved_text(found: Moved, say: Catalogue, *, full: bool = False) -> str:
    """How the register differs from the backend's, with a line break at the end of each line."""
    if found.none:
        return say("The register is what the backend says.") + "\n"
    lines = paragraph(say("The register is not what the backend says:"))
    for sentence in moved_sentences(found, full=full):
        lines += item("*", say.message(sentence))
    return "\n".join([*lines, *paragraph(say("“reconciler register pull” brings it up to date."))]) + "\n"
