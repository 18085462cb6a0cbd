"""By whom and when drift came about, in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.catalogue import Said
from reconciler.formats.markdown.escape import named
from reconciler.formats.markdown.tables import Table
from reconciler.grid import Change
from reconciler.plan.drift import Kind, Through

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reconciler.formats.markdown.layout import Section
    from reconciler.formats.markdown.tables import Maker
    from reconciler.formats.markdown.words import Words
    from reconciler.plan.drift import Drift, Drifted

_SHARE = 20
"""Of the room of a document that is cut, in hundredths."""


def origins(drift: Drift, make: Maker, whole: Words, brief: Words) -> Iterator[Section]:
    """What somebody is known to have changed; nothing where nobody tells.

    Args:
        drift: what differs.
        make: makes sections.
        whole: the words where everything is told.
        brief: the words of a document that is cut.
    """
    told = [one for one in drift.items if one.origin.through is not Through.UNKNOWN]
    if not told:
        return
    say = make.say
    title = say.count(
        "By whom and when: {n} change", "By whom and when: {n} changes", sum(one.cells for one in told)
    )
    heads = (say("By whom"), say("When"), say("Who"), say("Where"), say("What"))
    yield make.section(Table(title, heads, told, _row, _SHARE), whole, brief)


def _row(words: Words, one: Drifted) -> Sequence[str]:
    block, origin, say = one.block, one.origin, words.say
    by = (
        named(origin.label or origin.key)
        if origin.through is Through.OPERATION
        else say("no operation of the bureau")
    )
    what = Said(words.what(Change.GIVE_ACCESS if one.access else Change.ADD_PROGRAMS, block.mask))
    happened = say("lost {what}", what=what) if one.kind is Kind.REMOVED else say("got {what}", what=what)
    return by, str(origin.day or "–"), words.who(block), words.where(block), happened
