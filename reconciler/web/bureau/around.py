"""What stands around every page of a bureau: its name, who is signed in, where one can go, what has not been read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.bureau.notifications import count_unread
from reconciler.bureau.operators import signed_in
from reconciler.errors import Message
from reconciler.formats.safe import short
from reconciler.web.site import Around, Link

if TYPE_CHECKING:
    from reconciler.bureau.endpoint import Server
    from reconciler.web.site import Visit

LINKS = (
    Link("/clients", Message("Clients")),
    Link("/consultants", Message("Consultants")),
    Link("/jobs", Message("Jobs")),
)

READ_ONLY = Message(
    "You are signed in with a token for reading only: you can look at everything and change nothing."
)

_QUERY = """
SELECT bureau.name AS bureau, operator.name AS operator
FROM operator JOIN bureau ON bureau.number = operator.bureau WHERE operator.number = ?
"""


def around(server: Server, visit: Visit[Any]) -> Around:
    """What stands around a page; nothing where the token was revoked this very moment."""
    with server.store.read() as db:
        operator = signed_in(db, visit.signed_in.who.token)
        if operator is None:
            return Around("", "", ())
        row = db.execute(_QUERY, (operator.number,)).fetchone()
        unread = count_unread(db, operator)
    bell = Link("/notifications", Message("Notifications"), unread, "bell")
    notes = (READ_ONLY,) if operator.read_only else ()
    return Around(short(row["bureau"]), short(row["operator"]), (*LINKS, bell), notes)
