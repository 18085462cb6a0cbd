"""A change of the YAML up to what its page shows: the edit, what it means, and where it would be saved."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from reconciler.amend import Choice
from reconciler.errors import InputError, Message, ReconcilerError
from reconciler.flow.amending import draw
from reconciler.flow.commits import author
from reconciler.flow.ground import find_place
from reconciler.flow.meaning import Side, meaning
from reconciler.flow.proposals import refs_of
from reconciler.flow.saving import Written
from reconciler.flow.unsaved import unsaved
from reconciler.flow.world import today

if TYPE_CHECKING:
    from reconciler.errors import Finding
    from reconciler.flow.amending import Drawn
    from reconciler.flow.ground import Ground, Place
    from reconciler.flow.meaning import Meaning
    from reconciler.flow.unsaved import Unsaved
    from reconciler.formats.catalogue import Catalogue
    from reconciler.plan import Current
    from reconciler.web.drafts import Draft
    from reconciler.web.policy.desk import Desk
    from reconciler.web.policy.saying import Said


What = TypeVar("What", bound=Written)


@dataclass(frozen=True, slots=True, eq=False)
class Sketch(Generic[What]):
    """A change as it would be saved.

    Attributes:
        drawn: the edit of the files.
        meaning: what it means.
        author: who commits, as git has it; "" where there is no git.
        obstacle: why it cannot be saved as it is; None where it can.
        unsaved: files that are not as they are committed, and so not as the edit was made from.
    """

    drawn: What
    meaning: Meaning
    author: str
    obstacle: ReconcilerError | None
    unsaved: tuple[Unsaved, ...]

    @property
    def seal(self) -> str:
        """Of all that is shown and saved: what is saved is what was shown, or nothing."""
        return hashlib.sha256(f"{self.drawn.digest} {self.meaning.plan.digest}".encode()).hexdigest()


def sketch(desk: Desk, draft: Draft, said: Said, say: Catalogue) -> Sketch[Drawn]:
    """Make it of a draft of the dialog.

    Raises:
        InputError: with everything that is wrong with the choice or the rules, or each denial that forbids it.
        Overtaken: where the proposal that it is added to is gone.
        ReconcilerError: where the bureau never answered.
    """
    place = find_place(desk.settings.policies, said.into)
    ground = desk.ground(place)
    taken = "" if place.base is None else refs_of(place.base)
    drawn, means = desk.kept(
        ("sketch", ground.policy, place, taken, draft, said, say.language),
        lambda current: _drawn(ground, draft, said, say, current),
    )
    name, obstacle = author_of(place)
    return Sketch(drawn, means, name, obstacle, unsaved_of(place))


def _drawn(
    ground: Ground, draft: Draft, said: Said, say: Catalogue, current: Current
) -> tuple[Drawn, Meaning]:
    """The edit, and what it means."""
    assert draft.kind is not None, "a draft that is ready has its operation"
    choice = Choice(
        kind=draft.kind,
        consultants=draft.consultants,
        clients=tuple(sorted(draft.marks.clients)),
        programs=draft.programs or (),
        reason=said.reason,
        said=draft.marks.said,
        until=said.day,
        ticket=said.ticket,
    )
    day = today(current.register)
    drawn = draw(ground, current.register, day, choice, say)
    amended = drawn.amended
    before, after = Side(ground.policy, amended.before), Side(amended.policy, amended.desired)
    return drawn, meaning(before, after, current, day)


def what_is_wrong(error: ReconcilerError) -> tuple[Finding, ...]:
    """The findings of an error; the error itself as one where it has none."""
    from reconciler.errors import Finding

    return error.findings or (Finding("error", error.message, hint=error.hint),)


def author_of(place: Place) -> tuple[str, ReconcilerError | None]:
    """Who commits there, as git has it, or why nobody can."""
    if place.base is None:
        return "", None
    try:
        return author(place.folder), None
    except ReconcilerError as error:
        return "", error


def unsaved_of(place: Place) -> tuple[Unsaved, ...]:
    """What a new proposal is made without; one that is there is about its own files."""
    revision = place.revision
    if revision is None or place.branch:
        return ()
    try:
        return unsaved(place.folder, revision)
    except InputError:
        return ()


def nothing_to_do(sketch: Sketch[Any]) -> Message | None:
    """Why there is nothing to save; None where there is."""
    if sketch.drawn.edits:
        return None
    return Message("The rules say this already: there is nothing to save.")
