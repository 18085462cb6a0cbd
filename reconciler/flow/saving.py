"""Saving a change of the YAML exactly as it was shown: as a commit of a proposal, or in place where there is no git."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.flow.branches import new_name
from reconciler.flow.commits import Onto, commit
from reconciler.flow.inplace import write_in_place
from reconciler.formats.commit import commit_message, subject_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.flow.edited import Edited
    from reconciler.flow.ground import Ground
    from reconciler.formats.catalogue import Catalogue
    from reconciler.formats.commit import Change


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A change of the YAML, ready to be shown and to be saved as it was shown.

    Attributes:
        ground: what it is made from.
        told: what is said about it.
        edits: what becomes of the files; empty where the rules say it already.
        branch: that it is committed to; "" where files are written in place.
        message: of the commit.
    """

    ground: Ground
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


def written(ground: Ground, told: Change, texts: Mapping[str, str], say: Catalogue) -> Written:
    """A change of some files, with the branch that it goes to and the message of its commit.

    Args:
        ground: what it is made from.
        told: what is said about it.
        texts: the new ones, by the name of a file as findings call it.
        say: the language of the commit.
    """
    branch = ground.place.branch
    if ground.place.base is not None and not branch:
        branch = new_name(ground.place.folder, subject_of(told, say))
    return Written(ground, told, ground.contents.edits(texts), branch, commit_message(told, say))


def free_file(ground: Ground, name: str) -> str:
    """The path of a file that is not there: the name, or one with a number."""
    path, again = name, 1
    while path in ground.contents.files:
        again += 1
        path = name.replace(".", f"-{again}.")
    return path


def save(drawn: Written) -> str:
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


def _sha256(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()
