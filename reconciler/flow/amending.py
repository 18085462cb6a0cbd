"""What somebody chose in “Manage access”, up to the files that it is written into; nothing is written here.

ground (files that count) ─ amend ─ Drawn: new contents, where they go, the message of the commit, a digest of it all
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.amend import Wording, amend
from reconciler.flow.branches import new_name
from reconciler.formats.commit import Change, Picked, commit_message, subject_of

if TYPE_CHECKING:
    import datetime as dt

    from reconciler.amend import Amended, Choice
    from reconciler.flow.edited import Edited
    from reconciler.flow.ground import Ground
    from reconciler.formats.catalogue import Catalogue
    from reconciler.grid import Register

NEW_FILE = "given.yaml"
"""Of the policy folder, for a new rule where no file has a place for one."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A change of the YAML, ready to be shown and to be saved as it was shown.

    Attributes:
        ground: what it is made from.
        choice: what was chosen.
        amended: what becomes of the policy.
        told: what is said about it.
        edits: what becomes of the files; empty where the rules say it already.
        branch: that it is committed to; "" where files are written in place.
        message: of the commit.
    """

    ground: Ground
    choice: Choice
    amended: Amended
    told: Change
    edits: tuple[Edited, ...]
    branch: str
    message: str

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]

    @property
    def digest(self) -> str:
        """Of all that is written, and of where: what is saved is what was shown, or nothing."""
        place = self.ground.place
        files = [[one.path, _sha256(one.before), _sha256(one.after)] for one in self.edits]
        told = [self.branch, place.tip or "", self.message, files]
        return _sha256(json.dumps(told).encode("utf-8", "surrogatepass"))


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
    added = ground.contents.name(_free_file(ground))
    amended = amend(ground.policy, register, on, choice, Wording(say.message, added))
    texts = {**amended.edited, **({added: amended.added} if amended.added else {})}
    told = Change(
        Picked(choice, register), choice.reason, choice.ticket, tuple(deed.message for deed in amended.how)
    )
    branch = ground.place.branch
    if ground.place.base is not None and not branch:
        branch = new_name(ground.place.folder, subject_of(told, say))
    return Drawn(
        ground, choice, amended, told, ground.contents.edits(texts), branch, commit_message(told, say)
    )


def _free_file(ground: Ground) -> str:
    """The path of a file that is not there."""
    name, again = NEW_FILE, 1
    while name in ground.contents.files:
        again += 1
        name = NEW_FILE.replace(".", f"-{again}.")
    return name


def _sha256(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
