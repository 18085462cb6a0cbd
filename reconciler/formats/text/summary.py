"""The last sentence of a plan: its figures, or that there is nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.formats.catalogue import Said
from reconciler.formats.headline import nothing
from reconciler.formats.text.lines import paragraph
from reconciler.formats.views import View
from reconciler.grid import Access
from reconciler.plan import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Plan


def summary_lines(plan: Plan, say: Catalogue, view: View = View.PLAN) -> list[str]:
    """The summary, after a blank line."""
    return ["", *paragraph(summary(plan, say, view))]


def summary(plan: Plan, say: Catalogue, view: View = View.PLAN) -> str:
    """One sentence with the figures that are not 0."""
    figures = [text for _change, text in figures_of(plan, say)]
    if figures:
        return say("Summary: {figures}.", figures=Said(", ".join(figures)))
    return f"{say.message(nothing(plan, view))}."


def figures_of(plan: Plan, say: Catalogue) -> Iterator[tuple[Change | None, str]]:
    """The figures that are not 0, each with the change that it counts; None for what is blocked."""
    none = Access.empty(plan.register.shape)
    give, add, remove, take = (plan.changes.allowed.get(change, none) for change in Change)
    blocked = plan.summary.blocked
    if len(give):
        text = say.count("{n} access given", "{n} accesses given", len(give))
        yield Change.GIVE_ACCESS, _accesses(say, text, give)
    if add.cells:
        yield Change.ADD_PROGRAMS, say.count("{n} program added", "{n} programs added", add.cells)
    if remove.cells:
        yield (
            Change.REMOVE_PROGRAMS,
            say.count("{n} program removed", "{n} programs removed", remove.cells),
        )
    if len(take):
        text = say.count("{n} access removed", "{n} accesses removed", len(take))
        yield Change.REMOVE_ACCESS, _accesses(say, text, take)
    if blocked:
        yield None, say.count("{n} change blocked", "{n} changes blocked", blocked)


def _accesses(say: Catalogue, text: str, rows: Access) -> str:
    """A figure of accesses, with the programs that come or go with them."""
    if not rows.cells:
        return text
    return say.count("{accesses} with {n} program", "{accesses} with {n} programs", rows.cells, accesses=text)
