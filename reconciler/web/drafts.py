"""What is being chosen in the dialog: clients that are marked, and drafts of what to do with them; in the session.

Every value is whole and never changes: a step of the dialog puts another one in its place, while it holds the session's
lock. A draft has an address of its own, so that two windows do not get in each other's way, and its key makes sure that
what is sent twice is done once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reconciler.web.problems import not_there

if TYPE_CHECKING:
    from reconciler.grid import OperationKind
    from reconciler.web.recent import Recent
    from reconciler.web.sessions import Session

MOST = 50
"""Drafts of a session; the one that was not touched for longest is dropped."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Clients that are marked.

    Attributes:
        clients: their keys.
        said: a selector of the YAML that means exactly these clients, such as "tag:payroll", where they were marked all
            at once by what they have in common; "" where they were marked one by one.
    """

    clients: frozenset[str] = frozenset()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Something that is being chosen in the dialog.

    Attributes:
        key: in its address, and new for each.
        marks: at which clients.
        kind: which of the three operations; None where that is not chosen yet.
        consultants: their keys, sorted.
        programs: their keys, sorted; None where they are not chosen yet.
        saved: the page that saving it has led to; "" where it is not saved.
    """

    key: str
    marks: Marks
    kind: OperationKind | None = None
    consultants: tuple[str, ...] = ()
    programs: tuple[str, ...] | None = None
    saved: str = ""


def marks_of(session: Session[Any]) -> Marks:
    """The clients that are marked now."""
    marks: Marks = session.kept.get("marks", Marks())
    return marks


def keep_marks(session: Session[Any], marks: Marks) -> None:
    """Mark these clients, and no others."""
    session.kept["marks"] = marks


def begin_draft(session: Session[Any], marks: Marks) -> Draft:
    """A new draft of what to do with some clients."""
    draft = Draft(secrets.token_urlsafe(12), marks)
    keep_draft(session, draft)
    return draft


def find_draft(session: Session[Any], key: str) -> Draft:
    """The draft of a key; PageProblem where there is none, as when somebody else has begun it."""
    draft = _drafts(session).get(key)
    if draft is None:
        raise not_there()
    return draft


def keep_draft(session: Session[Any], draft: Draft) -> None:
    """Put a draft in the place of the one with its key."""
    _drafts(session).put(draft.key, draft)


def _drafts(session: Session[Any]) -> Recent[Draft]:
    return session.recent("drafts", MOST)
