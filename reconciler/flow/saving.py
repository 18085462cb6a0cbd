"""Saving a change of the YAML exactly as it was shown: as a commit of a proposal, or in place where there is no git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.flow.commits import Onto, commit
from reconciler.flow.inplace import write_in_place

if TYPE_CHECKING:
    from reconciler.flow.amending import Drawn


def save(drawn: Drawn) -> str:
    """Write it.

    Returns:
        The commit that the branch of the proposal is at now; "" where the files were written in place.

    Raises:
        Overtaken: where a file or the branch is not what it was when the change was drawn; nothing was written.
        ReconcilerError: where it cannot be written.
    """
    place = drawn.ground.place
    if place.base is None:
        write_in_place(place.folder, drawn.edits)
        return ""
    onto = Onto(drawn.branch, place.base.commit, place.tip)
    return commit(place.folder, drawn.edits, onto, drawn.message)
