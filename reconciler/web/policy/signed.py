"""What was signed: where it is kept, what has to change in the rules for it, and drafts of the dialog that change it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler.formats.text.review import Words, what_to_change
from reconciler.grid import OperationKind
from reconciler.web.drafts import Marks, begin_draft, keep_draft
from reconciler.web.policy.filling import removals_of
from reconciler.web.policy.proposals import proposal_page
from reconciler.web.problems import not_there
from reconciler.web.site import route

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.routing import Route

    from reconciler.flow.signing import Filed
    from reconciler.review import SignOff
    from reconciler.web.policy.desk import Desk, Guest
    from reconciler.web.recent import Recent
    from reconciler.web.site import Site, Visit

MOST = 20
"""Sign-offs of a session whose page can be looked at again."""

FORM = "form"
"""The field that tells a form that was sent again from another one."""

FEW = 5
"""Clients that are named on a button."""


@dataclass(frozen=True, slots=True, eq=False)
class Signed:
    """A review that was signed on a page.

    Attributes:
        key: in the address of its page.
        signed: what was signed.
        filed: where it is kept.
        form: the key of the form that was sent.
    """

    key: str
    signed: SignOff
    filed: Filed
    form: str


def signed_routes(site: Site[Guest], desk: Desk) -> list[Route]:
    """The page after signing, and what begins a draft."""
    return [
        route(site, "GET", "/reviews/signed/{key}", lambda visit: _signed(visit, desk)),
        route(site, "POST", "/reviews/signed/{key}/draft", _draft),
    ]


def keep_signed(visit: Visit[Guest], signed: SignOff, filed: Filed) -> str:
    """Keep what was signed; the address of its page."""
    one = Signed(secrets.token_urlsafe(12), signed, filed, visit.form.text(FORM))
    _kept(visit).put(one.key, one)
    return _page(one)


def signed_before(visit: Visit[Guest]) -> str:
    """The page of what was signed by the same form when it was sent before; "" where it was not."""
    form = visit.form.text(FORM)
    return next((_page(one) for _, one in _kept(visit).items() if form and one.form == form), "")


def _page(one: Signed) -> str:
    return f"/reviews/signed/{one.key}"


def _signed(visit: Visit[Guest], desk: Desk) -> Response:
    found = _find(visit)
    signed = found.signed
    register = desk.current().register
    words = Words(register, visit.say)
    rules = {name: entry.position for name, entry in desk.policy().assignments.items()}
    return visit.page(
        "policy/signed.html",
        key=found.key,
        signed=signed,
        filed=found.filed,
        proposal=proposal_page(found.filed.branch) if found.filed.branch else "",
        scope=words.scope(signed.review.scope),
        keep=len(signed.made) - len(signed.removals),
        removals=[(words.item(one), made.note, what_to_change(one, rules)) for one, made in signed.removals],
        blocks=[
            {
                "who": words.say.listing([words.consultant(key) for key in one.consultants]),
                "where": words.say.listing([words.client(key) for key in one.clients[:FEW]]),
                "more": max(0, len(one.clients) - FEW),
                "programs": words.say.listing([words.program(key) for key in one.programs]),
            }
            for one in removals_of(signed)
        ],
    )


def _draft(visit: Visit[Guest]) -> Response:
    """Begin a draft of the dialog with what is to go."""
    found = removals_of(_find(visit).signed)
    number = visit.form.number("block", 0, len(found))
    if not number:
        raise not_there()
    one = found[number - 1]
    draft = begin_draft(visit.signed_in, Marks(frozenset(one.clients)))
    programs = None if one.kind is OperationKind.REMOVE_ACCESS else one.programs
    draft = replace(draft, kind=one.kind, consultants=tuple(sorted(one.consultants)), programs=programs)
    keep_draft(visit.signed_in, draft)
    return visit.go(f"/manage/{draft.key}/check")


def _kept(visit: Visit[Guest]) -> Recent[Signed]:
    return visit.signed_in.recent("signed", MOST)


def _find(visit: Visit[Guest]) -> Signed:
    found = _kept(visit).get(visit.part("key"))
    if found is None:
        raise not_there()
    return found
