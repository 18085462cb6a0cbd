"""Who is signed in at the pages of a bureau: the operator whose token somebody gave, for as long as it is its token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.bureau.operators import SignedIn, signed_in
from reconciler.errors import Message
from reconciler.web.problems import PageProblem

if TYPE_CHECKING:
    from reconciler.bureau.endpoint import Server
    from reconciler.web.site import Visit


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is signed in.

    Attributes:
        token: the digest of the token; of the token itself nothing is kept.
    """

    token: bytes = field(repr=False)


def find(server: Server, who: Who) -> SignedIn | None:
    """The operator, as it is now; None where the token has been replaced or revoked."""
    with server.store.read() as db:
        return signed_in(db, who.token)


def valid(server: Server, who: Who) -> bool:
    """Whether it still is the token of an operator."""
    return find(server, who) is not None


def operator_of(server: Server, visit: Visit[Any]) -> SignedIn:
    """The operator who is signed in, as it is now.

    Raises:
        PageProblem: where the token was replaced or revoked this very moment.
    """
    operator = find(server, visit.signed_in.who)
    if operator is None:
        raise PageProblem(403, Message("Your token is not valid any more. Sign in with the new one."))
    return operator


def writing_operator(server: Server, visit: Visit[Any]) -> SignedIn:
    """The operator who is signed in, to change something.

    Raises:
        PageProblem: where the token is for reading only, too.
    """
    operator = operator_of(server, visit)
    if operator.read_only:
        raise PageProblem(403, Message("This token is for reading only, and nothing was done."))
    return operator
