"""What somebody chose in “Manage access”, up to the files that it is written into; nothing is written here.

ground (files that count) ─ amend ─ Drawn: new contents, where they go, the message of the commit, a digest of it all
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.amend import Wording, amend
from reconciler.flow.saving import Written, free_file, written
from reconciler.formats.commit import Change, Picked

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.amend import Amended, Choice
    from reconciler.flow.ground import Ground
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

NEW_FILE = "given.yaml"
"""Of the policy folder, for a new rule where no file has a place for one."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn(Written):
    """What somebody chose, ready to be shown and to be saved.

    Attributes:
        choice: what was chosen.
        amended: what becomes of the policy.
    """

    choice: Choice
    amended: Amended


def draw(ground: Ground, register: Register, on: dt.date, choice: Choice, say: Catalogue) -> Drawn:
    """Write a choice into the files of a ground.

    Args:
        ground: the files that count.
        register: whom and what there is.
        on: the day.
        choice: what was chosen.
        say: the language of comments and of the commit.

    Raises:
        InputError: with everything that is wrong with the choice, or each denial that forbids it.
    """
    added = ground.contents.name(free_file(ground, NEW_FILE))
    amended = amend(ground.policy, register, on, choice, Wording(say.message, added))
    texts = {**amended.edited, **({added: amended.added} if amended.added else {})}
    how = tuple(deed.message for deed in amended.how)
    one = written(ground, Change(Picked(choice, register), choice.reason, choice.ticket, how), texts, say)
    return Drawn(one.ground, one.told, one.edits, one.branch, one.message, choice, amended)
