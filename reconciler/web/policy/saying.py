"""What is said with a change before it is saved: why, until when, and where it goes; kept beside its draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import Message
from reconciler.grid import OperationKind

if TYPE_CHECKING:
    from reconciler.web.drafts import Draft
    from reconciler.web.forms import Form
    from reconciler.web.policy.desk import Guest
    from reconciler.web.recent import Recent
    from reconciler.web.sessions import Session

MOST = 50
"""Drafts of which it is kept."""

LONGEST_REASON = 500
LONGEST_TICKET = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What is said with a change.

    Attributes:
        reason: why, in one line.
        until: the last day, as the form has it; "" for no end.
        ticket: the case that it was agreed in; "" for none.
        into: the branch of the proposal that it is added to; "" for a new one.
    """

    reason: str = ""
    until: str = ""
    ticket: str = ""
    into: str = ""

    @property
    def day(self) -> dt.date | None:
        """The last day; None for no end, or where it is none."""
        try:
            return dt.date.fromisoformat(self.until) if self.until else None
        except ValueError:
            return None

    def wrong(self) -> dict[str, Message]:
        """What is wrong, by field."""
        found = {}
        if not self.reason:
            found["reason"] = Message(
                "Write why. Whoever approves it, and whoever asks in a year, reads this."
            )
        elif len(self.reason) > LONGEST_REASON:
            found["reason"] = Message("Write it in at most {n} characters.", n=LONGEST_REASON)
        if len(self.ticket) > LONGEST_TICKET:
            found["ticket"] = Message("Write it in at most {n} characters.", n=LONGEST_TICKET)
        if self.until and self.day is None:
            found["until"] = Message("Write the day as 2027-03-31.")
        return found


def said_in(form: Form, draft: Draft) -> Said:
    """What the form says; only what is given can end by itself."""
    ends = draft.kind is OperationKind.GIVE_ACCESS
    return Said(
        reason=said_in_line(form.text("reason")),
        until=said_in_line(form.text("until")) if ends else "",
        ticket=said_in_line(form.text("ticket")),
        into=form.text("into"),
    )


def said_in_line(text: str) -> str:
    """A text with its white space evened out."""
    return " ".join(text.split())


def said_of(session: Session[Guest], draft: Draft) -> Said | None:
    """What was said with a draft; None where nothing was yet."""
    return _kept(session).get(draft.key)


def keep_said(session: Session[Guest], draft: Draft, said: Said) -> None:
    """Keep what was said with a draft."""
    _kept(session).put(draft.key, said)


def _kept(session: Session[Guest]) -> Recent[Said]:
    return session.recent("said", MOST)
